/** One task on all engines: first whether they agree, then how long each takes, turn by turn. */
import type { Contestant } from './contestant.ts';
import { type Entry, nameOf, QUALITIES } from './roster.ts';
import type { Logits, Task } from './task.ts';

/** Shape of the logits that the layers imply. */
export interface Grid {
  rows: number;
  columns: number;
  channels: number;
}

/** An engine's median on the task. */
export interface Timing {
  entry: Entry;
  msMedian: number;
}

/** Largest difference allowed between two engines' logits: WebGPU may order its sums as it likes. */
const TOLERANCE = { cpu: 2e-3, gpu: 5e-3 } as const;

/** Compilers and allocators settle within the first few pictures. */
const PICTURES_BEFORE_TIMING = 4;

/** Threads of an engine that has just finished go on looking for work for a while. */
const PAUSE_MS = 100;

/**
 * Opens every contestant, compares their logits, times them in `rounds` rounds with a rotated order, and closes them.
 * Rejects with a sentence that names the engine when one fails or gives other logits than the first.
 */
export async function measureTask(
  task: Task,
  contestants: readonly Contestant[],
  { grid, rounds }: { grid: Grid; rounds: number },
): Promise<Timing[]> {
  try {
    await checkAgreement(task, contestants, grid);
    for (let pictures = task.batch; pictures < PICTURES_BEFORE_TIMING; pictures += task.batch) {
      for (const contestant of contestants) await timed(contestant, task);
    }
    const times = new Map<Contestant, number[]>(contestants.map((contestant) => [contestant, []]));
    for (let round = 0; round < rounds; round++) {
      for (const contestant of rotated(contestants, round)) {
        times.get(contestant)?.push(await turn(contestant, task));
      }
    }
    return [...times].map(([{ entry }, milliseconds]) => ({ entry, msMedian: median(milliseconds) }));
  } finally {
    for (const { close } of contestants) await close();
  }
}

async function checkAgreement(task: Task, contestants: readonly Contestant[], grid: Grid): Promise<void> {
  let first: { name: string; values: Float32Array } | null = null;
  for (const contestant of contestants) {
    const name = nameOf(contestant.entry);
    const values = await naming(name, task, async () => {
      await contestant.open(task);
      return interleaved(await contestant.look(), task, grid);
    });
    first ??= { name, values };
    const difference = largestDifference(first.values, values);
    const allowed = TOLERANCE[QUALITIES[contestant.entry.engine].device];
    if (!(difference <= allowed)) {
      throw new Error(
        `${name} and ${first.name} disagree on ${titleOf(task)}: logits differ by ${difference.toPrecision(3)}, more than ${allowed}`,
      );
    }
  }
}

/** A picture taken alone finds the caches full of the engine before: it is run twice and timed the second time. */
async function turn(contestant: Contestant, task: Task): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  if (task.batch === 1) await timed(contestant, task);
  return timed(contestant, task);
}

const timed = (contestant: Contestant, task: Task): Promise<number> =>
  naming(nameOf(contestant.entry), task, contestant.time);

async function naming<Value>(name: string, task: Task, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${name} failed on ${titleOf(task)}: ${reason}`);
  }
}

/** The task in words. */
export const titleOf = ({ network, sizePx, batch }: Task): string =>
  `${network} at ${sizePx} px, batch ${batch}`;

/** The logits with the channels of a patch next to each other; throws when they are too few or too many. */
export function interleaved({ layout, values }: Logits, { batch }: Task, grid: Grid): Float32Array {
  const { channels } = grid;
  const cells = grid.rows * grid.columns;
  if (values.length !== batch * cells * channels) {
    throw new Error(`${values.length} logits instead of ${batch} x ${cells} x ${channels}`);
  }
  if (layout === 'NHWC') return values;
  return values.map((_, index) => {
    const image = Math.floor(index / (cells * channels));
    const cell = Math.floor(index / channels) % cells;
    return values[(image * channels + (index % channels)) * cells + cell] ?? Number.NaN;
  });
}

/** NaN when there is one on either side. */
export const largestDifference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, index) => Math.max(most, Math.abs(value - (b[index] ?? Number.NaN))), 0);

/** The list with `by` of its members moved from the front to the back. */
const rotated = <Item>(items: readonly Item[], by: number): Item[] => {
  const start = by % Math.max(1, items.length);
  return [...items.slice(start), ...items.slice(0, start)];
};

/** The middle of `values`, or the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
