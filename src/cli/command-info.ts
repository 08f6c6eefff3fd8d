/** `telltale info`. */

import { multiplyAccumulates } from '../core/model/cost.ts';
import { gridLength } from '../core/model/geometry.ts';
import type { InfoCommand } from './arguments.ts';
import { type LayerRow, layerTable } from './layer-table.ts';
import { type ModelFacts, modelFacts } from './model-facts.ts';
import type { Output } from './output.ts';
import { describePreprocessing, harmless } from './text.ts';

/** Side of the picture for a model that takes any; a tile's. */
const USUAL_SIZE_PX = 512;

/** What everything below is about. */
interface Subject {
  facts: ModelFacts;
  sizePx: number;
  grid: number;
  gigaMacs: number;
  rows: LayerRow[];
}

/** Prints what is known of a model; resolves with the exit status 0 or 1. */
export async function infoCommand({ model, sizePx, json }: InfoCommand, output: Output): Promise<number> {
  const facts = await modelFacts(model);
  if (!facts.ok) {
    output.say(harmless(facts.failure));
    return 1;
  }
  const subject = subjectOf(facts.value, sizePx ?? facts.value.preprocessing.centerCropPx ?? USUAL_SIZE_PX);
  if (json) output.answer(JSON.stringify(asJson(subject)));
  else for (const line of asText(subject)) output.answer(harmless(line));
  return 0;
}

const subjectOf = (facts: ModelFacts, sizePx: number): Subject => ({
  facts,
  sizePx,
  grid: gridLength(facts.layers, sizePx),
  gigaMacs: multiplyAccumulates(facts.layers, { widthPx: sizePx, heightPx: sizePx }) / 1e9,
  rows: layerTable(facts.layers, sizePx),
});

function asJson({ facts, sizePx, grid, gigaMacs, rows }: Subject): object {
  const { model, kind, parameters, receptiveField, preprocessing, classes, ensemble, assumptions, source } =
    facts;
  return {
    model,
    kind,
    parameters,
    receptiveField,
    size: sizePx,
    grid: [grid, grid],
    gmac: gigaMacs,
    preprocessing,
    classes,
    ensemble,
    assumptions,
    source,
    layers: rows.map(({ multiplyAccumulates: macs, ...row }) => ({ ...row, gmac: macs / 1e9 })),
  };
}

function asText({ facts, sizePx, grid, gigaMacs, rows }: Subject): string[] {
  const { sizePx: fieldPx, stridePx, offsetPx } = facts.receptiveField;
  return [
    `${facts.model} (${facts.kind})`,
    `receptive field  ${fieldPx} px, stride ${stridePx} px, first patch from ${offsetPx} px`,
    `parameters       ${facts.parameters.toLocaleString('en')}`,
    `work             ${gigaMacs.toFixed(3)} GMAC and ${grid} x ${grid} patches at ${sizePx} x ${sizePx} px`,
    `preprocessing    ${describePreprocessing(facts.preprocessing)}`,
    `outputs          ${facts.classes.join(', ')}; ensemble ${facts.ensemble}`,
    '',
    ...tableOf(rows.filter(({ op }) => !ELEMENTWISE.has(op))),
  ];
}

/** Rows that would only lengthen the table; `--json` has them. */
const ELEMENTWISE = new Set(['relu', 'batchNorm']);

function tableOf(rows: readonly LayerRow[]): string[] {
  const head = ['layer', '', 'field', 'stride', 'offset', 'grid', 'parameters', 'GMAC'];
  const cells = rows.map((row) => [
    `${'  '.repeat(row.depth)}${row.op}${row.name === null ? '' : ` ${row.name}`}`,
    row.shape,
    String(row.receptiveField.sizePx),
    String(row.receptiveField.stridePx),
    String(row.receptiveField.offsetPx),
    String(row.grid[0]),
    row.parameters.toLocaleString('en'),
    (row.multiplyAccumulates / 1e9).toFixed(3),
  ]);
  const widths = head.map((_, column) =>
    Math.max(...[head, ...cells].map((line) => line[column]?.length ?? 0)),
  );
  return [head, ...cells].map((line) =>
    line
      .map((cell, column) =>
        column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
}
