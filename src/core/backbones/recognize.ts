/** Which detector a state dictionary belongs to, told by its key names and shapes. */
import { expectedTensors, isCounter } from '../model/expected-tensors.ts';
import { failure, type Result, success } from '../result.ts';
import { DETECTORS, type Detector, detectorNamed } from './detectors.ts';

/** Shapes by name; a `Checkpoint`'s tensors are such a map. */
export type TensorShapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/** A tensor that a network misses, has in another shape, or has no layer for. */
export interface TensorFailure {
  kind: 'wrong-tensor';
  network: string;
  tensor: string;
  message: string;
}

export type RecognitionFailure =
  | { kind: 'unknown-network'; network: string }
  /** A question: these networks have the same tensors and compute different things. */
  | { kind: 'which-network'; candidates: string[] }
  /** No network fits; `closest` is the one with the most tensors in common. */
  | { kind: 'not-recognized'; closest: TensorFailure }
  | TensorFailure;

/**
 * The detector called `name`, or without a name the only one whose tensors are exactly these. BatchNorm's counters may
 * be missing. Networks that compute the same thing (the first stages of the deeper ResNets) count as one.
 */
export function recognize(
  tensors: TensorShapes,
  name: string | undefined,
): Result<Detector, RecognitionFailure> {
  if (name !== undefined) {
    const named = detectorNamed(name);
    if (named === null) return failure({ kind: 'unknown-network', network: name });
    const wrong = misfit(named, tensors);
    return wrong === null ? success(named) : failure(wrong);
  }
  const fitting = DETECTORS.filter((detector) => misfit(detector, tensors) === null);
  const text = fitting.map(({ layers }) => JSON.stringify(layers));
  const [only, ...others] = fitting.filter((_, index) => text.indexOf(text[index] ?? '') === index);
  if (only === undefined) return failure({ kind: 'not-recognized', closest: closestMisfit(tensors) });
  if (others.length === 0) return success(only);
  return failure({ kind: 'which-network', candidates: [only, ...others].map(({ name }) => name) });
}

/** Whether a tensor of shape `found` holds the numbers of one of shape `expected`: fully connected layers are 1x1. */
export function isSameShape(found: readonly number[], expected: readonly number[]): boolean {
  const linear = found.length === 2 && expected.length === 4 ? [...found, 1, 1] : found;
  return linear.length === expected.length && linear.every((length, axis) => length === expected[axis]);
}

function misfit({ name: network, layers }: Detector, tensors: TensorShapes): TensorFailure | null {
  const expected = expectedTensors(layers);
  for (const { name, shape } of expected) {
    if (isCounter(name)) continue;
    const found = tensors.get(name)?.shape;
    if (found !== undefined && isSameShape(found, shape)) continue;
    const message = `expected ${shape.join(' x ')}, found ${found === undefined ? 'nothing' : found.join(' x ')}`;
    return { kind: 'wrong-tensor', network, tensor: name, message };
  }
  const known = new Set(expected.map(({ name }) => name));
  for (const name of tensors.keys()) {
    if (known.has(name) || isCounter(name)) continue;
    return { kind: 'wrong-tensor', network, tensor: name, message: 'belongs to no layer' };
  }
  return null;
}

/** What is wrong with the detector that shares the largest part of its own and the given tensors. */
function closestMisfit(tensors: TensorShapes): TensorFailure {
  const [first, ...others] = DETECTORS;
  if (first === undefined) throw new Error('no detectors');
  const closest = others.reduce(
    (best, detector) => {
      const share = sharedPart(detector, tensors);
      return share > best.share ? { detector, share } : best;
    },
    { detector: first, share: sharedPart(first, tensors) },
  );
  const wrong = misfit(closest.detector, tensors);
  if (wrong === null) throw new Error(`${closest.detector.name} fits after all`);
  return wrong;
}

function sharedPart({ layers }: Detector, tensors: TensorShapes): number {
  const expected = expectedTensors(layers);
  const shared = expected.filter(({ name, shape }) => {
    const found = tensors.get(name)?.shape;
    return found !== undefined && isSameShape(found, shape);
  });
  return shared.length / (expected.length + tensors.size - shared.length);
}
