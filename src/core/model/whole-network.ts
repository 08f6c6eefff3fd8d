/** How a tfjs backend may run a whole network at once instead of layer by layer. */
import type { NamedAttrMap, Tensor4D } from '@tensorflow/tfjs-core';
import type { Layer } from './layer.ts';
import type { Operation, TensorFlow } from './operations.ts';
import type { Weights } from './safetensors.ts';

/** A tfjs kernel of this name takes `picture` [batch, rows, columns, 3] and the attribute `network`, a `PreparedNetwork`. */
export const NETWORK_KERNEL = 'TelltaleNetwork';

/** A network on a backend, with all that it holds there. */
export interface PreparedNetwork {
  dispose: () => void;
}

/** What such a kernel's configuration has besides tfjs's own fields. */
export interface NetworkKernel {
  /** `layers` with `weights`, which are known to fit; null when the kernel has no way to run one of them. */
  prepare: (layers: readonly Layer[], weights: Weights) => PreparedNetwork | null;
}

/** `layers` on the current backend's kernel for whole networks; null where there is none, or none for these layers. */
export function wholeNetwork(tf: TensorFlow, layers: readonly Layer[], weights: Weights): Operation | null {
  // tfjs returns undefined for a kernel that is not registered, whatever its types say.
  const kernel = tf.getKernel(NETWORK_KERNEL, tf.getBackend()) as unknown as NetworkKernel | undefined;
  const network = kernel?.prepare(layers, weights) ?? null;
  if (network === null) return null;
  const attributes = { network } as unknown as NamedAttrMap;
  return {
    apply: (picture) => tf.engine().runKernel(NETWORK_KERNEL, { picture }, attributes) as Tensor4D,
    dispose: network.dispose,
  };
}
