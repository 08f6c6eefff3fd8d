/** Tables of an evaluation's page. */
import type { GroupOut } from '../core/evaluate/group-out.ts';
import type { Figure } from '../core/evaluate/overall.ts';
import type { Measurement } from '../core/evaluate/report.ts';
import type { ScoredItem } from '../core/evaluate/sample.ts';
import { html, type Markup } from '../core/report/markup.ts';
import { FIGURE_NAMES, figureText, intervalText, withoutThresholdText } from './evaluation-text.ts';

/** How many worst cases of each class are named. */
const WORST = 10;

type Named = readonly [name: string, measurement: Measurement];

const asName = (chain: string): string => (chain === 'none' ? 'as they are' : chain);

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
  const shown: Figure[] = [
    'meanGeneratorAuc',
    'balancedAccuracy',
    'tprAt1Fpr',
    'worstOverStrongFalsePositiveRate',
    'overStrongRecall',
    'ece',
  ];
  const names = new Map(FIGURE_NAMES);
  return numberTable(
    [what, ...shown.map((key) => names.get(key) ?? key)],
    rows.map(([name, { overall }]) => [
      name,
      shown.map((key) => numberCell(overall[key], overall.intervals[key])),
    ]),
  );
}

/** All figures, one row each, one column a way to degrade. */
export const degradationTable = (measurements: readonly Named[]): Markup =>
  numberTable(
    ['Figure', ...measurements.map(([name]) => asName(name))],
    FIGURE_NAMES.map(([key, label]) => [
      label,
      measurements.map(([, { overall }]) => numberCell(overall[key], overall.intervals[key])),
    ]),
  );

/** One row a generator. */
export function generatorTable(measurements: readonly Named[]): Markup {
  const [first] = measurements;
  const names = Object.keys(first?.[1].generators ?? {});
  return numberTable(
    ['Generator', 'Pictures', ...measurements.map(([name]) => `AUC ${asName(name)}`), 'Found'],
    names.map((name) => {
      const own = first?.[1].generators[name];
      return [
        name,
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
      ...measurements.map(([name]) => `Flagged ${asName(name)}`),
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
  const { falsePositiveTarget, falsePositiveRate, recall, balancedAccuracy, withoutThreshold, groups } =
    groupOut;
  const without = withoutThreshold === 0 ? '' : ` ${sentence(withoutThresholdText(withoutThreshold))}`;
  const target = Number((falsePositiveTarget * 100).toPrecision(3));
  return html`<p class="soft">For each group, the threshold that keeps the false alarms on all others within ${target} %. Together: ${figureText(falsePositiveRate)} of real pictures flagged, ${figureText(recall)} of generated ones found, balanced accuracy ${figureText(balancedAccuracy)}.${without}</p>
${numberTable(
  ['Left out', 'Pictures', 'Threshold', 'Flagged'],
  Object.entries(groups).map(([name, group]) => [
    name,
    [countCell(group.n), numberCell(group.threshold), numberCell(group.flagged)],
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
