/** Shapes that cross a border between contexts. Everything is parsed on arrival; inside, types are trusted. */
import * as v from 'valibot';
import { LIMITS } from '../core/limits.ts';
import type { Occasion } from '../core/score/second-opinion.ts';
import type { ImageState, PatchMap, Verdict } from '../core/verdict.ts';
import { ABSTENTIONS, BACKENDS, FAILURES, LEVELS, MODEL_ROLES, OUTSIDE } from '../core/verdict.ts';
import { engineFault, engineNote } from './engine-fault.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const label = v.pipe(v.string(), v.maxLength(LIMITS.labelChars));
const url = v.pipe(v.string(), v.maxLength(LIMITS.urlChars));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const bytes = v.pipe(
  v.instance(Uint8Array),
  v.check((array) => array.byteLength <= LIMITS.imageBytes, 'too many bytes'),
);
const grid = v.object({ rows: count, columns: count });

export const imageKind = v.picklist(['img', 'background', 'svg-image', 'poster', 'canvas', 'input']);
export type ImageKind = v.InferOutput<typeof imageKind>;

/** One image of a page as its content script names it. */
export const imageRef = v.object({
  /** Names the element within its frame's document for as long as the content script lives. */
  id: count,
  /** Grows whenever the element shows another source; a verdict for an older generation is dropped. */
  generation: count,
  kind: imageKind,
  /** Absolute http(s) URL, or null when only the page can read it (`data:`, `blob:`, canvas). */
  url: v.nullable(url),
  /** The page may read it too: same origin as the frame, or one of its own `blob:`, `data:`, canvas. */
  pageReadable: v.boolean(),
  /** Alternative text, else the file name, for lists. */
  label,
  /** Intrinsic size where the page knows it, else 0. */
  widthPx: count,
  heightPx: count,
  inViewport: v.boolean(),
});
export type ImageRef = v.InferOutput<typeof imageRef>;

/** Highest first; the queue serves in this order. */
export const PRIORITIES = ['click', 'hover', 'visible', 'bulk'] as const;
export const priority = v.picklist(PRIORITIES);
export type Priority = v.InferOutput<typeof priority>;

/** A click and a hover are a person's who waits for that very picture. */
export const occasionOf = (urgency: Priority): Occasion =>
  urgency === 'click' || urgency === 'hover' ? 'awaited' : 'scan';

const imageFacts = v.object({
  widthPx: count,
  heightPx: count,
  format: label,
  sizeBytes: count,
});

const scored = v.object({
  state: v.literal('scored'),
  level: v.picklist(LEVELS),
  probability: share,
  band: v.tuple([share, share]),
  topProbability: share,
  flaggedShare: share,
  coverage: share,
  grid,
  outside: v.exactOptional(v.pipe(v.array(v.picklist(OUTSIDE)), v.maxLength(OUTSIDE.length))),
  facts: imageFacts,
  pixelPath: v.picklist(['file', 'canvas']),
  model: label,
  role: v.picklist(MODEL_ROLES),
  provisional: v.exactOptional(v.literal(true)),
  backend: v.picklist(BACKENDS),
  computeMs: v.pipe(v.number(), v.minValue(0)),
  sha256,
});
const abstained = v.object({
  state: v.literal('abstained'),
  reason: v.picklist(ABSTENTIONS),
  facts: imageFacts,
  model: label,
  sha256,
});
const failed = v.object({
  state: v.literal('failed'),
  reason: v.picklist(FAILURES),
  detail: v.optional(label),
});

export const verdict: v.GenericSchema<unknown, Verdict> = v.variant('state', [scored, abstained, failed]);
export const imageState: v.GenericSchema<unknown, ImageState> = v.variant('state', [
  v.object({ state: v.literal('queued') }),
  v.object({ state: v.literal('running') }),
  scored,
  abstained,
  failed,
]);

export const patchMap: v.GenericSchema<unknown, PatchMap> = v.pipe(
  v.object({
    rows: count,
    columns: count,
    values: bytes,
    receptiveField: v.object({ sizePx: count, stridePx: count, offsetPx: v.pipe(v.number(), v.integer()) }),
    widthPx: count,
    heightPx: count,
  }),
  v.check((map) => map.values.length === map.rows * map.columns, 'map size differs from its grid'),
);

/** A push to the frame that owns the image. */
export const stateUpdate = v.object({ id: count, generation: count, state: imageState });
export type StateUpdate = v.InferOutput<typeof stateUpdate>;

/** An image as its frame knows it, for the popup's list. */
export const frameRow = v.object({
  image: imageRef,
  state: v.nullable(imageState),
  heatmapShown: v.boolean(),
});
export type FrameRow = v.InferOutput<typeof frameRow>;

/** The same row seen from an extension page: which frame it lives in, and a picture to recognise it by. */
export const pageRow = v.object({
  ...frameRow.entries,
  frameId: count,
  /** Small WebP made when the image was decoded, or null before that. */
  thumbnail: v.nullable(bytes),
  /** This person has marked the verdict as wrong. */
  markedWrong: v.boolean(),
});
export type PageRow = v.InferOutput<typeof pageRow>;

export const scanProgress = v.object({
  state: v.picklist(['running', 'finished', 'cancelled']),
  total: count,
  done: count,
  startedAt: count,
  /** Expected remaining time from this scan's own pace, or null before the first answer. */
  etaMs: v.nullable(count),
});
export type ScanProgress = v.InferOutput<typeof scanProgress>;

/** A packaged model as pages show it. */
export const modelFacts = v.object({
  role: v.picklist(MODEL_ROLES),
  id: label,
  version: label,
  name: label,
  /** It does not look at smaller pictures. */
  minSidePx: count,
  /** What it does not know, one sentence each. */
  limits: v.array(label),
  /** Why it does not answer, where it was asked for in vain. */
  fault: v.nullable(engineFault),
});
export type ModelFacts = v.InferOutput<typeof modelFacts>;

export const engineInfo = v.object({
  /** Null until an engine has started and passed its golden check. */
  backend: v.nullable(v.picklist(BACKENDS)),
  /** Why a faster backend, or any, is not used; null when there is nothing to say. */
  note: v.nullable(engineNote),
  workers: count,
  /** The fast one, then the strong one. */
  models: v.array(modelFacts),
});
export type EngineInfo = v.InferOutput<typeof engineInfo>;

/** What Telltale may do on the tab's page. */
export const access = v.object({
  /** `http(s)://host/*` of the page, or null where extensions never run (browser pages, stores). */
  sitePattern: v.nullable(label),
  site: v.boolean(),
  everywhere: v.boolean(),
  /** Badges on hover are switched on for this site (only meaningful with access). */
  hover: v.boolean(),
});
export type Access = v.InferOutput<typeof access>;

export const pageView = v.object({
  tabId: count,
  url: v.string(),
  title: v.string(),
  /** False where no content script can run; `rows` is empty then. */
  reachable: v.boolean(),
  access,
  rows: v.array(pageRow),
  scan: v.nullable(scanProgress),
  engine: engineInfo,
});
export type PageView = v.InferOutput<typeof pageView>;

export const readFailure = v.picklist(FAILURES);
export { bytes, count, label, sha256, share, url };
