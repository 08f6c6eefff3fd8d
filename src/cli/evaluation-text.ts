/** The figures of an evaluation in words, for a terminal. */
import type { GeneratorFigures } from '../core/evaluate/breakdown.ts';
import type { Figure } from '../core/evaluate/overall.ts';
import type { ClassCounts, Measurement, ModelReport } from '../core/evaluate/report.ts';

/** Figures of the main table with their names for people, most important first. */
export const FIGURE_NAMES: readonly (readonly [Figure, string])[] = [
  ['meanGeneratorAuc', 'ROC AUC, mean of generators'],
  ['meanSourceAuc', 'the same, mean of their sources'],
  ['rocAuc', 'ROC AUC'],
  ['averagePrecision', 'average precision'],
  ['balancedAccuracy', 'balanced accuracy'],
  ['accuracy', 'accuracy'],
  ['recall', 'generated found'],
  ['falsePositiveRate', 'real flagged'],
  ['tprAt1Fpr', 'found at 1 % false alarms'],
  ['tprAt5Fpr', 'found at 5 % false alarms'],
  ['tprAt10Fpr', 'found at 10 % false alarms'],
  ['overStrongFalsePositiveRate', 'real over the strong threshold'],
  ['worstOverStrongFalsePositiveRate', 'real over it, worst source'],
  ['overStrongRecall', 'generated over it'],
  ['strongFalsePositiveRate', 'real called strong'],
  ['worstStrongFalsePositiveRate', 'real called strong, worst source'],
  ['strongRecall', 'generated called strong'],
  ['unsure', 'unsure'],
  ['ece', 'calibration error (ECE)'],
  ['balancedEce', 'the same, classes alike'],
  ['brier', 'Brier score'],
  ['medianRealScore', 'median score of real ones'],
];

/** A figure of three digits, or a dash where it is undefined. */
export const figureText = (value: number | null): string => (value === null ? '-' : value.toFixed(3));

/** `0.61 to 0.83`, or nothing where there is no interval. */
export const intervalText = (interval: readonly [number, number] | null): string =>
  interval === null ? '' : `${interval[0].toFixed(3)} to ${interval[1].toFixed(3)}`;

/** The measurements of a report with their names, the pictures as they are first. */
export const measurementsOf = (report: ModelReport): [string, Measurement][] => [
  ['none', report],
  ...Object.entries(report.degradations).filter(([name]) => name !== 'none'),
];

/** The lines for one model. */
export function evaluationLines(report: ModelReport): string[] {
  return [
    `${report.model} on ${report.backend}; intervals: 95 %, bootstrap over sources (of a worst source: Clopper-Pearson)`,
    ...measurementsOf(report).flatMap(([name, measurement]) => ['', ...linesOf(name, measurement)]),
  ];
}

function linesOf(name: string, measurement: Measurement): string[] {
  const { overall, generators, realSources, groupOut } = measurement;
  const title = name === 'none' ? 'pictures as they are' : `under ${name}`;
  return [
    `${title}: ${countsText(measurement.counts.scored)} scored${absentText(measurement)}`,
    ...columns([
      ['figure', 'value', 'interval'],
      ...FIGURE_NAMES.map(([key, label]) => [
        key === 'accuracy' || key === 'balancedAccuracy'
          ? `${label} at ${figureText(overall.threshold)}`
          : label,
        figureText(overall[key]),
        intervalText(overall.intervals[key]),
      ]),
    ]),
    '',
    ...columns([
      ['generator', 'n', 'AUC', 'AP', 'found'],
      ...Object.entries(generators).map(([generator, figures]) => [
        generatorText(generator, figures),
        String(figures.n),
        figureText(figures.rocAuc),
        figureText(figures.averagePrecision),
        figureText(figures.recall),
      ]),
    ]),
    '',
    ...columns([
      ['real source', 'n', 'flagged', 'over strong', 'strong'],
      ...Object.entries(realSources).map(([source, figures]) => [
        source,
        String(figures.n),
        figureText(figures.falsePositiveRate),
        figureText(figures.overStrongFalsePositiveRate),
        figureText(figures.strongFalsePositiveRate),
      ]),
    ]),
    ...(groupOut === undefined ? [] : ['', ...groupOutLines(groupOut)]),
  ];
}

function groupOutLines(groupOut: NonNullable<Measurement['groupOut']>): string[] {
  const { falsePositiveTarget, falsePositiveRate, recall, balancedAccuracy, intervals, withoutThreshold } =
    groupOut;
  const target = `${Number((falsePositiveTarget * 100).toPrecision(3))} %`;
  return [
    `thresholds chosen for ${target} false alarms without the group they are used on`,
    ...columns([
      ['figure', 'value', 'interval'],
      ['real flagged', figureText(falsePositiveRate), intervalText(intervals.falsePositiveRate)],
      ['generated found', figureText(recall), intervalText(intervals.recall)],
      ['balanced accuracy', figureText(balancedAccuracy), intervalText(intervals.balancedAccuracy)],
    ]),
    ...(withoutThreshold === 0 ? [] : [withoutThresholdText(withoutThreshold)]),
    ...columns([
      ['left out', 'n', 'threshold', 'flagged', 'interval'],
      ...Object.entries(groupOut.groups).map(([name, group]) => [
        name,
        String(group.n),
        figureText(group.threshold),
        figureText(group.flagged),
        intervalText(group.flaggedInterval),
      ]),
    ]),
  ];
}

/** Why groups have no threshold. */
export const withoutThresholdText = (groups: number): string =>
  `of ${groups} groups nothing is flagged: no score keeps the false alarms on the others within the target`;

/** A generator's name, and that it is too small for the mean. */
export const generatorText = (name: string, { inMean }: Pick<GeneratorFigures, 'inMean'>): string =>
  inMean ? name : `${name} (not in the mean)`;

/** What is part of no figure, said where the figures begin. */
export function absentText({ counts: { abstained, failed } }: Pick<Measurement, 'counts'>): string {
  const parts = [
    ...(abstained.real + abstained.fake > 0 ? [`${countsText(abstained)} without a score`] : []),
    ...(failed.real + failed.fake > 0 ? [`${countsText(failed)} failed`] : []),
  ];
  return parts.length === 0 ? '' : `; in no figure: ${parts.join(', ')}`;
}

/** `12 real and 3 generated`. */
export const countsText = ({ real, fake }: ClassCounts): string => `${real} real and ${fake} generated`;

/** Rows of cells as lines: columns padded to their widest cell, the first to the right, the others to the left. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
