/** How much work a network is. */
import { gridLength } from './geometry.ts';
import { branchesOf, type SourceLayer } from './layer.ts';

/**
 * Multiplications with addition that the convolutions of `layers` take for a picture of that size; everything else is
 * next to nothing. 1e9 of them are a GMAC. 0 when the picture is too small.
 */
export function multiplyAccumulates(
  layers: readonly SourceLayer[],
  { widthPx, heightPx }: { widthPx: number; heightPx: number },
): number {
  let total = 0;
  let [columns, rows] = [widthPx, heightPx];
  for (const layer of layers) {
    for (const branch of branchesOf(layer) ?? []) {
      total += multiplyAccumulates(branch, { widthPx: columns, heightPx: rows });
    }
    columns = gridLength([layer], columns);
    rows = gridLength([layer], rows);
    total += rows * columns * perCell(layer);
  }
  return total;
}

function perCell(layer: SourceLayer): number {
  if (layer.op === 'conv') return layer.kernel ** 2 * layer.in * layer.out;
  return layer.op === 'depthwiseConv' ? layer.kernel ** 2 * layer.channels : 0;
}
