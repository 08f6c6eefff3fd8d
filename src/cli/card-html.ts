/** A model card as a page: one file without scripts or outside resources. */

import { type ModelCard, modelKey } from '../core/model/card.ts';
import type { CardEvaluation } from '../core/model/card-facts.ts';
import { html, type Markup } from '../core/report/markup.ts';
import {
  alarmLines,
  failureLines,
  figureText,
  readingAdvice,
  strongWords,
  testedLines,
} from './card-text.ts';
import { chainText } from './chain-text.ts';
import { calibrationFigure } from './evaluation-charts.ts';
import { EVALUATION_STYLE } from './evaluation-style.ts';
import { pageHtml, tableOf } from './page-html.ts';

/** HTML text; a card's sentences are untrusted and escaped. */
export function cardHtml(card: ModelCard): string {
  const { trainedOn, evaluation, receptiveField, weights } = card;
  const megabytes = (weights.sizeBytes / 1e6).toFixed(2);
  return pageHtml(
    `Model card: ${card.name}`,
    [
      html`<p class="soft">${modelKey(card)}, ${megabytes} MB. Each patch of ${receptiveField.sizePx} x ${receptiveField.sizePx} px has its own answer; the score is their calibrated mean.</p>`,
      section('How to read a score', readingAdvice(card)),
      trainedOn === undefined ? null : section('Trained on', trainedOn.on),
      trainedOn === undefined ? null : section('Not trained on', trainedOn.notOn),
      section('Tested on', testedLines(card)),
      evaluation === undefined ? null : evaluationSection(card, evaluation),
      calibrationSection(card),
      section('Known failures', failureLines(card)),
    ],
    `${EVALUATION_STYLE}.charts { max-width: 440px; }\n`,
  );
}

const section = (title: string, lines: readonly string[]): Markup | null =>
  lines.length === 0 ? null : html`<h2>${title}</h2><ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`;

function evaluationSection(card: ModelCard, evaluation: CardEvaluation): Markup {
  const { on, threshold, conditions, generators, realSources } = evaluation;
  return html`<h2>Figures</h2>
<p>${on}. In brackets 95 % intervals; 0.5 is guessing for AUC and balanced accuracy.</p>
${tableOf(
  [
    'Pictures',
    'Real',
    'Generated',
    'Mean AUC over generators',
    'Balanced accuracy',
    'Found at 1 % false alarms',
    'Real pictures over the threshold of strong signs, worst source',
    'Generated pictures over it',
    'Real pictures called "strong signs", worst source',
    'Calibration error',
  ],
  conditions.map((one) => [
    chainText(one.degradation),
    String(one.real),
    String(one.fake),
    figureText(one.meanGeneratorAuc),
    figureText(one.balancedAccuracy),
    figureText(one.tprAt1Fpr),
    figureText(one.worstOverStrongFalsePositiveRate ?? null),
    figureText(one.overStrongRecall ?? null),
    figureText(one.worstStrongFalsePositiveRate),
    figureText(one.ece),
  ]),
)}
<p class="soft">${strongWords(card)}</p>
<h3>Generators</h3>
<p class="soft">Each against all real pictures; found: share above ${threshold}.</p>
${tableOf(
  ['Generator', 'Pictures', 'AUC', 'Found'],
  generators.map(({ name, n, rocAuc, recall }) => [
    name,
    String(n),
    rocAuc === null ? 'n/a' : rocAuc.toFixed(2),
    figureText(recall),
  ]),
)}
<h3>Real pictures</h3>
<p class="soft">Flagged: share above ${threshold}, by source. Over: share from ${card.calibration.strongAt} on.</p>
${tableOf(
  ['Source', 'Pictures', 'Flagged', 'Over the threshold of strong signs'],
  realSources.map(({ name, n, falsePositiveRate, overStrongFalsePositiveRate = null }) => [
    name,
    String(n),
    figureText(falsePositiveRate),
    figureText(overStrongFalsePositiveRate),
  ]),
)}`;
}

function calibrationSection(card: ModelCard): Markup {
  const { calibration } = card;
  const { diagram, calibrationError } = calibration;
  return html`<h2>Calibration</h2>
<p>Fitted on ${calibration.fittedOn}. ${calibration.note}</p>
${alarmLines(card).map((line) => html`<p>${line}</p>`)}
${
  diagram === undefined
    ? null
    : html`<div class="charts">${calibrationFigure(diagram)}</div>
<p class="soft">Sources left out of the fit; expected calibration error ${(calibrationError ?? 0).toFixed(3)}.</p>`
}`;
}
