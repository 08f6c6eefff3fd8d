/** Whether layers fit together: channels from layer to layer, branches with one another. */
import { failure, type Result, success } from '../result.ts';
import { receptiveFieldOf } from './geometry.ts';
import { branchesOf, type SourceLayer } from './layer.ts';

/** A layer that does not fit: its path in the list and what is wrong. */
export interface LayerFailure {
  where: string;
  message: string;
}

/**
 * Channels that `layers` return when they are given `channels`, or the first layer (as `path.index`) that takes
 * another number, whose branches do not end alike, or whose window can lie outside the picture.
 */
export function channelsAfter(
  layers: readonly SourceLayer[],
  channels: number,
  path = 'layers',
): Result<number, LayerFailure> {
  let carried = channels;
  for (const [index, layer] of layers.entries()) {
    const where = `${path}.${index}`;
    const next =
      branchesOf(layer) === null
        ? throughLeaf(layer, carried, where)
        : throughBranches(layer, carried, where);
    if (!next.ok) return next;
    carried = next.value;
  }
  return success(carried);
}

function throughLeaf(layer: SourceLayer, carried: number, where: string): Result<number, LayerFailure> {
  const takes = takenBy(layer);
  if (takes !== null && takes !== carried) {
    return failure({ where, message: `takes ${takes} channels, gets ${carried}` });
  }
  // PyTorch's own rule; beyond it a window may hold nothing but padding, which has no maximum.
  if (layer.op === 'maxPool' && 2 * (layer.padding ?? 0) > layer.size) {
    return failure({ where, message: 'pads by more than half its size' });
  }
  return success(layer.op === 'conv' ? layer.out : carried);
}

/** Channels that a layer insists on; null when it takes any number. */
function takenBy(layer: SourceLayer): number | null {
  switch (layer.op) {
    case 'conv':
      return layer.in;
    case 'depthwiseConv':
    case 'batchNorm':
      return layer.channels;
    case 'normalize':
      return layer.mean.length;
    default:
      return null;
  }
}

function throughBranches(layer: SourceLayer, carried: number, where: string): Result<number, LayerFailure> {
  const ends: number[] = [];
  const strides = new Set<number>();
  for (const [index, branch] of (branchesOf(layer) ?? []).entries()) {
    const end = channelsAfter(branch, carried, `${where}.${index}`);
    if (!end.ok) return end;
    ends.push(end.value);
    strides.add(receptiveFieldOf(branch).stridePx);
  }
  if (strides.size > 1) return failure({ where, message: `joins strides ${[...strides].join(' and ')}` });
  if (layer.op === 'concat') return success(ends.reduce((sum, end) => sum + end, 0));
  const [first = 0, ...others] = ends;
  if (others.some((end) => end !== first))
    return failure({ where, message: `adds ${ends.join(' to ')} channels` });
  return success(first);
}
