/** Isotonic calibration: the rising step function nearest to the labels, as knots. */
import type { WeightedSample } from './sample.ts';

/** Keeps log-odds finite where a block holds one class only. */
const LEAST = 0.005;
/** Blocks lighter than this share of all weight are joined to a neighbour: they would follow single pictures. */
const LEAST_BLOCK = 0.01;

interface Block {
  weight: number;
  scoreSum: number;
  fakeWeight: number;
}

/**
 * Knots (mean score, P(generated)) of the pool-adjacent-violators fit (Ayer et al. 1955) with both classes weighing
 * equally, one for each block, both coordinates strictly ascending; fewer than two when nothing rises.
 */
export function fitIsotonic(samples: readonly WeightedSample[]): [number, number][] {
  const total = { real: 0, fake: 0 };
  for (const { label, weight } of samples) total[label] += weight;
  const sorted = samples.toSorted((left, right) => left.score - right.score);
  const distinct: Block[] = [];
  for (const [index, { label, score, weight }] of sorted.entries()) {
    const part = (0.5 * weight) / total[label];
    const block = { weight: part, scoreSum: part * score, fakeWeight: label === 'fake' ? part : 0 };
    // Equal scores get one value, so they are one block before anything is compared.
    const last = distinct.at(-1);
    if (last !== undefined && sorted[index - 1]?.score === score)
      distinct[distinct.length - 1] = joined(last, block);
    else distinct.push(block);
  }
  const blocks: Block[] = [];
  for (const block of distinct) {
    blocks.push(block);
    while (fallsAtEnd(blocks)) joinLastTwo(blocks);
  }
  return withoutTies(withoutLightBlocks(blocks).map(knotOf));
}

const rate = ({ fakeWeight, weight }: Block): number => fakeWeight / weight;
const meanScore = ({ scoreSum, weight }: Block): number => scoreSum / weight;

/** Whether the rate does not rise from the last block but one to the last. */
function fallsAtEnd(blocks: readonly Block[]): boolean {
  const [before, last] = [blocks.at(-2), blocks.at(-1)];
  return before !== undefined && last !== undefined && rate(before) >= rate(last);
}

function joinLastTwo(blocks: Block[]): void {
  const last = blocks.pop();
  const before = blocks.pop();
  if (last === undefined || before === undefined) return;
  blocks.push(joined(before, last));
}

const joined = (one: Block, other: Block): Block => ({
  weight: one.weight + other.weight,
  scoreSum: one.scoreSum + other.scoreSum,
  fakeWeight: one.fakeWeight + other.fakeWeight,
});

/** Joining neighbours keeps rates rising: the joined rate lies between theirs. */
function withoutLightBlocks(blocks: readonly Block[]): Block[] {
  const kept: Block[] = [];
  for (const block of blocks) {
    const last = kept.at(-1);
    if (last !== undefined && last.weight < LEAST_BLOCK) kept[kept.length - 1] = joined(last, block);
    else kept.push(block);
  }
  const last = kept.at(-1);
  if (kept.length > 1 && last !== undefined && last.weight < LEAST_BLOCK) joinLastTwo(kept);
  return kept;
}

const knotOf = (block: Block): [number, number] => [
  meanScore(block),
  Math.min(1 - LEAST, Math.max(LEAST, rate(block))),
];

/** Clipping makes the outermost blocks equal: of those, the one nearest the middle stays. */
function withoutTies(knots: readonly [number, number][]): [number, number][] {
  return knots.filter(([, p], index) => {
    const neighbour = p < 0.5 ? knots[index + 1] : knots[index - 1];
    return neighbour === undefined || neighbour[1] !== p;
  });
}
