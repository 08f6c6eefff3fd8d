/** Every layer of a network with what it sees and what it costs. */
import { multiplyAccumulates } from '../core/model/cost.ts';
import { elementsOf, expectedTensors } from '../core/model/expected-tensors.ts';
import { gridLength, type ReceptiveField, receptiveFieldOf } from '../core/model/geometry.ts';
import { branchesOf, type SourceLayer } from '../core/model/layer.ts';

export interface LayerRow {
  /** Depth of branches that it lies in. */
  depth: number;
  op: string;
  /** Prefix of its tensors. */
  name: string | null;
  /** Its numbers in short: channels, kernel, stride, padding. */
  shape: string;
  /** Trained numbers in it, branches included. */
  parameters: number;
  /** Of one cell of its output. */
  receptiveField: ReceptiveField;
  /** Rows and columns of its output for the picture. */
  grid: [number, number];
  /** Multiplications with addition, branches included. */
  multiplyAccumulates: number;
}

/** The rows of `layers` for a square picture of `sizePx`; a layer with branches comes before them. */
export function layerTable(layers: readonly SourceLayer[], sizePx: number): LayerRow[] {
  return rowsOf(layers, { before: [], depth: 0 }, sizePx);
}

interface Position {
  /** All layers from the picture on. */
  before: readonly SourceLayer[];
  depth: number;
}

function rowsOf(layers: readonly SourceLayer[], { before, depth }: Position, sizePx: number): LayerRow[] {
  const rows: LayerRow[] = [];
  for (const [index, layer] of layers.entries()) {
    const start = [...before, ...layers.slice(0, index)];
    rows.push(rowOf(layer, { before: start, depth }, sizePx));
    for (const branch of branchesOf(layer) ?? []) {
      rows.push(...rowsOf(branch, { before: start, depth: depth + 1 }, sizePx));
    }
  }
  return rows;
}

function rowOf(layer: SourceLayer, { before, depth }: Position, sizePx: number): LayerRow {
  const through = [...before, layer];
  const length = gridLength(through, sizePx);
  const inputPx = gridLength(before, sizePx);
  return {
    depth,
    op: layer.op,
    name: 'name' in layer ? layer.name : null,
    shape: shapeOf(layer),
    parameters: expectedTensors([layer]).reduce((sum, { shape }) => sum + elementsOf(shape), 0),
    receptiveField: receptiveFieldOf(through),
    grid: [length, length],
    multiplyAccumulates: multiplyAccumulates([layer], { widthPx: inputPx, heightPx: inputPx }),
  };
}

function shapeOf(layer: SourceLayer): string {
  const parts: string[] = [];
  if (layer.op === 'conv') parts.push(`${layer.in} -> ${layer.out}`);
  if (layer.op === 'depthwiseConv') parts.push(`${layer.channels} x 1`);
  if ('kernel' in layer) parts.push(`${layer.kernel}x${layer.kernel}`);
  if ('size' in layer) parts.push(`${layer.size}x${layer.size}`);
  if ('stride' in layer && layer.stride !== 1) parts.push(`stride ${layer.stride}`);
  if ('padding' in layer && layer.padding) parts.push(`padding ${layer.padding}`);
  if ('dilation' in layer && layer.dilation !== undefined && layer.dilation !== 1) {
    parts.push(`dilation ${layer.dilation}`);
  }
  if ('activation' in layer && layer.activation !== undefined) parts.push(layer.activation);
  return parts.join(', ');
}
