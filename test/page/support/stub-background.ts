/** Background of the stub extension: canned answers, and a log. Tests reach `stub` through the debugger. */
import type { ImageState, Level, Outside, PatchMap } from '../../../src/core/verdict.ts';
import type { ImageRef } from '../../../src/protocol/schemas.ts';

export interface LogEntry {
  name: string;
  payload: unknown;
  frameId: number;
}

export interface Stub {
  hover: boolean;
  log: LogEntry[];
  map: PatchMap | null;
  fullMap(widthPx: number, heightPx: number, stridePx: number): PatchMap;
  ask(tabId: number, frameId: number, name: string, payload: object): Promise<unknown>;
}

const sha256 = 'a'.repeat(64);
const facts = { widthPx: 400, heightPx: 100, format: 'png', sizeBytes: 1000 };
const model = 'strong@1/p1';

const FIGURES: Record<Level, { probability: number; band: [number, number] }> = {
  strong: { probability: 0.91, band: [0.84, 0.95] },
  some: { probability: 0.72, band: [0.55, 0.85] },
  unsure: { probability: 0.5, band: [0.31, 0.68] },
  none: { probability: 0.08, band: [0.04, 0.17] },
};

function scored(level: Level, outside: Outside[] = []): ImageState {
  const { probability, band } = FIGURES[level];
  return {
    state: 'scored',
    level,
    probability,
    band,
    topProbability: probability,
    flaggedShare: probability,
    coverage: 1,
    grid: { rows: 10, columns: 40 },
    ...(outside.length > 0 ? { outside } : {}),
    facts,
    pixelPath: 'file',
    model,
    role: 'strong',
    backend: 'wasm',
    computeMs: 12,
    sha256,
  };
}

/** The state for an image: named by `level` (with `outside`), `failure`, `abstained` or `pending` in its address, else "no signs". */
function stateFor(image: ImageRef): ImageState {
  const query = image.url ? new URL(image.url).searchParams : new URLSearchParams();
  const named = (name: string) => query.get(name) as never;
  if (query.has('failure')) return { state: 'failed', reason: named('failure'), detail: 'HTTP 503' };
  if (query.has('abstained')) {
    return { state: 'abstained', reason: named('abstained'), facts, model, sha256 };
  }
  if (query.has('pending')) return { state: 'queued' };
  return scored(named('level') ?? 'none', query.getAll('outside') as never);
}

/** A map whose cells fill the whole picture (no rim), rising from 0 at the left edge to 1 at the right. */
function fullMap(widthPx: number, heightPx: number, stridePx: number): PatchMap {
  const rows = Math.round(heightPx / stridePx);
  const columns = Math.round(widthPx / stridePx);
  const values = Uint8Array.from({ length: rows * columns }, (_, at) =>
    Math.round((254 * (at % columns)) / Math.max(1, columns - 1)),
  );
  const receptiveField = { sizePx: stridePx, stridePx, offsetPx: 0 };
  return { rows, columns, values, receptiveField, widthPx, heightPx };
}

const stub: Stub = {
  hover: true,
  log: [],
  map: fullMap(400, 100, 10),
  fullMap,
  async ask(tabId, frameId, name, payload) {
    const message = { telltale: 1, to: 'content', name, payload };
    const reply = await chrome.tabs.sendMessage(tabId, message, { frameId });
    if (!reply?.ok) throw new Error(reply?.message ?? 'no reply');
    // The debugger returns JSON.
    const plain = (_key: string, value: unknown) => (value instanceof Uint8Array ? [...value] : value);
    return JSON.parse(JSON.stringify(reply.payload, plain));
  },
};
Object.assign(globalThis, { stub });

const answers: Record<string, (payload: never) => unknown> = {
  'frame.hello': () => ({ hover: stub.hover }),
  'image.screen': ({ images }: { images: ImageRef[] }) => ({
    states: images.map((image) => ({ id: image.id, generation: image.generation, state: stateFor(image) })),
  }),
  'image.map': () => ({ map: stub.map }),
  'model.limits': ({ role }: { role: string }) => ({ limits: [`What ${role} cannot know.`, 'Scans.'] }),
};

chrome.runtime.onMessage.addListener((message, from, respond) => {
  stub.log.push({ name: message.name, payload: message.payload, frameId: from.frameId ?? -1 });
  respond({ ok: true, payload: answers[message.name]?.(message.payload as never) ?? {} });
});
