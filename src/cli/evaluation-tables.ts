/** Tables of an evaluation's page. */
import type { GroupOut } from '../core/evaluate/group-out.ts';
import type { Figure } from '../core/evaluate/overall.ts';
import type { Measurement } from '../core/evaluate/report.ts';
import type { ScoredItem } from '../core/evaluate/sample.ts';
import { html, type Markup } from '../core/report/markup.ts';
import { chainText } from './chain-text.ts';
import { SUMMARY_FIGURES } from './evaluation-summary.ts';
import { figureText, generatorText, intervalText, withoutThresholdText } from './evaluation-text.ts';

/** How many worst cases of each class are named. */
const WORST = 10;

type Named = readonly [name: string, measurement: Measurement];

/** A table with one column of names and columns of numbers. */
const numberTable = (
  head: readonly string[],
  rows: readonly (readonly [string, readonly Markup[]])[],
): Markup =>
  html`<div class="wide"><table>
<thead><tr>${head.map((cell, index) => html`<th scope="col" class="${index === 0 ? 'name' : 'number'}">${cell}</th>`)}</tr></thead>
<tbody>
${rows.map(([name, cells]) => html`<tr><td class="name">${name}</td>${cells}</tr>`)}
</tbody></table></div>`;

const numberCell = (value: number | null, interval: readonly [number, number] | null = null): Markup => {
  const range = intervalText(interval);
  return html`<td class="number">${figureText(value)}${range === '' ? null : html`<span class="range">${range}</span>`}</td>`;
};

const countCell = (value: number): Markup => html`<td class="number">${value}</td>`;

/** The figures that compare models, one row each. */
export function figureTable(what: string, rows: readonly Named[]): Markup {
  return numberTable(
    [what, ...SUMMARY_FIGURES.map(([, label]) => label)],
    rows.map(([name, { overall }]) => [
      name,
      SUMMARY_FIGURES.map(([key]) => numberCell(overall[key], overall.intervals[key])),
    ]),
  );
}

/** The `figures` (with their names), one row each, one column a way to degrade. */
export const degradationTable = (
  measurements: readonly Named[],
  figures: readonly (readonly [Figure, string])[],
): Markup =>
  numberTable(
    ['Figure', ...measurements.map(([name]) => chainText(name))],
    figures.map(([key, label]) => [
      label,
      measurements.map(([, { overall }]) => numberCell(overall[key], overall.intervals[key])),
    ]),
  );

/** One row a generator. */
export function generatorTable(measurements: readonly Named[]): Markup {
  const [first] = measurements;
  const names = Object.keys(first?.[1].generators ?? {});
  return numberTable(
    ['Generator', 'Pictures', ...measurements.map(([name]) => `AUC ${chainText(name)}`), 'Found'],
    names.map((name) => {
      const own = first?.[1].generators[name];
      return [
        own === undefined ? name : generatorText(name, own),
        [
          countCell(own?.n ?? 0),
          ...measurements.map(([, { generators }]) => aucCell(generators[name]?.rocAuc ?? null)),
          numberCell(own?.recall ?? null, own?.recallInterval ?? null),
        ],
      ];
    }),
  );
}

/** The bar runs from guessing to perfect. */
const aucCell = (auc: number | null): Markup =>
  html`<td class="number">${figureText(auc)}${auc === null ? null : html`<span class="bar" aria-hidden="true"><i style="width: ${Math.round(Math.max(0, auc * 2 - 1) * 100)}%"></i></span>`}</td>`;

/** One row a source of real pictures. */
export function realSourceTable(measurements: readonly Named[]): Markup {
  const [first] = measurements;
  const names = Object.keys(first?.[1].realSources ?? {});
  return numberTable(
    [
      'Source',
      'Pictures',
      ...measurements.map(([name]) => `Flagged ${chainText(name)}`),
      'Over strong',
      'Called strong',
    ],
    names.map((name) => [
      name,
      [
        countCell(first?.[1].realSources[name]?.n ?? 0),
        ...measurements.map(([, { realSources }], index) =>
          numberCell(
            realSources[name]?.falsePositiveRate ?? null,
            index === 0 ? (realSources[name]?.falsePositiveInterval ?? null) : null,
          ),
        ),
        numberCell(
          first?.[1].realSources[name]?.overStrongFalsePositiveRate ?? null,
          first?.[1].realSources[name]?.overStrongFalsePositiveInterval ?? null,
        ),
        numberCell(first?.[1].realSources[name]?.strongFalsePositiveRate ?? null),
      ],
    ]),
  );
}

const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;

/** One row a group that was left out. */
export function groupOutTable(groupOut: GroupOut): Markup {
  const { falsePositiveTarget, withoutThreshold, groups } = groupOut;
  const together = (name: 'falsePositiveRate' | 'recall' | 'balancedAccuracy'): string => {
    const range = intervalText(groupOut.intervals[name]);
    return `${figureText(groupOut[name])}${range === '' ? '' : ` (${range})`}`;
  };
  const without = withoutThreshold === 0 ? '' : ` ${sentence(withoutThresholdText(withoutThreshold))}`;
  const target = Number((falsePositiveTarget * 100).toPrecision(3));
  return html`<p class="soft">For each group, the threshold that keeps the false alarms on all others within ${target} %. Together: ${together('falsePositiveRate')} of real pictures flagged, ${together('recall')} of generated ones found, balanced accuracy ${together('balancedAccuracy')}.${without}</p>
${numberTable(
  ['Left out', 'Pictures', 'Threshold', 'Flagged'],
  Object.entries(groups).map(([name, group]) => [
    name,
    [countCell(group.n), numberCell(group.threshold), numberCell(group.flagged, group.flaggedInterval)],
  ]),
)}`;
}

/** The real pictures with the highest scores and the generated ones with the lowest. */
export function worstTables(items: readonly ScoredItem[]): Markup {
  const real = items
    .filter(({ label }) => label === 'real')
    .toSorted((left, right) => right.pFake - left.pFake);
  const fake = items
    .filter(({ label }) => label === 'fake')
    .toSorted((left, right) => left.pFake - right.pFake);
  const table = (what: string, rows: readonly ScoredItem[]): Markup => html`<div class="wide"><table>
<thead><tr><th scope="col">${what}</th><th scope="col">From</th><th scope="col" class="number">P(generated)</th></tr></thead>
<tbody>${rows.map((item) => html`<tr><td class="path">${item.path}</td><td>${item.generator ?? item.source}</td>${numberCell(item.pFake)}</tr>`)}</tbody></table></div>`;
  return html`<h3>Worst cases</h3>
${table('Real, with the highest scores', real.slice(0, WORST))}
${table('Generated, with the lowest scores', fake.slice(0, WORST))}`;
}
