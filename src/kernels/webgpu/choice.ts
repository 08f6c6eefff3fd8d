/** Decides between Telltale's kernels and tfjs's own by running both: which is faster depends on the graphics processor. */
import { registerSeparable, unregisterSeparable } from './separable.ts';

/** Runs of each kind that count; medians of so few already stand clear of single hiccups. */
const ROUNDS = 5;
/** As far as a network on WebGPU may be from the reference. */
const TOLERANCE = 5e-3;

export interface Candidate {
  /** Runs the network on a sample of the size that it will see; the logits. */
  run: () => Promise<ArrayLike<number>>;
  /** Frees what it holds on the device. */
  dispose: () => void;
}

export interface Choice<Kind extends Candidate> {
  chosen: Kind;
  kernels: 'own' | 'stock';
  medianMs: { own: number; stock: number };
}

/**
 * The faster of `build()` with and without Telltale's kernels, by the median of interleaved runs after one that compiles
 * the pipelines; the other one is disposed. Kernels that are wrong or fail here lose whatever their speed. Costs a dozen
 * runs, so it belongs off the critical path. Rejects when tfjs's own kernels fail.
 */
export async function fasterOf<Kind extends Candidate>(
  build: () => Kind,
  now: () => number = () => performance.now(),
): Promise<Choice<Kind>> {
  unregisterSeparable();
  const stock = build();
  // Kernels are looked up while a network is built; the one above keeps tfjs's.
  registerSeparable();
  const own = build();
  const isRight = await agrees(own, await stock.run());
  const times = { own: [] as number[], stock: [] as number[] };
  for (let round = 0; isRight && round < ROUNDS; round++) {
    times.stock.push(await timed(stock, now));
    times.own.push(await timed(own, now));
  }
  const medianMs = { own: median(times.own), stock: median(times.stock) };
  if (medianMs.own < medianMs.stock) {
    stock.dispose();
    return { chosen: own, kernels: 'own', medianMs };
  }
  own.dispose();
  unregisterSeparable();
  return { chosen: stock, kernels: 'stock', medianMs };
}

/** Whether `candidate` gives `expected`; false when it fails. */
async function agrees(candidate: Candidate, expected: ArrayLike<number>): Promise<boolean> {
  try {
    const found = await candidate.run();
    const values = Array.from(expected);
    return (
      found.length === values.length &&
      values.every((value, index) => Math.abs((found[index] ?? Number.NaN) - value) < TOLERANCE)
    );
  } catch {
    // A shader that a driver refuses, or a device that lacks the memory.
    return false;
  }
}

async function timed({ run }: Candidate, now: () => number): Promise<number> {
  const startedAt = now();
  await run();
  return now() - startedAt;
}

/** Middle of an odd number of values; NaN, which is never the smaller one, of none. */
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
