/** Writes steps as the words that the WebAssembly kernels read (`descriptor.ts`). */
import type { StepConstants } from './constants.ts';
import * as field from './descriptor.ts';
import { cellBytes, insideOf, type PlacedTensor, rowBytes } from './layout.ts';
import { isGathered, segmentsOf, windowLength } from './pack.ts';
import { cutRows } from './parts.ts';
import type { Convolve, MapStep, Pool, Step, Taps } from './steps.ts';
import { paysInTiles, tilesTogether } from './winograd.ts';

/** Start addresses of the parts of the memory. */
export interface Bases {
  constants: number;
  program: number;
  arena: number;
}

export interface StepContext {
  constants: StepConstants;
  input: PlacedTensor;
  output: PlacedTensor;
  addend: PlacedTensor | null;
  bases: Bases;
}

/** A growing block of memory: `words` from address `base` on. */
class Program {
  readonly words: number[] = [];
  constructor(private readonly base: number) {}

  /** Address of the next word. */
  get end(): number {
    return this.base + this.words.length * 4;
  }

  append(words: readonly number[]): number {
    const address = this.end;
    this.words.push(...words);
    return address;
  }
}

/** Fields of one step by their byte offsets. */
type Fields = Map<number, number>;

const VECTOR = 4;
/** Bytes of input that a block of cells may take: a block is read once for every panel of weights. */
const BLOCK_BYTES = 49_152;
const SMALLEST_BLOCK = 32;

/**
 * Descriptors of `steps` with their tables, and `count` schedule entries for that many threads, as words to store at
 * `bases.program`; `schedule` is the address of the first entry.
 */
export function encode(
  steps: readonly Step[],
  contexts: readonly StepContext[],
  bases: Bases,
  threads: number,
): { words: Int32Array; schedule: number; count: number } {
  const program = new Program(bases.program);
  const entries: number[] = [];
  let count = 0;
  for (const [index, step] of steps.entries()) {
    const context = contexts[index];
    if (context === undefined) throw new Error('a step without context');
    const fields: Fields = new Map();
    describe(fields, step, context);
    describeOperation(fields, program, { step, context });
    const words = new Array<number>(field.STEP_BYTES / 4).fill(0);
    for (const [offset, value] of fields) words[offset / 4] = value;
    const address = program.append(words);
    const inTiles = fields.get(field.OPERATION) === field.WINOGRAD;
    const { rows, columns } = context.output;
    const parts = cutRows(rows, { columns, threads, inTiles });
    const [after, until] = [count, count + parts.length];
    for (const { from, to } of parts) entries.push(address, from, to, after, until);
    count = until;
  }
  const schedule = program.append(entries);
  return { words: Int32Array.from(program.words), schedule, count };
}

const bits = new DataView(new ArrayBuffer(4));
/** The word that holds `value` as float32. */
function floatWord(value: number): number {
  bits.setFloat32(0, value);
  return bits.getInt32(0);
}

/** What all steps have. */
function describe(fields: Fields, step: Step, { output, addend, bases }: StepContext): void {
  fields.set(field.OUTPUT, bases.arena + insideOf(output) + step.channelOffset * 4);
  fields.set(field.OUTPUT_ROW_BYTES, rowBytes(output));
  fields.set(field.OUTPUT_CELL_BYTES, cellBytes(output));
  fields.set(field.ROWS, output.rows);
  fields.set(field.COLUMNS, output.columns);
  fields.set(field.DEPTH, Math.ceil(step.channels / VECTOR));
  fields.set(field.MARGIN, output.margin);
  fields.set(field.MARGIN_ADDRESS, bases.arena + output.offsetBytes);
  fields.set(field.LOW, floatWord(step.bounds.low));
  fields.set(field.HIGH, floatWord(step.bounds.high));
  if (addend === null) return;
  fields.set(field.ADDEND, bases.arena + insideOf(addend));
  fields.set(field.ADDEND_ROW_BYTES, rowBytes(addend));
  fields.set(field.ADDEND_CELL_BYTES, cellBytes(addend));
}

function describeOperation(
  fields: Fields,
  program: Program,
  { step, context }: { step: Step; context: StepContext },
): void {
  switch (step.op) {
    case 'convolve':
      describeConvolution(fields, program, { step, context });
      break;
    case 'depthwise':
      fields.set(field.OPERATION, field.DEPTHWISE);
      fields.set(field.BLOCK, VECTOR);
      describeTaps(fields, program, { taps: step.taps, context });
      break;
    case 'pool':
      describePool(fields, step, context);
      break;
    case 'map':
    case 'nearestResidual':
      fields.set(field.OPERATION, step.op === 'map' ? field.MAP : field.NEAREST_RESIDUAL);
      describeMap(fields, step, context);
  }
}

function describeConvolution(
  fields: Fields,
  program: Program,
  { step, context }: { step: Convolve; context: StepContext },
): void {
  const { constants, input, output, bases } = context;
  fields.set(field.BIAS, bases.constants + constants.bias);
  if (constants.winogradWeights !== null && paysInTiles(output)) {
    fields.set(field.OPERATION, field.WINOGRAD);
    fields.set(field.WEIGHTS, bases.constants + constants.winogradWeights);
    fields.set(field.BLOCK, tilesTogether(step, input.cellLength));
    fields.set(field.TAP_DEPTH, input.cellLength / VECTOR);
    describeWindow(fields, step, context);
    return;
  }
  const { starts, length } = segmentsOf(step, step.taps === null ? input.cellLength : step.into);
  fields.set(field.OPERATION, field.CONVOLVE);
  fields.set(field.WEIGHTS, bases.constants + constants.weights);
  fields.set(field.SEGMENTS, starts.length);
  fields.set(field.SEGMENT_LENGTH, length);
  const fitting = Math.floor(BLOCK_BYTES / (starts.length * length * 4));
  const block = Math.min(Math.max(fitting & ~3, SMALLEST_BLOCK), field.LARGEST_BLOCK);
  fields.set(field.BLOCK, block);
  if (isGathered(step, input.cellLength)) {
    describeWindow(fields, step, context);
    fields.set(field.TAPS, starts.length);
    fields.set(field.TAP_TABLE, program.append(starts.map((start) => offsetOf(start, input))));
    fields.set(field.GATHERED, length);
    fields.set(field.SEGMENTS, 1);
    fields.set(field.SEGMENT_LENGTH, windowLength(step, input.cellLength));
    fields.set(field.SEGMENT_TABLE, program.append([0]));
  } else if (step.taps === null) {
    describeWindow(fields, step, context);
    fields.set(field.SEGMENT_TABLE, program.append(starts.map((start) => offsetOf(start, input))));
  } else {
    describeTaps(fields, program, { taps: step.taps, context });
    fields.set(field.SEGMENT_TABLE, program.append([0]));
  }
}

const offsetOf = ({ row, column }: { row: number; column: number }, tensor: PlacedTensor): number =>
  row * rowBytes(tensor) + column * cellBytes(tensor);

/** Where the window of cell (0, 0) begins, and how it moves. */
function describeWindow(
  fields: Fields,
  { stride, padding }: { stride: number; padding: number },
  { input, bases }: StepContext,
): void {
  const start = insideOf(input) - padding * (rowBytes(input) + cellBytes(input));
  fields.set(field.INPUT, bases.arena + start);
  fields.set(field.INPUT_ROW_STEP, stride * rowBytes(input));
  fields.set(field.INPUT_CELL_STEP, stride * cellBytes(input));
}

function describeTaps(
  fields: Fields,
  program: Program,
  { taps, context }: { taps: Taps; context: StepContext },
): void {
  const { constants, input, bases } = context;
  const { kernel, dilation, stride } = taps;
  const side = Array.from({ length: kernel }, (_, index) => index * dilation);
  const offsets = side.flatMap((row) => side.map((column) => offsetOf({ row, column }, input)));
  describeWindow(fields, taps, context);
  fields.set(field.TAPS, offsets.length);
  fields.set(field.TAP_TABLE, program.append(offsets));
  fields.set(field.TAP_WEIGHTS, bases.constants + constants.tapWeights);
  fields.set(field.TAP_BIAS, bases.constants + constants.tapBias);
  fields.set(field.TAP_DEPTH, Math.ceil(taps.channels / VECTOR));
  fields.set(field.TAP_RELU, taps.relu ? 1 : 0);
  const dense = kernel === 3 && dilation === 1 && stride === 1;
  fields.set(field.TAP_CELL_BYTES, dense ? cellBytes(input) : 0);
}

function describePool(fields: Fields, step: Pool, { input, bases }: StepContext): void {
  fields.set(field.OPERATION, field.POOL);
  fields.set(field.INPUT, bases.arena + insideOf(input));
  fields.set(field.WINDOW, step.size);
  fields.set(field.STRIDE, step.stride);
  fields.set(field.PADDING, step.padding);
  fields.set(field.INPUT_ROWS, input.rows);
  fields.set(field.INPUT_COLUMNS, input.columns);
  fields.set(field.INPUT_ROW_BYTES, rowBytes(input));
  fields.set(field.INPUT_CELL_BYTES, cellBytes(input));
  fields.set(field.SHARE, floatWord(step.kind === 'average' ? 1 / step.size ** 2 : 0));
}

function describeMap(
  fields: Fields,
  step: MapStep | Extract<Step, { op: 'nearestResidual' }>,
  context: StepContext,
): void {
  const { constants, output, bases } = context;
  const crop = step.op === 'map' ? step.crop : 0;
  describeWindow(fields, { stride: 1, padding: -crop }, context);
  fields.set(field.DEPTH, step.channels);
  const isLast = step.channelOffset + step.channels === output.channels;
  fields.set(field.FILLED, isLast ? output.cellLength - step.channelOffset : step.channels);
  fields.set(field.GAIN, bases.constants + constants.gain);
  fields.set(field.SHIFT, bases.constants + constants.shift);
}
