/** The figures as people and programs want them. */
import type { Format } from './arguments.mjs';
import { type Entry, nameOf } from './roster.ts';

export interface Row extends Entry {
  network: string;
  /** Side of the pictures in px. */
  size: number;
  batch: number;
  msMedian: number;
}

/** What was measured, and where. */
export interface Report {
  processor: string;
  cores: number;
  graphicsProcessor: string | null;
  browser: string;
  node: string;
  rounds: number;
  rows: readonly Row[];
}

/** Whom Telltale is held against, on equal threads: how many times as fast it is. */
const RATIOS = [
  ['telltale-wasm', 'ort-web-wasm'],
  ['telltale-wasm', 'tfjs-layers-wasm'],
  ['telltale-wasm', 'ort-node'],
  ['telltale-webgpu', 'ort-web-webgpu'],
] as const;

/** The report in the given format, ready to print. JSON holds the rows alone. */
export function reportText(report: Report, format: Format): string {
  if (format === 'json') return `${JSON.stringify({ rows: report.rows }, null, 2)}\n`;
  const tables = [timeTable(report.rows), ratioTable(report.rows)].filter(([head = []]) => head.length > 3);
  const render = format === 'markdown' ? markdownTable : plainTable;
  return [factsText(report), ...tables.map(render)].join('\n\n').concat('\n');
}

const factsText = (report: Report): string =>
  [
    `${report.processor}, ${report.cores} cores; ${report.graphicsProcessor ?? 'no graphics processor'};`,
    `${report.browser}; Node ${report.node}; medians of ${report.rounds} rounds.`,
  ].join('\n');

/** Milliseconds, a column an engine. */
function timeTable(rows: readonly Row[]): string[][] {
  const columns = [...new Map(rows.map((row) => [nameOf(row), row])).keys()];
  return [
    ['network', 'px', 'batch', ...columns.map((name) => `${name}, ms`)],
    ...groupsOf(rows).map((group) => [
      ...titleCells(group),
      ...columns.map((name) => digits(group.find((row) => nameOf(row) === name)?.msMedian)),
    ]),
  ];
}

/** How many times as fast Telltale is, a column a rival and number of threads. */
function ratioTable(rows: readonly Row[]): string[][] {
  const columns = RATIOS.flatMap(([ours, theirs]) =>
    [...new Set(rows.filter(({ engine }) => engine === ours).map(({ threads }) => threads))]
      .filter((threads) => rows.some((row) => row.engine === theirs && row.threads === threads))
      .map((threads) => ({ ours, theirs, threads })),
  );
  return [
    [
      'network',
      'px',
      'batch',
      ...columns.map(
        (column) => `${column.ours} : ${nameOf({ engine: column.theirs, threads: column.threads })}`,
      ),
    ],
    ...groupsOf(rows).map((group) => [
      ...titleCells(group),
      ...columns.map(({ ours, theirs, threads }) => {
        const timeOf = (engine: string) =>
          group.find((row) => row.engine === engine && row.threads === threads)?.msMedian ?? Number.NaN;
        return `${(timeOf(theirs) / timeOf(ours)).toFixed(2)} x`;
      }),
    ]),
  ];
}

/** Rows of the same task together, in the order in which they came. */
function groupsOf(rows: readonly Row[]): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${row.network} ${row.size} ${row.batch}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}

const titleCells = ([row]: readonly Row[]): string[] =>
  row === undefined ? [] : [row.network, String(row.size), String(row.batch)];

const digits = (milliseconds: number | undefined): string =>
  milliseconds === undefined ? '' : milliseconds.toFixed(milliseconds < 100 ? 1 : 0);

function markdownTable([head = [], ...body]: readonly string[][]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  return [head, rule, ...body].map(line).join('\n');
}

function plainTable(table: readonly string[][]): string {
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((line) => line[column]?.length ?? 0)),
  );
  return table
    .map((line) =>
      line
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}
