/**
 * Every message of Telltale, by the context that receives it. A request is parsed where it arrives and its
 * reply where it returns, so neither side trusts the other's memory layout. `runtime` messages reach every
 * extension context at once; `to` says whose they are and the others stay silent.
 */
import * as v from 'valibot';
import { LIMITS } from '../core/limits.ts';
import { MODEL_ROLES } from '../core/verdict.ts';
import {
  access,
  bytes,
  count,
  engineInfo,
  frameRow,
  imageRef,
  imageState,
  pageView,
  patchMap,
  priority,
  readFailure,
  sha256,
  stateUpdate,
  url,
  verdict,
} from './schemas.ts';

const nothing = v.object({});
const images = v.pipe(v.array(imageRef), v.maxLength(LIMITS.imagesPerMessage));
const inTab = { tabId: count };
const oneImage = { tabId: count, frameId: count, id: count };
const readResult = <Schema extends v.GenericSchema>(value: Schema) =>
  v.variant('ok', [
    v.object({ ok: v.literal(true), value }),
    v.object({ ok: v.literal(false), failure: readFailure }),
  ]);

/** What came of a wish to show or hide a heatmap. `gone`: the picture, or its score, is no longer there. */
export const heatmapReply = v.object({ outcome: v.picklist(['done', 'not-stored', 'no-answer', 'gone']) });
export type HeatmapOutcome = v.InferOutput<typeof heatmapReply>['outcome'];

/** Whether a request's image is looked at whole, or sampled when it is big. */
export const effort = v.picklist(['quick', 'full']);

export const engineJob = v.object({
  jobId: v.pipe(v.string(), v.maxLength(100)),
  priority,
  effort,
  source: v.variant('kind', [
    v.object({
      kind: v.literal('url'),
      url,
      /** URL of the frame that shows the image: decides which address classes are allowed. */
      pageUrl: v.string(),
    }),
    v.object({ kind: v.literal('bytes'), bytes }),
  ]),
});
export type EngineJob = v.InferOutput<typeof engineJob>;

export const engineOutcome = v.object({
  jobId: v.pipe(v.string(), v.maxLength(100)),
  verdict,
  map: v.nullable(patchMap),
  thumbnail: v.nullable(bytes),
  /** Known from an earlier visit: nothing was decoded or inferred. */
  fromCache: v.boolean(),
  /** The strong model is still looking: the job stays in hand, and another outcome follows. */
  interim: v.boolean(),
});
export type EngineOutcome = v.InferOutput<typeof engineOutcome>;

/** Answered by the background for content scripts: about their own page's images only. */
export const contentToBackground = {
  /** A frame's content script has started. */
  'frame.hello': { request: nothing, reply: v.object({ hover: v.boolean() }) },
  /** Score these images; what is known comes back at once, the rest as `image.states` pushes. */
  'image.screen': {
    request: v.object({ images, priority, effort }),
    reply: v.object({ states: v.array(stateUpdate) }),
  },
  /** Nobody looks at these any more: drop them unless someone else asked too. */
  'image.cancel': { request: v.object({ ids: v.array(count) }), reply: nothing },
  /** The patch map of a verdict that was delivered to this tab. */
  'image.map': { request: v.object({ sha256 }), reply: v.object({ map: v.nullable(patchMap) }) },
  /** What a packaged model does not know, one sentence each. */
  'model.limits': {
    request: v.object({ role: v.picklist(MODEL_ROLES) }),
    reply: v.object({ limits: v.array(v.string()) }),
  },
  /** Images that appeared while this tab's scan runs. */
  'scan.more': { request: v.object({ images }), reply: nothing },
  /** A heatmap was opened or closed on the page, so lists must be drawn again. */
  'frame.changed': { request: nothing, reply: nothing },
} as const;

/** Answered by the background for Telltale's own pages only. */
export const pageToBackground = {
  /**
   * `opened`: a person has just opened this page, which may have given access to the tab (`activeTab`).
   * `pictured`: content hashes whose thumbnails the page has; these come as null.
   */
  'page.view': {
    request: v.object({
      ...inTab,
      opened: v.optional(v.boolean()),
      pictured: v.optional(v.pipe(v.array(sha256), v.maxLength(LIMITS.hashesPerMessage))),
    }),
    reply: pageView,
  },
  'scan.start': { request: v.object(inTab), reply: nothing },
  'scan.cancel': { request: v.object(inTab), reply: nothing },
  'row.screen': { request: v.object(oneImage), reply: nothing },
  'row.reveal': { request: v.object(oneImage), reply: nothing },
  'row.heatmap': { request: v.object({ ...oneImage, shown: v.boolean() }), reply: heatmapReply },
  'row.mark': {
    request: v.object({ sha256, wrong: v.boolean(), pageUrl: v.string(), state: imageState }),
    reply: nothing,
  },
  'marks.export': { request: nothing, reply: v.object({ json: v.string(), total: count }) },
  'cache.size': { request: nothing, reply: v.object({ verdicts: count, bytes: count }) },
  'cache.wipe': { request: nothing, reply: v.object({ verdicts: count }) },
  /** Badges on hover, for the tab's site. */
  'site.hover': { request: v.object({ ...inTab, on: v.boolean() }), reply: access },
} as const;

/** Answered by a content script; only its own background may send these. */
export const backgroundToContent = {
  'frame.settings': {
    /** `granted`: access has grown, so pictures that were `not-allowed` are worth asking for again. */
    request: v.object({ hover: v.boolean(), granted: v.boolean() }),
    reply: nothing,
  },
  /** Access was withdrawn: remove every trace and stop. */
  'frame.retire': { request: nothing, reply: nothing },
  'frame.rows': { request: nothing, reply: v.object({ rows: v.array(frameRow) }) },
  /** Everything known now; from here on report new images with `scan.more`. */
  'scan.collect': { request: nothing, reply: v.object({ images: v.array(imageRef) }) },
  /** `finished`: every image that the scan reported has its answer; else it was cancelled. */
  'scan.end': { request: v.object({ finished: v.boolean() }), reply: nothing },
  'image.states': { request: v.object({ states: v.array(stateUpdate) }), reply: nothing },
  /** Read the bytes in the page's own context; `gone` when the generation has passed. */
  'image.read': {
    request: v.object({ id: count, generation: count }),
    reply: readResult(bytes),
  },
  /** Ask for this image as if its badge had been clicked. */
  'image.analyze': { request: v.object({ id: count }), reply: nothing },
  'image.reveal': { request: v.object({ id: count }), reply: nothing },
  'image.heatmap': { request: v.object({ id: count, shown: v.boolean() }), reply: heatmapReply },
  /** The context menu was used in this frame. `found` false: nothing under the pointer, pick mode started. */
  'menu.analyze': {
    request: v.object({ srcUrl: v.nullable(v.string()) }),
    reply: v.object({ found: v.boolean() }),
  },
} as const;

/** Answered by the engine's host. */
export const backgroundToEngine = {
  'engine.run': { request: engineJob, reply: nothing },
  'engine.cancel': { request: v.object({ jobIds: v.array(v.string()) }), reply: nothing },
  /** Jobs in hand, and outcomes that could not be delivered because the background was not running. */
  'engine.status': {
    request: nothing,
    reply: v.object({ inHand: v.array(v.string()), undelivered: v.array(engineOutcome), info: engineInfo }),
  },
} as const;

/** Answered by the background for the engine's host. */
export const engineToBackground = {
  'engine.started': { request: v.object({ jobId: v.string() }), reply: nothing },
  'engine.done': { request: engineOutcome, reply: nothing },
  'engine.info': { request: engineInfo, reply: nothing },
} as const;

/** For Telltale's own pages: something in this tab's view changed. */
export const backgroundToPage = {
  'view.changed': { request: v.object({ tabId: v.nullable(count) }), reply: nothing },
} as const;

export type MessageTable = Record<string, { request: v.GenericSchema; reply: v.GenericSchema }>;
export type RequestOf<Table extends MessageTable, Name extends keyof Table> = v.InferOutput<
  Table[Name]['request']
>;
export type ReplyOf<Table extends MessageTable, Name extends keyof Table> = v.InferOutput<
  Table[Name]['reply']
>;

export const CONTEXTS = ['background', 'content', 'engine', 'page'] as const;
export type Context = (typeof CONTEXTS)[number];

export const envelope = v.object({
  telltale: v.literal(1),
  to: v.picklist(CONTEXTS),
  name: v.pipe(v.string(), v.maxLength(40)),
  payload: v.unknown(),
});
export type Envelope = v.InferOutput<typeof envelope>;
