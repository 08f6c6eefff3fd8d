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
    v.object({ n: v.number(), falsePositiveRate: number, falsePositiveInterval: interval }),
  ),
});
const report = v.object({
  model: v.string(),
  /** `identityOf` the card; absent where the evaluation does not say. */
  identity: v.exactOptional(v.nullable(v.string())),
  ...measurement.entries,
  degradations: v.record(v.string(), measurement),
});

/**
 * The evaluation of `model` (its key and `identityOf` its card) in the text that `telltale evaluate --json` printed, one
 * object a line; `on` says which pictures those were. Figures that say that they are of another model are refused. The
 * failure is one line.
 */
export function cardEvaluation(
  text: string,
  model: { key: string; identity: string },
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
  if ((found.identity ?? model.identity) !== model.identity) {
    return failure(`its figures are of another ${model.key}, with other weights or another calibration`);
  }
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
    })),
  });
}

function conditionOf(
  degradation: string,
  { overall: all }: v.InferOutput<typeof measurement>,
): CardEvaluation['conditions'][number] {
  const figure = (name: Figure): CardFigure | null => figureOf(all[name], all.intervals[name]);
  return {
    degradation,
    real: all.real,
    fake: all.fake,
    meanGeneratorAuc: figure('meanGeneratorAuc'),
    rocAuc: figure('rocAuc'),
    balancedAccuracy: figure('balancedAccuracy'),
    tprAt1Fpr: figure('tprAt1Fpr'),
    worstStrongFalsePositiveRate: figure('worstStrongFalsePositiveRate'),
    ece: figure('ece'),
  };
}

const figureOf = (value: number | null, range: [number, number] | null): CardFigure | null =>
  value === null
    ? null
    : { value: rounded(value), interval: range === null ? null : [rounded(range[0]), rounded(range[1])] };

/** Four decimals: intervals are wider than that by far. */
const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
const roundedOrNull = (value: number | null): number | null => (value === null ? null : rounded(value));
