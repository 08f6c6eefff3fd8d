/** Reads weights in the safetensors format (github.com/huggingface/safetensors), float32 only, without trusting it. */
import * as v from 'valibot';
import { failure, type Result, success } from '../result.ts';

export interface WeightTensor {
  shape: number[];
  values: Float32Array;
}
export type Weights = ReadonlyMap<string, WeightTensor>;

/** What is wrong with a weights file and where: `header`, or the tensor's name. */
export interface WeightsFailure {
  kind: 'bad-weights';
  where: string;
  message: string;
}

const MAX_HEADER_BYTES = 2 ** 20;
const MAX_TENSORS = 1000;

const whole = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 31));
const entry = v.object({
  dtype: v.literal('F32'),
  shape: v.pipe(v.array(whole), v.maxLength(4)),
  data_offsets: v.tuple([whole, whole]),
});

const refuse = (where: string, message: string) =>
  failure<WeightsFailure>({ kind: 'bad-weights', where, message });

/**
 * The tensors of a safetensors file by name, copied out of `bytes` (row-major, little-endian float32).
 * Returns `bad-weights` for anything that is cut short, points outside, or is not finite float32.
 */
export function readSafetensors(bytes: Uint8Array): Result<Weights, WeightsFailure> {
  if (bytes.byteLength < 8) return refuse('header', 'file is shorter than its length field');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = Number(view.getBigUint64(0, true));
  if (headerBytes > MAX_HEADER_BYTES) return refuse('header', `header of ${headerBytes} bytes is too long`);
  const dataStart = 8 + headerBytes;
  if (dataStart > bytes.byteLength) return refuse('header', 'header reaches past the end of the file');
  const header = parseHeader(bytes.subarray(8, dataStart));
  if (header === null) return refuse('header', 'header is not a JSON object');

  const weights = new Map<string, WeightTensor>();
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
  if (entries.length > MAX_TENSORS) return refuse('header', `${entries.length} tensors are too many`);
  for (const [name, value] of entries) {
    const tensor = readTensor(value, view, dataStart);
    if (typeof tensor === 'string') return refuse(name.slice(0, 80), tensor);
    weights.set(name, tensor);
  }
  return success(weights);
}

function parseHeader(bytes: Uint8Array): object | null {
  try {
    // Tensor names are ASCII in practice; anything else only ends up in a name that nobody asks for.
    const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** One tensor, or what is wrong with it. */
function readTensor(value: unknown, view: DataView, dataStart: number): WeightTensor | string {
  const parsed = v.safeParse(entry, value);
  if (!parsed.success) return parsed.issues[0].message;
  const { shape, data_offsets } = parsed.output;
  const [start, end] = data_offsets;
  const count = shape.reduce((product, length) => product * length, 1);
  if (end - start !== count * 4) return `shape ${shape.join(' x ')} does not fill ${end - start} bytes`;
  if (dataStart + end > view.byteLength) return 'data reaches past the end of the file';
  const values = new Float32Array(count);
  for (let index = 0; index < count; index++) {
    const number = view.getFloat32(dataStart + start + index * 4, true);
    if (!Number.isFinite(number)) return `value ${index} is not finite`;
    values[index] = number;
  }
  return { shape, values };
}
