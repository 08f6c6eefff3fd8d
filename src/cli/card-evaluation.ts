/** The figures of `telltale evaluate --json` as a card holds them. */
import * as v from 'valibot';
import type { CardEvaluation, CardFigure } from '../core/model/card-facts.ts';
import { failure, type Result, success } from '../core/result.ts';

const number = v.nullable(v.number());
const interval = v.nullable(v.tuple([v.number(), v.number()]));

/** Figures that a card keeps, by their names in both. */
const FIGURES = [
  'meanGeneratorAuc',
  'rocAuc',
  'balancedAccuracy',
  'tprAt1Fpr',
  'worstOverStrongFalsePositiveRate',
  'overStrongRecall',
  'worstStrongFalsePositiveRate',
  'ece',
] as const;
type Figure = (typeof FIGURES)[number];

const overall = v.object({
  real: v.number(),
  fake: v.number(),
  threshold: v.number(),
  ...v.entriesFromList(FIGURES, number),
  intervals: v.object(v.entriesFromList(FIGURES, interval)),
});
const measurement = v.object({
  overall,
  generators: v.record(
    v.string(),
    v.object({ n: v.number(), rocAuc: number, recall: number, recallInterval: interval }),
  ),
  realSources: v.record(
    v.string(),
    v.object({
      n: v.number(),
      falsePositiveRate: number,
      falsePositiveInterval: interval,
      overStrongFalsePositiveRate: number,
      overStrongFalsePositiveInterval: interval,
    }),
  ),
});
const report = v.object({
  model: v.string(),
  /** `identityUnder` the card and the options; absent before evaluations said it. */
  identity: v.exactOptional(v.nullable(v.string())),
  ...measurement.entries,
  degradations: v.record(v.string(), measurement),
});

/** The model that a card describes. */
export interface DescribedModel {
  key: string;
  /** `identityOf` the card. */
  identity: string;
  /** What the model says yes or no by. */
  threshold: number;
}

/**
 * The evaluation of `model` in the text that `telltale evaluate --json` printed, one object a line; `on` says which pictures
 * those were. Figures are refused that are of other weights, of another calibration, threshold or way of scoring, or that do
 * not say of which. The failure is one line.
 */
export function cardEvaluation(
  text: string,
  model: DescribedModel,
  on: string,
): Result<CardEvaluation, string> {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const reports: unknown[] = [];
  try {
    for (const line of lines) reports.push(JSON.parse(line));
  } catch {
    return failure('it is not what "telltale evaluate --json" prints');
  }
  const parsed = reports.map((one) => v.safeParse(report, one));
  if (parsed.length === 0 || parsed.some(({ success: ok }) => !ok)) {
    return failure('it is not what "telltale evaluate --json" prints');
  }
  const own = parsed.flatMap(({ output }) => (v.is(report, output) ? [output] : []));
  const found = own.find((one) => one.model === model.key);
  if (found === undefined)
    return failure(`it has no figures of ${model.key}, only of ${own.map((one) => one.model).join(', ')}`);
  const stranger = strangeness(found, model);
  if (stranger !== null) return failure(stranger);
  const { degradations } = found;
  const others = Object.entries(degradations).filter(([name]) => name !== 'none');
  return success({
    on,
    threshold: found.overall.threshold,
    conditions: [conditionOf('none', found), ...others.map(([name, one]) => conditionOf(name, one))],
    generators: Object.entries(found.generators).map(([name, { n, rocAuc, recall, recallInterval }]) => ({
      name,
      n,
      rocAuc: roundedOrNull(rocAuc),
      recall: figureOf(recall, recallInterval),
    })),
    realSources: Object.entries(found.realSources).map(([name, source]) => ({
      name,
      n: source.n,
      falsePositiveRate: figureOf(source.falsePositiveRate, source.falsePositiveInterval),
      overStrongFalsePositiveRate: figureOf(
        source.overStrongFalsePositiveRate,
        source.overStrongFalsePositiveInterval,
      ),
    })),
  });
}

/** One line on why figures under the model's name are not of it; null where they are. */
function strangeness(
  { identity = null, overall: { threshold } }: v.InferOutput<typeof report>,
  model: DescribedModel,
): string | null {
  if (identity === null)
    return 'its figures do not say which weights and calibration they are of; measure again';
  if (identity !== model.identity) {
    return `its figures are of another ${model.key}, with other weights, another calibration, --ensemble or --effort`;
  }
  if (threshold === model.threshold) return null;
  return `its figures are for --threshold ${threshold}, and the card decides at ${model.threshold}`;
}

function conditionOf(
  degradation: string,
  { overall: all }: v.InferOutput<typeof measurement>,
): CardEvaluation['conditions'][number] {
  const figures = FIGURES.map((name) => [name, figureOf(all[name], all.intervals[name])]);
  const named: Record<Figure, CardFigure | null> = Object.fromEntries(figures);
  return { degradation, real: all.real, fake: all.fake, ...named };
}

const figureOf = (value: number | null, range: [number, number] | null): CardFigure | null =>
  value === null
    ? null
    : { value: rounded(value), interval: range === null ? null : [rounded(range[0]), rounded(range[1])] };

/** Four decimals: intervals are wider than that by far. */
const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
const roundedOrNull = (value: number | null): number | null => (value === null ? null : rounded(value));
