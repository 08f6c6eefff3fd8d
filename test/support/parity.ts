/** The parity fixtures: reference networks with known weights and known outputs, as files or as a formula. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Checkpoint } from '../../src/core/checkpoint/checkpoint.ts';
import { describeFailure } from '../../src/core/checkpoint/failure.ts';
import { readCheckpoint } from '../../src/core/checkpoint/read-checkpoint.ts';
import { contiguousStride, type TensorView } from '../../src/core/checkpoint/tensor.ts';
import type { Preprocessing } from '../../src/core/model/preprocess.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));

/** Where the whole set lies, weights of every format included; set by whoever has it. */
const wholeSet = process.env.TELLTALE_PARITY_DIR;
export const isWholeSet = wholeSet !== undefined;

export interface ParityCase {
  tag?: string;
  input: string;
  preprocess:
    | { mode: 'native-resolution' }
    | { mode: 'reference-validation'; shortSide: number; kernel: 'lanczos'; centerCrop: number }
    | { mode: 'resize-exact'; size: number }
    | { mode: 'center-crop'; size: number };
  preprocessedFile: string | null;
  networkInput: { widthPx?: number; width: number; height: number };
  /** Patch models. */
  logitsFile?: string;
  logitsShapeNHWC?: [number, number, number, number];
  ensembles?: Record<'vote' | 'beforeSoftmax' | 'afterSoftmax', { pFake: number; pReal: number }>;
  'patchesWithAbsLogitGapBelow1e-3'?: number;
  mostFakePatch?: PatchFact;
  mostRealPatch?: PatchFact;
  /** Whole-picture models. */
  logit?: number;
  pFake?: number;
}

export interface PatchFact {
  row: number;
  col: number;
  pFake: number;
  rfRows: [number, number];
  rfCols: [number, number];
}

export interface FormulaWeights {
  kind: 'formula';
  case: string;
  gain: number;
  headWeightKey: string;
  headWeightScale: number;
  headBiasKey: string;
  headBias: number[];
  stateDict: { key: string; shape: number[]; first4: number[]; sum: number }[];
}

export interface ParityMeta {
  network: string;
  family: string;
  parameters: number;
  receptiveField?: { size: number; stride: number; firstUnitStart: number };
  weights: FormulaWeights | { kind: 'file'; files: Record<string, unknown> };
  cases: ParityCase[];
}

/** One folder of the set. */
export interface ParityFolder {
  name: string;
  meta: ParityMeta;
  /** Files that hold its weights, or null where they follow from the formula. */
  weightFiles: string[] | null;
  optionsFile: string | null;
  path(file: string): string;
}

/** Weights that the checkpoint tests keep; they are the parity set's own. */
const KEPT: Record<string, { weights: string[]; options?: string }> = {
  resnet18_layer1: {
    weights: ['checkpoint/resnet18_layer1.legacy.pth', 'checkpoint/resnet18_layer1.zip.pth'],
    options: 'checkpoint/resnet18_layer1.opt.yml',
  },
  xception_block1: { weights: ['checkpoint/xception_block1.safetensors'] },
};

/** The whole set where TELLTALE_PARITY_DIR points to it, else the part of it that the repository keeps. */
export function parityFolders(): ParityFolder[] {
  const root = wholeSet ?? join(FIXTURES, 'parity');
  return readdirSync(root)
    .filter((name) => existsSync(join(root, name, 'meta.json')))
    .map((name) => {
      const path = (file: string) => join(root, name, file);
      const meta: ParityMeta = JSON.parse(readFileSync(path('meta.json'), 'utf8'));
      const kept = wholeSet === undefined ? KEPT[name] : undefined;
      const own = () => Object.keys(meta.weights.kind === 'file' ? meta.weights.files : {}).map(path);
      const options = kept?.options === undefined ? path('opt.yml') : join(FIXTURES, kept.options);
      return {
        name,
        meta,
        path,
        weightFiles:
          meta.weights.kind === 'formula'
            ? null
            : (kept?.weights.map((file) => join(FIXTURES, file)) ?? own()),
        optionsFile: existsSync(options) ? options : null,
      };
    });
}

/** The checkpoint in `file`; throws when it cannot be read. */
export function checkpointFromFile(file: string): Checkpoint {
  const read = readCheckpoint(new Uint8Array(readFileSync(file)));
  if (!read.ok) throw new Error(describeFailure(read.failure));
  return read.value;
}

/** The checkpoint that the formula of the set's README gives. */
export function checkpointFromFormula(weights: FormulaWeights): Pick<Checkpoint, 'tensors'> {
  const normalized = new Set(
    weights.stateDict
      .filter(({ key }) => key.endsWith('.running_mean'))
      .map(({ key }) => key.slice(0, -'.running_mean'.length)),
  );
  const tensors = new Map(
    weights.stateDict.map(({ key, shape }) => {
      const values = () => formulaTensor(weights, { key, shape, isNorm: normalized.has(prefixOf(key)) });
      return [key, viewOf(shape, values)] as const;
    }),
  );
  return { tensors };
}

/** A tensor view over values that are made when asked for. */
export const viewOf = (shape: readonly number[], toFloat32: () => Float32Array): TensorView => ({
  dtype: 'f32',
  shape,
  stride: contiguousStride(shape),
  storageKey: '0',
  offset: 0,
  elementCount: shape.reduce((product, length) => product * length, 1),
  toFloat32,
});

const prefixOf = (key: string) => key.slice(0, key.lastIndexOf('.'));

function formulaTensor(
  weights: FormulaWeights,
  { key, shape, isNorm }: { key: string; shape: number[]; isNorm: boolean },
): Float32Array {
  if (key === weights.headBiasKey) return Float32Array.from(weights.headBias);
  if (key.endsWith('.num_batches_tracked')) return Float32Array.of(1000);
  const [out = 1, ...rest] = shape;
  const fanIn = rest.reduce((product, length) => product * length, 1);
  const random = uniform(`${weights.case}/${key}`, out * fanIn);
  if (key === weights.headWeightKey) return scaled(random, weights.headWeightScale, 0);
  if (!isNorm) return scaled(random, weights.gain * Math.sqrt(6 / fanIn), 0);
  if (key.endsWith('.weight')) return scaled(random, 0.25, 1);
  if (key.endsWith('.bias')) return scaled(random, 0.2, 0);
  return key.endsWith('.running_mean') ? scaled(random, 0.3, 0) : scaled(random, 0.5, 1);
}

const scaled = (values: Float64Array, factor: number, offset: number): Float32Array =>
  Float32Array.from(values, (value) => offset + factor * value);

/** FNV-1a, 32 bits, of ASCII text. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** `count` numbers in [-1, 1) that follow from `name`: MurmurHash3's finaliser over a counter. */
export function uniform(name: string, count: number): Float64Array {
  const seed = fnv1a(name);
  const values = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    let hash = (seed + Math.imul(index, 0x9e3779b1)) >>> 0;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    values[index] = ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 31 - 1;
  }
  return values;
}

/** How a case prepares its picture. */
export function preprocessingOf({ preprocess }: ParityCase): Preprocessing {
  switch (preprocess.mode) {
    case 'native-resolution':
      return { resize: { mode: 'never' }, centerCropPx: null };
    case 'center-crop':
      return { resize: { mode: 'never' }, centerCropPx: preprocess.size };
    case 'resize-exact':
      return {
        resize: { mode: 'exact', sizePx: preprocess.size, kernel: 'bilinear' },
        centerCropPx: null,
      };
    case 'reference-validation':
      return {
        resize: { mode: 'short-side', sizePx: preprocess.shortSide, kernel: preprocess.kernel },
        centerCropPx: preprocess.centerCrop,
      };
  }
}

/** Float32 values of a NumPy file, version 1, C order. */
export function readNpy(file: string): Float32Array {
  const bytes = new Uint8Array(readFileSync(file));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = String.fromCharCode(...bytes.subarray(10, 10 + view.getUint16(8, true)));
  if (!header.includes("'<f4'") || header.includes("'fortran_order': True")) throw new Error(header);
  const start = 10 + view.getUint16(8, true);
  const count = (bytes.byteLength - start) / 4;
  return Float32Array.from({ length: count }, (_, index) => view.getFloat32(start + 4 * index, true));
}
