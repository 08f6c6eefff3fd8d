/** An evaluation as a page: one file without scripts or outside resources. */
import { type EvaluatedModel, type Evaluation, picturesOf } from '../core/evaluate/evaluation.ts';
import type { Measurement, ModelReport } from '../core/evaluate/report.ts';
import { LEAST_IN_MEAN, probabilitiesOf, type ScoredItem, scoredOf } from '../core/evaluate/sample.ts';
import { calibrationBins } from '../core/metrics/calibration-error.ts';
import { rocPoints } from '../core/metrics/ranking.ts';
import { html, type Markup } from '../core/report/markup.ts';
import { chainText } from './chain-text.ts';
import { calibrationFigure, histogramFigure, rocFigure } from './evaluation-charts.ts';
import { overlapText } from './evaluation-overlap.ts';
import { EVALUATION_STYLE } from './evaluation-style.ts';
import { SUMMARY_FIGURES } from './evaluation-summary.ts';
import {
  degradationTable,
  figureTable,
  generatorTable,
  groupOutTable,
  realSourceTable,
  worstTables,
} from './evaluation-tables.ts';
import {
  absentText,
  countsText,
  FIGURE_NAMES,
  figureText,
  intervalText,
  measurementsOf,
} from './evaluation-text.ts';
import { pageHtml } from './page-html.ts';

/** HTML text; names and paths are untrusted and escaped. `reports` belong to the evaluation's models in their order. */
export function evaluationHtml(evaluation: Evaluation, reports: readonly ModelReport[]): string {
  const sections = evaluation.models.map((model, index) => {
    const report = reports[index];
    return report === undefined ? null : modelSection(evaluation, model, report);
  });
  const several = reports.length > 1 ? comparison(reports) : null;
  return pageHtml(
    'How well models tell real from generated pictures',
    [lead(evaluation), several, ...sections],
    EVALUATION_STYLE,
  );
}

function lead({ items }: Evaluation): Markup {
  const reals = items.filter(({ label }) => label === 'real');
  const fakes = items.filter(({ label }) => label === 'fake');
  const sources = new Set(reals.map(({ source }) => source)).size;
  const generators = new Set(fakes.map(({ generator, source }) => generator ?? source)).size;
  return html`<p class="soft">${reals.length} real pictures of ${sources} sources and ${fakes.length} generated pictures of ${generators} generators. Ranges are 95 % intervals of a bootstrap that draws whole sources, not pictures: what other sources would probably have given. For a worst source they say how well its few pictures tell its rate (Clopper-Pearson, for all sources together).</p>`;
}

const comparison = (reports: readonly ModelReport[]): Markup =>
  html`<h2>Models</h2>${figureTable(
    'Model',
    reports.map((report) => [report.model, report]),
  )}`;

function modelSection(evaluation: Evaluation, model: EvaluatedModel, report: ModelReport): Markup {
  const scored = (chain: string): ScoredItem[] => scoredOf(picturesOf(evaluation, model, chain));
  const measurements = measurementsOf(report);
  const { groupOut } = report;
  return html`<section>
<h2>${model.name}</h2>
<p class="soft">On ${model.backend}. A picture counts as flagged above P(generated) = ${figureText(model.threshold)}.
${countsText(report.counts.scored)} pictures were scored${absentText(report)}.</p>
${overlapNote(report)}
${tiles(report)}
<h3>As they are and degraded</h3>
${degradationTable(measurements, SUMMARY_FIGURES)}
<div class="charts">
${rocFigure(
  measurements.flatMap(([name]) => {
    const set = probabilitiesOf(scored(name));
    const points = set && rocPoints(set);
    return points === null ? [] : [{ name: chainText(name), points }];
  }),
)}
${asIsFigures(scored('none'), model.threshold)}
</div>
<h3>All figures</h3>
${degradationTable(measurements, FIGURE_NAMES)}
<h3>Generators</h3>
<p class="soft">Each against all real pictures: ROC AUC as they are and degraded, and the share found at the threshold. Those of fewer than ${LEAST_IN_MEAN} pictures do not count in the mean.</p>
${generatorTable(measurements)}
<h3>Sources of real pictures</h3>
<p class="soft">Share that is flagged, as they are and degraded.</p>
${realSourceTable(measurements)}
${groupOut === undefined ? null : html`<h3>Thresholds chosen without the group they are used on</h3>${groupOutTable(groupOut)}`}
${worstTables(scored('none'))}
${absentees(report)}
</section>`;
}

function overlapNote(report: ModelReport): Markup | null {
  const warning = overlapText(report);
  return warning === null ? null : html`<p class="caution">${warning}</p>`;
}

function asIsFigures(items: readonly ScoredItem[], threshold: number): Markup {
  const set = probabilitiesOf(items);
  const scoresOf = (label: 'real' | 'fake') =>
    items.filter((item) => item.label === label).map((item) => item.pFake);
  return html`${calibrationFigure(set === null ? [] : calibrationBins(set))}
${histogramFigure({ real: scoresOf('real'), fake: scoresOf('fake') }, threshold)}`;
}

function tiles({ overall }: Measurement): Markup {
  const shown = [
    ['meanGeneratorAuc', 'ROC AUC, mean of generators'],
    ['balancedAccuracy', 'balanced accuracy at the threshold'],
    ['tprAt1Fpr', 'found at 1 % false alarms'],
    ['worstOverStrongFalsePositiveRate', 'real over the strong threshold, worst source'],
    ['overStrongRecall', 'generated over the strong threshold'],
    ['ece', 'calibration error (ECE)'],
  ] as const;
  return html`<ul class="tiles">${shown.map(([key, name]) => html`<li><span>${name}</span><strong>${figureText(overall[key])}</strong><span>${intervalText(overall.intervals[key]) || 'no interval'}</span></li>`)}</ul>`;
}

/** Everything that is part of no figure, by name. */
function absentees({ abstained, failed }: Measurement): Markup | null {
  if (abstained.length + failed.length === 0) return null;
  const rows = [
    ...abstained.map(({ input, reason }) => [input, `no score: ${reason}`]),
    ...failed.map(({ input, reason, detail }) => [input, `failed: ${reason}${detail ? ` (${detail})` : ''}`]),
  ];
  return html`<h3>Pictures in no figure</h3>
<p class="soft">${abstained.length} without a score and ${failed.length} that could not be looked at.</p>
<details><summary>Their names</summary><table><tbody>${rows.map(([input = '', reason = '']) => html`<tr><td class="path">${input}</td><td>${reason}</td></tr>`)}</tbody></table></details>`;
}
