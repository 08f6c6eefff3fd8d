/** The kernels that suit this graphics processor: known only by running both, which waits until nobody waits for it. */
import type { ModelCard } from '../core/model/card.ts';
import { checkGolden, goldenInput } from '../core/model/golden.ts';
import { buildNetwork, type Network, type NetworkKernels, type TensorFlow } from '../core/model/network.ts';
import type { Weights } from '../core/model/safetensors.ts';
import { hasSeparable } from '../core/model/separable.ts';
import { PLAN } from '../core/model/tiles.ts';
import { type Candidate, type Choice, fasterOf } from '../kernels/webgpu/choice.ts';

/** A network whose kernels may still change under it; what is asked of it meanwhile is answered. */
export interface TunableNetwork {
  network: Network;
  /**
   * Goes over to Telltale's kernels for good where they give the golden logits and are faster here; says what the network
   * runs on. Takes a dozen small runs, for networks that such kernels exist for. Never rejects.
   */
  tune: () => Promise<NetworkKernels>;
}

interface Runner extends Candidate {
  network: Network;
}

/** As `fasterOf`; another one in tests. */
export type Choose = (build: (kernels: NetworkKernels) => Runner) => Promise<Choice<Runner>>;

/** `stock`, the proven network of `card` on tfjs's kernels on WebGPU, with a way to make it faster. */
export function tunable(
  tf: TensorFlow,
  stock: Network,
  { card, weights }: { card: ModelCard; weights: Weights },
  choose: Choose = fasterOf,
): TunableNetwork {
  let current = stock;
  const build = (kernels: NetworkKernels): Runner => {
    // The network in use is the one to beat, and stays whatever happens.
    if (kernels === 'stock') return { network: stock, run: sampleOn(stock, card), dispose: () => undefined };
    const built = buildNetwork(tf, card, weights, kernels);
    if (!built.ok) throw new Error(built.failure.message);
    return { network: built.value, run: sampleOn(built.value, card), dispose: built.value.dispose };
  };
  const tune = async (): Promise<NetworkKernels> => {
    if (!hasSeparable(card.layers)) return 'stock';
    try {
      const { chosen, kernels } = await choose(build);
      if (kernels === 'stock') return 'stock';
      if (!(await isProven(chosen.network, card))) return 'stock';
      current = chosen.network;
      stock.dispose();
      return 'own';
    } catch {
      // Whatever broke breaks for the next picture as well, or only concerned the other kernels.
      return 'stock';
    }
  };
  return { network: following(() => current), tune };
}

/** Each call goes to the network of the moment; a forward pass takes what it needs before it first waits. */
const following = (current: () => Network): Network => ({
  forward: (...given) => current().forward(...given),
  forwardBatch: async (pictures, heightPx, widthPx) => {
    const { forward, forwardBatch } = current();
    if (forwardBatch !== undefined) return forwardBatch(pictures, heightPx, widthPx);
    return Promise.all(pictures.map((picture) => forward(picture, heightPx, widthPx)));
  },
  dispose: () => current().dispose(),
});

/** A picture of the size of the tiles of a sample. */
function sampleOn(network: Network, { golden }: ModelCard): () => Promise<Float32Array> {
  const side = PLAN.sampleTilePx;
  const rgb = goldenInput({ input: { ...golden.input, widthPx: side, heightPx: side } });
  return async () => (await network.forward(rgb, side, side)).logits;
}

/** The golden check; a network that does not pass it, or breaks over it, is disposed. */
async function isProven(network: Network, { golden }: ModelCard): Promise<boolean> {
  const passed = await checkGolden(network, golden).then(
    (result) => result.passed,
    () => false,
  );
  if (!passed) network.dispose();
  return passed;
}
