/** Decides between Telltale's kernels and tfjs's own by running both: which is faster depends on the graphics processor. */
import type { NetworkKernels } from '../../core/model/network.ts';
import { registerSeparable } from './separable.ts';

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
  kernels: NetworkKernels;
  medianMs: { own: number; stock: number };
}

/**
 * The faster of `build('own')` and `build('stock')`, by the median of interleaved runs after one that compiles the
 * pipelines; the other one is disposed. Own kernels that are wrong or fail lose whatever their speed. Costs a dozen runs,
 * so it belongs off the critical path. Rejects when tfjs's own kernels fail, with everything disposed.
 */
export async function fasterOf<Kind extends Candidate>(
  build: (kernels: NetworkKernels) => Kind,
  now: () => number = () => performance.now(),
): Promise<Choice<Kind>> {
  registerSeparable();
  const stock = build('stock');
  let own: Kind | null = null;
  let kernels: NetworkKernels | null = null;
  try {
    const expected = await stock.run();
    own = await working(() => build('own'), expected);
    const medianMs = await mediansOf({ own, stock }, now);
    kernels = medianMs.own < medianMs.stock ? 'own' : 'stock';
    return { chosen: kernels === 'own' && own !== null ? own : stock, kernels, medianMs };
  } finally {
    if (kernels !== 'own') own?.dispose();
    if (kernels !== 'stock') stock.dispose();
  }
}

/** What `build` gives if it gives `expected`; null, with nothing left behind, when it fails. */
async function working<Kind extends Candidate>(
  build: () => Kind,
  expected: ArrayLike<number>,
): Promise<Kind | null> {
  try {
    const candidate = build();
    if (await agrees(candidate, expected)) return candidate;
    candidate.dispose();
  } catch {
    // A device that lacks the memory, or a driver that throws from anywhere.
  }
  return null;
}

/** NaN for own kernels that are not there or fail in one of the rounds. */
async function mediansOf(
  { own, stock }: { own: Candidate | null; stock: Candidate },
  now: () => number,
): Promise<Choice<Candidate>['medianMs']> {
  const times = { own: [] as number[], stock: [] as number[] };
  for (let round = 0; own !== null && round < ROUNDS; round++) {
    times.stock.push(await timed(stock, now));
    const taken = await timed(own, now).catch(() => null);
    if (taken === null) return { own: Number.NaN, stock: median(times.stock) };
    times.own.push(taken);
  }
  return { own: median(times.own), stock: median(times.stock) };
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
