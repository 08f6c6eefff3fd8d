/** How every tensor of a draft lies in memory, as far as that does not depend on the picture's size. */
import { type Draft, PICTURE, paddingOf, type Step, type TensorId } from './steps.ts';

export interface TensorForm {
  channels: number;
  /** Numbers from cell to cell: a multiple of 4 unless nothing reads or writes the tensor by vectors. */
  cellLength: number;
  /** Cells of zeros on every side: what the widest reader's padding needs. */
  margin: number;
}

/** Forms of all tensors of `draft`, which gets a copy of the picture where a step cannot read it as it comes. */
export function formTensors(draft: Draft): TensorForm[] {
  if (readersOf(draft, PICTURE).some((step) => !readsPlain(step, PICTURE) || paddingOf(step) > 0)) {
    copyPicture(draft);
  }
  return draft.tensors.map((channels, tensor) => {
    const margin = Math.max(0, ...draft.steps.filter(({ input }) => input === tensor).map(paddingOf));
    const plain = readersOf(draft, tensor).every((step) => readsPlain(step, tensor));
    const alone = writersOf(draft, tensor).every((step) => writesPlain(step) && step.channels === channels);
    return { channels, margin, cellLength: plain && alone ? channels : Math.ceil(channels / 4) * 4 };
  });
}

const readersOf = ({ steps }: Draft, tensor: TensorId): Step[] =>
  steps.filter(({ input, addend }) => input === tensor || addend === tensor);

const writersOf = ({ steps }: Draft, tensor: TensorId): Step[] =>
  steps.filter(({ output }) => output === tensor);

/** Whether a step reads single numbers of `tensor`. */
function readsPlain(step: Step, tensor: TensorId): boolean {
  if (step.op === 'map' || step.op === 'nearestResidual') return true;
  return step.op === 'convolve' && step.taps === null && step.addend !== tensor;
}

const writesPlain = ({ op }: Step): boolean => op === 'map' || op === 'nearestResidual';

function copyPicture(draft: Draft): void {
  const [channels = 0] = draft.tensors;
  const output = draft.tensors.length;
  draft.tensors.push(channels);
  for (const step of draft.steps) {
    if (step.input === PICTURE) step.input = output;
    if (step.addend === PICTURE) step.addend = output;
  }
  draft.steps.unshift({
    op: 'map',
    input: PICTURE,
    output,
    channelOffset: 0,
    channels,
    addend: null,
    bounds: { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY },
    gain: new Float32Array(channels).fill(1),
    shift: new Float32Array(channels),
    crop: 0,
  });
}
