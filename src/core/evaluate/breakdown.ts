/** Figures by generator and by source of real pictures. */
import { clopperPearson } from '../metrics/clopper-pearson.ts';
import { confusionAt, falsePositiveRate, truePositiveRate } from '../metrics/confusion.ts';
import { averagePrecision, rocAuc } from '../metrics/ranking.ts';
import { OVER_STRONG } from './level-figures.ts';
import { generatorName, LEAST_IN_MEAN, probabilitiesOf, type ScoredItem } from './sample.ts';

export interface GeneratorFigures {
  /** Its scored fakes. */
  n: number;
  /** Whether they are enough for the generator to count in `meanGeneratorAuc`. */
  inMean: boolean;
  /** Both against all real pictures; null without any. */
  averagePrecision: number | null;
  rocAuc: number | null;
  /** Share of its fakes above the threshold, with the 95 % Clopper-Pearson interval of the count. */
  recall: number | null;
  recallInterval: [number, number] | null;
}

export interface RealSourceFigures {
  n: number;
  /** Share above the threshold, with the 95 % Clopper-Pearson interval of the count. */
  falsePositiveRate: number | null;
  falsePositiveInterval: [number, number] | null;
  /** Share at or over the card's `strongAt`; null for a model without levels. */
  overStrongFalsePositiveRate: number | null;
  overStrongFalsePositiveInterval: [number, number] | null;
  /** Share of level "strong": the whole band is there, too. */
  strongFalsePositiveRate: number | null;
}

/** By generator's name, in alphabetical order. */
export function measureGenerators(
  items: readonly ScoredItem[],
  threshold: number,
): Record<string, GeneratorFigures> {
  const reals = items.filter((item) => item.label === 'real');
  const fakes = items.filter((item) => item.label === 'fake');
  return byName(fakes, generatorName, (own) => {
    const set = probabilitiesOf([...own, ...reals]);
    const confusion = set && confusionAt(set, threshold);
    return {
      n: own.length,
      inMean: own.length >= LEAST_IN_MEAN,
      averagePrecision: set === null || reals.length === 0 ? null : averagePrecision(set),
      rocAuc: set && rocAuc(set),
      recall: confusion && truePositiveRate(confusion),
      recallInterval: intervalOf(confusion?.truePositives ?? 0, own.length),
    };
  });
}

/** By source's name, in alphabetical order. */
export function measureRealSources(
  items: readonly ScoredItem[],
  threshold: number,
): Record<string, RealSourceFigures> {
  const reals = items.filter((item) => item.label === 'real');
  return byName(
    reals,
    (item) => item.source,
    (own) => {
      const set = probabilitiesOf(own);
      const confusion = set && confusionAt(set, threshold);
      const hasLevels = own.some((item) => item.level !== null);
      const strong = own.filter((item) => item.level === 'strong').length;
      const over = own.filter(({ level }) => level !== null && OVER_STRONG.includes(level)).length;
      return {
        n: own.length,
        falsePositiveRate: confusion && falsePositiveRate(confusion),
        falsePositiveInterval: intervalOf(confusion?.falsePositives ?? 0, own.length),
        overStrongFalsePositiveRate: hasLevels ? over / own.length : null,
        overStrongFalsePositiveInterval: hasLevels ? intervalOf(over, own.length) : null,
        strongFalsePositiveRate: hasLevels ? strong / own.length : null,
      };
    },
  );
}

export type WorstRealSource = { name: string } & Pick<
  RealSourceFigures,
  'n' | 'overStrongFalsePositiveRate' | 'strongFalsePositiveRate' | 'falsePositiveRate'
>;

/**
 * The source with the highest share of pictures over `strongAt`, then of "strong" ones, then of those above the threshold,
 * then the smallest; null without reals.
 */
export function worstOf(sources: Readonly<Record<string, RealSourceFigures>>): WorstRealSource | null {
  const [worst] = Object.entries(sources).toSorted(
    ([, left], [, right]) =>
      (right.overStrongFalsePositiveRate ?? 0) - (left.overStrongFalsePositiveRate ?? 0) ||
      (right.strongFalsePositiveRate ?? 0) - (left.strongFalsePositiveRate ?? 0) ||
      (right.falsePositiveRate ?? 0) - (left.falsePositiveRate ?? 0) ||
      left.n - right.n,
  );
  if (worst === undefined) return null;
  const [name, { n, overStrongFalsePositiveRate, strongFalsePositiveRate, falsePositiveRate: rate }] = worst;
  return { name, n, overStrongFalsePositiveRate, strongFalsePositiveRate, falsePositiveRate: rate };
}

/** What `measure` makes of the items of each name, names sorted. */
export function byName<Figures>(
  items: readonly ScoredItem[],
  nameOf: (item: ScoredItem) => string,
  measure: (own: ScoredItem[]) => Figures,
): Record<string, Figures> {
  const groups = new Map<string, ScoredItem[]>();
  for (const item of items) {
    const name = nameOf(item);
    const own = groups.get(name);
    if (own === undefined) groups.set(name, [item]);
    else own.push(item);
  }
  const sorted = [...groups.keys()].sort();
  return Object.fromEntries(sorted.map((name) => [name, measure(groups.get(name) ?? [])]));
}

function intervalOf(successes: number, trials: number): [number, number] | null {
  const interval = clopperPearson(successes, trials);
  return interval && [interval.lower, interval.upper];
}
