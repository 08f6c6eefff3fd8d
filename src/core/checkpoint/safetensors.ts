import * as v from 'valibot';
import type { Checkpoint } from './checkpoint.ts';
import { type DType, ELEMENT_CODECS } from './dtype.ts';
import { type Place, printable, refuse } from './failure.ts';
import type { CheckpointLimits } from './limits.ts';
import { type RandomAccessSource, readBytes } from './source.ts';
import { withoutModulePrefixes } from './state-dict.ts';
import { contiguousStride, TensorRegistry, type TensorView } from './tensor.ts';
import { textFromUtf8 } from './utf8.ts';

const LENGTH_BYTES = 8;

const DTYPES: ReadonlyMap<string, DType> = new Map([
  ['F64', 'f64'],
  ['F32', 'f32'],
  ['F16', 'f16'],
  ['BF16', 'bf16'],
  ['I64', 'i64'],
  ['I32', 'i32'],
  ['I16', 'i16'],
  ['I8', 'i8'],
  ['U8', 'u8'],
  ['BOOL', 'bool'],
]);

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const entrySchema = v.object({
  dtype: v.string(),
  shape: v.array(whole),
  data_offsets: v.tuple([whole, whole]),
});
const metadataSchema = v.record(v.string(), v.string());

interface Entry {
  name: string;
  dtype: DType;
  shape: number[];
  /** Bytes from the start of the data. */
  begin: number;
  end: number;
  place: Place;
}

/**
 * The checkpoint in the safetensors format (github.com/huggingface/safetensors): a header length, a JSON header, and
 * little-endian data that the tensors fill without gap or overlap. Call inside `attempt`.
 */
export function readSafetensorsFile(source: RandomAccessSource, limits: CheckpointLimits): Checkpoint {
  const start: Place = { offset: 0 };
  if (source.size < LENGTH_BYTES) refuse('truncated', 'the file is shorter than its length field', start);
  const headerBytes = Number(readBytes(source, 0, LENGTH_BYTES).getBigUint64(0, true));
  if (headerBytes > limits.directoryBytes)
    refuse('limit', `a header of ${headerBytes} bytes is too long`, start);
  const dataStart = LENGTH_BYTES + headerBytes;
  if (dataStart > source.size) refuse('truncated', 'the header reaches past the end of the file', start);
  const header = parseHeader(readBytes(source, LENGTH_BYTES, headerBytes));

  const { __metadata__: metadata, ...tensors } = header;
  const names = Object.keys(tensors);
  if (names.length > limits.tensors) refuse('limit', `${names.length} tensors`, start);
  const entries = names.map((name) => readEntry(name, tensors[name]));
  checkCoverage(entries, source.size - dataStart);

  const registry = new TensorRegistry(source, limits);
  const views = entries.map(({ name, dtype, shape, begin, end, place }): [string, TensorView] => {
    const elementCount = (end - begin) / ELEMENT_CODECS[dtype].sizeBytes;
    const storage = { key: name, dtype, startByte: dataStart + begin, elementCount, littleEndian: true };
    const view = registry.view({ shape, stride: contiguousStride(shape), offset: 0 }, storage, place);
    return [name, view];
  });
  if (views.length === 0) refuse('no-tensors', 'the header lists no tensor', start);
  return { format: 'safetensors', tensors: withoutModulePrefixes(views), metadata: readMetadata(metadata) };
}

/** The header as an object without prototype, so that a tensor named `__proto__` is a tensor like any other. */
function parseHeader(view: DataView): Record<string, unknown> {
  const place: Place = { offset: LENGTH_BYTES };
  const text = textFromUtf8(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  if (text === null) return refuse('malformed', 'a header that is not UTF-8', place);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse('malformed', 'a header that is not JSON', place);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse('malformed', 'a header that is not a JSON object', place);
  }
  const header: Record<string, unknown> = Object.create(null);
  for (const [name, entry] of Object.entries(value)) header[name] = entry;
  return header;
}

function readEntry(name: string, value: unknown): Entry {
  const place: Place = { offset: LENGTH_BYTES, tensor: name };
  const parsed = v.safeParse(entrySchema, value, { abortEarly: true });
  if (!parsed.success) {
    return refuse('malformed', `a header entry with ${printable(parsed.issues[0].message)}`, place);
  }
  const { dtype: name_, shape, data_offsets } = parsed.output;
  const dtype = DTYPES.get(name_);
  if (dtype === undefined) return refuse('unsupported', `elements of type ${printable(name_)}`, place);
  const [begin, end] = data_offsets;
  const isWhole = end >= begin && (end - begin) % ELEMENT_CODECS[dtype].sizeBytes === 0;
  if (!isWhole) refuse('malformed', `bytes ${begin} to ${end} do not hold whole ${dtype} elements`, place);
  // A product beyond 2^53 is inexact, but never as small as the bytes of a file.
  const elementCount = shape.reduce((product, length) => product * length, 1);
  if (elementCount * ELEMENT_CODECS[dtype].sizeBytes !== end - begin) {
    refuse('malformed', `shape ${shape.slice(0, 8).join(' x ')} does not fill ${end - begin} bytes`, place);
  }
  return { name, dtype, shape, begin, end, place };
}

/** The format's own rule: data without holes, overlaps or remainder. */
function checkCoverage(entries: readonly Entry[], dataBytes: number): void {
  const ordered = entries.toSorted((left, right) => left.begin - right.begin || left.end - right.end);
  let covered = 0;
  for (const { begin, end, place } of ordered) {
    if (end > dataBytes)
      refuse('truncated', `data up to byte ${end} reach past the end at ${dataBytes}`, place);
    if (begin !== covered) refuse('malformed', `data begin at ${begin} where ${covered} is expected`, place);
    covered = end;
  }
  if (covered !== dataBytes) {
    refuse('malformed', `${dataBytes - covered} bytes at the end belong to no tensor`, {
      offset: LENGTH_BYTES,
    });
  }
}

function readMetadata(value: unknown): Map<string, string> {
  if (value === undefined) return new Map();
  const parsed = v.safeParse(metadataSchema, value, { abortEarly: true });
  return parsed.success
    ? new Map(Object.entries(parsed.output))
    : refuse('malformed', '__metadata__ is not a table of texts', { offset: LENGTH_BYTES });
}
