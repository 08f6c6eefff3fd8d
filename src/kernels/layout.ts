/** Sizes and places of a draft's tensors for one size of picture. */
import { arrange } from './arena.ts';
import { type Draft, lengthAfter, PICTURE, type TensorId } from './steps.ts';
import type { TensorForm } from './tensors.ts';

export interface PlacedTensor extends TensorForm {
  rows: number;
  columns: number;
  /** Of the first margin cell, from the start of the arena. */
  offsetBytes: number;
}

export interface Layout {
  tensors: PlacedTensor[];
  arenaBytes: number;
}

const FLOAT_BYTES = 4;

export const cellBytes = ({ cellLength }: TensorForm): number => cellLength * FLOAT_BYTES;
export const rowBytes = (tensor: PlacedTensor): number =>
  (tensor.columns + 2 * tensor.margin) * cellBytes(tensor);

/** Byte offset of the first cell behind the margin. */
export const insideOf = (tensor: PlacedTensor): number =>
  tensor.offsetBytes + tensor.margin * (rowBytes(tensor) + cellBytes(tensor));

/**
 * The tensors of `draft` for a picture of `rows * columns`. Throws when it is too small for the network, or when
 * branches disagree about the size of their sum.
 */
export function layOut(
  { steps }: Draft,
  { forms, output }: { forms: readonly TensorForm[]; output: TensorId },
  picture: { rows: number; columns: number },
): Layout {
  const sized = forms.map((form) => ({ ...form, rows: 0, columns: 0, offsetBytes: 0 }));
  const lives = sized.map(() => ({ from: steps.length, to: 0 }));
  const touch = (tensor: TensorId, index: number) => {
    const life = lives[tensor];
    if (life === undefined) return;
    life.from = Math.min(life.from, index);
    life.to = Math.max(life.to, index);
  };
  Object.assign(sized[PICTURE] ?? {}, picture);
  touch(PICTURE, 0);
  touch(output, steps.length);
  for (const [index, step] of steps.entries()) {
    const [from, to] = [sized[step.input], sized[step.output]];
    if (from === undefined || to === undefined) throw new Error('a step without tensors');
    const size = { rows: lengthAfter(step, from.rows), columns: lengthAfter(step, from.columns) };
    if (size.rows <= 0 || size.columns <= 0) throw new Error('picture too small for the network');
    const known = to.rows > 0 ? to : size;
    const addend = step.addend === null ? size : (sized[step.addend] ?? size);
    for (const other of [known, addend]) {
      if (other.rows !== size.rows || other.columns !== size.columns) {
        throw new Error('branches of different sizes');
      }
    }
    Object.assign(to, size);
    for (const tensor of [step.input, step.output, step.addend ?? step.input]) touch(tensor, index);
  }
  const spans = sized.map((tensor, index) => ({
    sizeBytes: rowBytes(tensor) * (tensor.rows + 2 * tensor.margin),
    ...(lives[index] ?? { from: 0, to: 0 }),
  }));
  const { offsets, sizeBytes } = arrange(spans);
  const tensors = sized.map((tensor, index) => ({ ...tensor, offsetBytes: offsets[index] ?? 0 }));
  return { tensors, arenaBytes: sizeBytes };
}
