/** Scored pictures as the metrics take them. */
import { type ProbabilitySet, readProbabilities } from '../metrics/score-set.ts';
import type { Level } from '../verdict.ts';
import type { EvaluatedItem, ScoredPicture } from './evaluation.ts';

export type ScoredItem = EvaluatedItem & { pFake: number; level: Level | null };

/** Fakes with fewer scored pictures of one name are listed, but counted in no mean: so few would weigh like hundreds. */
export const LEAST_IN_MEAN = 5;

/** Fakes by a name, for means in which each name counts alike. */
export interface Categories {
  /** Beside the sample's items: a name's place, 0 for real pictures. */
  of: Uint32Array;
  /** At each name's place: whether it has `LEAST_IN_MEAN` pictures. */
  inMean: boolean[];
}

export interface Sample {
  items: ScoredItem[];
  /** Its `indices` point into `items`; groups are sources. */
  set: ProbabilitySet;
  /** Fakes by what made them: the generator's name, or the source's where none is known. */
  generators: Categories;
  /** Fakes by where they come from: one may hold several generators, and one generator's pictures several sources. */
  fakeSources: Categories;
  /** Names of sources of real pictures, sorted; `realSourceOf` beside `items` points into it, 0 for fakes. */
  realSources: string[];
  realSourceOf: Uint32Array;
}

/** The pictures that have a score. */
export const scoredOf = (pictures: readonly ScoredPicture[]): ScoredItem[] =>
  pictures.flatMap(({ outcome, ...item }) =>
    outcome.state === 'scored' ? [{ ...item, pFake: outcome.pFake, level: outcome.level }] : [],
  );

/** The sample of scored pictures; null when there are none. */
export function sampleOf(items: ScoredItem[]): Sample | null {
  const set = probabilitiesOf(items);
  if (set === null) return null;
  const fakes = items.filter((item) => item.label === 'fake');
  const reals = items.filter((item) => item.label === 'real');
  const realSources = names(reals.map((item) => item.source));
  return {
    items,
    set,
    generators: categoriesOf(items, fakes.map(generatorName), generatorName),
    fakeSources: categoriesOf(items, fakes.map(sourceName), sourceName),
    realSources,
    realSourceOf: places(realSources, items, (item) => (item.label === 'real' ? item.source : '')),
  };
}

/** The scores alone, grouped by source; null when there are none. Throws on a score that is no probability: a bug. */
export function probabilitiesOf(items: readonly ScoredItem[]): ProbabilitySet | null {
  if (items.length === 0) return null;
  const set = readProbabilities({
    labels: items.map((item) => (item.label === 'fake' ? 1 : 0)),
    scores: items.map((item) => item.pFake),
    groups: items.map((item) => item.source),
  });
  if (!set.ok) throw new Error(`scores cannot be measured: ${set.failure.kind}`);
  return set.value;
}

/** A fake's generator, or the folder it came from. */
export const generatorName = (item: EvaluatedItem): string => item.generator ?? item.source;

const sourceName = (item: EvaluatedItem): string => item.source;

function categoriesOf(
  items: readonly ScoredItem[],
  ofFakes: readonly string[],
  nameOf: (item: ScoredItem) => string,
): Categories {
  const sorted = names(ofFakes);
  const of = places(sorted, items, (item) => (item.label === 'fake' ? nameOf(item) : ''));
  const inMean = sorted.map((name) => ofFakes.filter((one) => one === name).length >= LEAST_IN_MEAN);
  return { of, inMean };
}

const names = (all: readonly string[]): string[] => [...new Set(all)].sort();

function places(
  sorted: readonly string[],
  items: readonly ScoredItem[],
  nameOf: (item: ScoredItem) => string,
): Uint32Array {
  const place = new Map(sorted.map((name, index) => [name, index]));
  return Uint32Array.from(items, (item) => place.get(nameOf(item)) ?? 0);
}
