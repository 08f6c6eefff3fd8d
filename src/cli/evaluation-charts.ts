/** Diagrams of an evaluation as SVG that needs no script. */
import type { CalibrationBin } from '../core/metrics/calibration-error.ts';
import type { RocPoint } from '../core/metrics/ranking.ts';
import { html, type Markup } from '../core/report/markup.ts';

/** Room around the plot for numbers and titles. */
const MARGIN = { left: 44, right: 12, top: 10, bottom: 38 };
const WIDTH = 360;
const SQUARE_HEIGHT = WIDTH - MARGIN.left - MARGIN.right + MARGIN.top + MARGIN.bottom;
/** Apart without colour, too. */
const DASHES = ['none', '7 3', '2 3', '10 3 2 3', '5 5'];

interface Axes {
  /** Both axes run from 0 to 1 of these. */
  xTitle: string;
  yTitle: string;
  height: number;
  /** Places 0..1 of grid lines on the y axis with their labels. */
  yTicks: readonly (readonly [number, string])[];
}

const TENTHS = [0, 0.2, 0.4, 0.6, 0.8, 1];
const UNIT_TICKS = TENTHS.map((value) => [value, value.toFixed(1)] as const);

/** Pixels of a place 0..1 on either axis. */
const xOf = (value: number): number => round(MARGIN.left + value * (WIDTH - MARGIN.left - MARGIN.right));
const yOf = (value: number, height: number): number =>
  round(height - MARGIN.bottom - value * (height - MARGIN.top - MARGIN.bottom));
const round = (pixels: number): number => Math.round(pixels * 10) / 10;

function plot(label: string, { xTitle, yTitle, height, yTicks }: Axes, content: readonly Markup[]): Markup {
  const [left, right, bottom, top] = [xOf(0), xOf(1), yOf(0, height), yOf(1, height)];
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}">
${yTicks.map(([place, text]) => html`<path class="grid" d="M${left} ${yOf(place, height)}H${right}"/><text x="${left - 8}" y="${yOf(place, height) + 4}" text-anchor="end">${text}</text>`)}
${TENTHS.map((place) => html`<path class="grid" d="M${xOf(place)} ${bottom}v4"/><text x="${xOf(place)}" y="${bottom + 17}" text-anchor="middle">${place.toFixed(1)}</text>`)}
<text x="${(left + right) / 2}" y="${height - 4}" text-anchor="middle">${xTitle}</text>
<text transform="translate(12 ${(top + bottom) / 2}) rotate(-90)" text-anchor="middle">${yTitle}</text>
${content}</svg>`;
}

const figure = (title: string, note: string, content: Markup): Markup =>
  html`<figure><figcaption>${title}<span>${note}</span></figcaption>${content}</figure>`;

export interface RocSeries {
  name: string;
  points: readonly RocPoint[];
}

/** ROC curves, the first of `series` drawn heaviest; nothing for curves that do not exist. */
export function rocFigure(series: readonly RocSeries[]): Markup {
  const axes: Axes = {
    xTitle: 'real pictures flagged',
    yTitle: 'generated found',
    height: SQUARE_HEIGHT,
    yTicks: UNIT_TICKS,
  };
  const lines = series.map(
    ({ points }, index) =>
      html`<path d="${rocPath(points)}" fill="none" stroke="var(--series-${index % 5})" stroke-width="${index === 0 ? 2.5 : 1.8}" stroke-dasharray="${DASHES[index % 5] ?? 'none'}" stroke-linejoin="round"/>`,
  );
  const diagonal = html`<path class="guide" d="M${xOf(0)} ${yOf(0, SQUARE_HEIGHT)}L${xOf(1)} ${yOf(1, SQUARE_HEIGHT)}"/>`;
  const legend = series.map(
    ({ name }, index) =>
      html`<li><svg viewBox="0 0 26 8" aria-hidden="true"><path d="M0 4H26" stroke="var(--series-${index % 5})" stroke-width="2.5" stroke-dasharray="${DASHES[index % 5] ?? 'none'}"/></svg>${name}</li>`,
  );
  return figure(
    'ROC curve',
    'What every threshold would find and flag. The diagonal is guessing.',
    html`${plot('ROC curve', axes, [diagonal, ...lines])}<ul class="legend">${legend}</ul>`,
  );
}

/** Only corners that can be told apart: thousands of pictures make thousands of steps. */
function rocPath(points: readonly RocPoint[]): string {
  const corners = points.map(
    (point) => `${xOf(point.falsePositiveRate)} ${yOf(point.truePositiveRate, SQUARE_HEIGHT)}`,
  );
  return `M${corners.filter((corner, index) => corner !== corners[index - 1]).join('L')}`;
}

/** Reliability diagram: mean score against share of generated pictures, dots as large as their bins are full. */
export function calibrationFigure(bins: readonly CalibrationBin[]): Markup {
  const filled = bins.filter(({ count }) => count > 0);
  const most = Math.max(1, ...filled.map(({ count }) => count));
  const place = ({ meanPredicted, meanObserved }: CalibrationBin): string =>
    `${xOf(meanPredicted)} ${yOf(meanObserved, SQUARE_HEIGHT)}`;
  const dots = filled.map((bin) => {
    const radius = round(2.5 + 8 * Math.sqrt(bin.count / most));
    return html`<circle cx="${xOf(bin.meanPredicted)}" cy="${yOf(bin.meanObserved, SQUARE_HEIGHT)}" r="${radius}" fill="var(--accent)" fill-opacity="0.75"><title>${bin.count} pictures: score ${bin.meanPredicted.toFixed(2)}, generated ${bin.meanObserved.toFixed(2)}</title></circle>`;
  });
  const axes: Axes = {
    xTitle: 'mean P(generated) said',
    yTitle: 'share that was generated',
    height: SQUARE_HEIGHT,
    yTicks: UNIT_TICKS,
  };
  return figure(
    'Calibration',
    'On the diagonal, a score of 0.7 is right seven times in ten. Dot area: pictures.',
    plot('Calibration diagram', axes, [
      html`<path class="guide" d="M${xOf(0)} ${yOf(0, SQUARE_HEIGHT)}L${xOf(1)} ${yOf(1, SQUARE_HEIGHT)}"/>`,
      html`<path d="${filled.length === 0 ? '' : `M${filled.map(place).join('L')}`}" fill="none" stroke="var(--accent)" stroke-width="1.5" stroke-opacity="0.6"/>`,
      ...dots,
    ]),
  );
}

const BINS = 20;

/** Scores of real pictures upwards and of generated ones downwards, as shares of their class. */
export function histogramFigure(
  scores: { real: readonly number[]; fake: readonly number[] },
  threshold: number,
): Markup {
  const [real, fake] = [sharesOf(scores.real), sharesOf(scores.fake)];
  const most = Math.max(0.05, ...real, ...fake);
  const height = SQUARE_HEIGHT;
  const place = (share: number): number => yOf(0.5 + (share / most) * 0.48, height);
  const bars = (shares: readonly number[], sign: 1 | -1, colour: string): Markup[] =>
    shares.map((share, bin) => {
      const [from, to] = [place(0), place(sign * share)];
      return html`<rect x="${round(xOf(bin / BINS) + 0.7)}" y="${Math.min(from, to)}" width="${round(xOf(1 / BINS) - xOf(0) - 1.4)}" height="${round(Math.abs(to - from))}" fill="var(--${colour})" fill-opacity="0.85"/>`;
    });
  const tick = (share: number) =>
    [0.5 + (share / most) * 0.48, `${Math.round(Math.abs(share) * 100)} %`] as const;
  const half = Math.max(0.01, Math.floor(most * 90) / 100);
  const axes: Axes = {
    xTitle: 'P(generated)',
    yTitle: 'share of the class',
    height,
    yTicks: [tick(-half), [0.5, '0'], tick(half)],
  };
  return figure(
    'Scores',
    'Real pictures above, generated ones below; the dashed line is the threshold.',
    html`${plot('Histogram of scores', axes, [
      ...bars(real, 1, 'real'),
      ...bars(fake, -1, 'fake'),
      html`<path class="guide" d="M${xOf(threshold)} ${yOf(0, height)}V${yOf(1, height)}"/>`,
      html`<path d="M${xOf(0)} ${place(0)}H${xOf(1)}" stroke="var(--ink-soft)" stroke-width="1"/>`,
    ])}<ul class="legend"><li>${swatch('real')}real (${scores.real.length})</li><li>${swatch('fake')}generated (${scores.fake.length})</li></ul>`,
  );
}

const swatch = (colour: string): Markup =>
  html`<svg viewBox="0 0 26 8" aria-hidden="true"><rect width="26" height="8" rx="2" fill="var(--${colour})"/></svg>`;

function sharesOf(scores: readonly number[]): number[] {
  const counts = Array.from({ length: BINS }, () => 0);
  for (const score of scores) {
    const bin = Math.min(BINS - 1, Math.floor(score * BINS));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((count) => count / Math.max(1, scores.length));
}
