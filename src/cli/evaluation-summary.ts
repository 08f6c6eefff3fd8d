/** The table that an evaluation ends with: what decides whether a model is good enough. */
import type { Figure } from '../core/evaluate/overall.ts';
import type { Measurement, ModelReport } from '../core/evaluate/report.ts';
import { chainText } from './chain-text.ts';
import { columns, figureText, measurementsOf } from './evaluation-text.ts';

/** Its rows with their names for people. */
export const SUMMARY_FIGURES: readonly (readonly [Figure, string])[] = [
  ['meanGeneratorAuc', 'ROC AUC, mean of generators'],
  ['balancedAccuracy', 'balanced accuracy'],
  ['tprAt1Fpr', 'found at 1 % false alarms'],
  ['worstOverStrongFalsePositiveRate', 'real over strong signs, worst source'],
  ['ece', 'calibration error (ECE)'],
];

/** The table's lines for a terminal: a row a figure, a column a way to degrade, intervals in brackets. */
export function summaryLines(report: ModelReport): string[] {
  const measurements = measurementsOf(report);
  return [
    `${report.model} at threshold ${figureText(report.overall.threshold)}; in brackets 95 % intervals`,
    ...columns([
      ['', ...measurements.map(([name]) => chainText(name))],
      ...SUMMARY_FIGURES.map(([key, label]) => [
        label,
        ...measurements.map(([, measurement]) => cellText(key, measurement)),
      ]),
    ]),
  ];
}

function cellText(key: Figure, { overall }: Measurement): string {
  const interval = overall.intervals[key];
  const value = figureText(overall[key]);
  return interval === null ? value : `${value} (${interval[0].toFixed(3)}-${interval[1].toFixed(3)})`;
}
