/**
 * What Telltale can say about one image. A verdict is never a bare number: it is a calibrated score with its
 * band, or a stated reason why there is none. Failures and abstentions are kinds of their own, so that no
 * caller can read "could not look" as "looks fine".
 */

/** Four words for a score; each is explained in one line by the catalogue (`level_*` in `_locales`). */
export const LEVELS = ['strong', 'some', 'unsure', 'none'] as const;
export type Level = (typeof LEVELS)[number];

/** Ways in which an image is unlike those that its model was tested on; the score stands, with a remark. */
export const OUTSIDE = ['jpeg-quality', 'size', 'texture'] as const;
export type Outside = (typeof OUTSIDE)[number];

/** Reasons to look at an image and still give no score. They depend on the pixels only, so they are cached. */
export const ABSTENTIONS = ['too-small', 'too-flat'] as const;
export type Abstention = (typeof ABSTENTIONS)[number];

/** Reasons why an image could not be looked at. Never cached, never shown as a score. */
export const FAILURES = [
  // Reading
  'not-allowed', // the browser withholds this site from Telltale
  'bad-scheme', // neither http(s), data nor blob
  'private-address', // points into the local network, the page does not
  'needs-login', // 401, 403, 407: the site refuses a request without credentials
  'http-error', // any other HTTP error status
  'network', // no answer
  'timeout', // the server stopped answering
  'too-many-bytes',
  // Looking at the bytes
  'not-an-image', // HTML or anything else without an image's magic bytes
  'unsupported-format', // an image, but of a kind without raster pixels or without a decoder here
  'too-many-pixels', // the header declares more than the limit; nothing was decoded
  'truncated', // the file ends before the picture does
  'corrupt', // the decoder gave up
  // Reading in the page
  'tainted-canvas', // drawn from another site's pixels: the browser refuses to hand them out
  'noisy-readback', // this browser adds noise to canvas pixels; a score would measure the noise
  'gone', // removed from the page, or replaced by another picture, before it was read
  // Computing
  'engine-failed', // two engines in a row failed on this picture
  'cancelled',
] as const;
export type FailureReason = (typeof FAILURES)[number];

/** Which code decoded the pixels: `file` is the shared decoder, `canvas` the browser's own with read-back. */
export type PixelPath = 'file' | 'canvas';

export const BACKENDS = ['webgpu', 'wasm', 'cpu'] as const;
export type Backend = (typeof BACKENDS)[number];

/** The two packaged models: `fast` looks at every picture, `strong` where it matters (`score/second-opinion.ts`). */
export const MODEL_ROLES = ['fast', 'strong'] as const;
export type ModelRole = (typeof MODEL_ROLES)[number];

/** Facts about the file, common to every verdict that got as far as its header. */
export interface ImageFacts {
  /** As displayed, that is after EXIF orientation. */
  widthPx: number;
  heightPx: number;
  /** Container: `jpeg`, `png`, `webp`, `gif`, `avif`, `bmp`. */
  format: string;
  sizeBytes: number;
}

export interface Scored {
  state: 'scored';
  level: Level;
  /** Calibrated P(generated) of the mean patch logit, 0..1. */
  probability: number;
  /** 95 % band around `probability`: calibration error and the spread between patches together. */
  band: [number, number];
  /** P(generated) of the mean over the tenth of patches with the highest logits: evidence, not calibrated. */
  topProbability: number;
  /** Share of looked-at patches whose own P(generated) reaches the threshold of strong signs in such a picture. */
  flaggedShare: number;
  /** Share of the picture's patches that were looked at: below 1 when a big picture was sampled. */
  coverage: number;
  grid: { rows: number; columns: number };
  /** How it leaves what its model was tested on; absent when it does not, or the model's card states no range. */
  outside?: Outside[];
  facts: ImageFacts;
  pixelPath: PixelPath;
  /** `modelKey` of the model that speaks: id, version and preprocessing version. */
  model: string;
  /** Which of the two models that is. */
  role: ModelRole;
  /** The other model is still looking: its word replaces this one. Never stored. */
  provisional?: true;
  backend: Backend;
  /** Time spent decoding and inferring, not fetching or queueing. */
  computeMs: number;
  sha256: string;
}

export interface Abstained {
  state: 'abstained';
  reason: Abstention;
  facts: ImageFacts;
  model: string;
  sha256: string;
}

export interface Failed {
  state: 'failed';
  reason: FailureReason;
  /** A fact that helps to act (`HTTP 503`, `60000 x 60000 px`); shown after the catalogue's sentence. */
  detail?: string | undefined;
}

/** An outcome that is final for these bytes. */
export type Verdict = Scored | Abstained | Failed;

/** What an image's row shows at any moment. */
export type ImageState = { state: 'queued' } | { state: 'running' } | Verdict;

/** A model has spoken and the last word is still to come. */
export const isProvisional = (state: ImageState | null): boolean =>
  state?.state === 'scored' && state.provisional === true;

/** A score as the last word. */
export function settled(scored: Scored): Scored {
  const { provisional: _provisional, ...rest } = scored;
  return rest;
}

/** Asked for, and not answered yet. */
export const isWaiting = (state: ImageState | null): boolean =>
  state?.state === 'queued' || state?.state === 'running';

/** Patch probabilities of one image, row-major `[rows * columns]`: 0..254 is P(generated) * 254, 255 is "not looked at". */
export interface PatchMap {
  rows: number;
  columns: number;
  values: Uint8Array;
  /** Patch (row r, column c) was computed from the square at (c * stride + offset, r * stride + offset) of side `sizePx`. */
  receptiveField: { sizePx: number; stridePx: number; offsetPx: number };
  widthPx: number;
  heightPx: number;
}

export const NOT_LOOKED_AT = 255;

/** Levels that the toolbar badge counts. */
export const isFlagged = (state: ImageState): boolean =>
  state.state === 'scored' && (state.level === 'strong' || state.level === 'some');
