/** The page that owns one worker an engine; the benchmark drives it from outside through `globalThis.bench`. */
import type { EngineName } from '../arguments.mjs';
import type { JsonReply, Reply, Request } from './messages.ts';

type BrowserEngine = Exclude<EngineName, 'ort-node'>;

const START: Readonly<Record<BrowserEngine, () => Worker>> = {
  'telltale-wasm': () =>
    new Worker(new URL('./telltale-wasm.worker.ts', import.meta.url), { type: 'module' }),
  'tfjs-layers-wasm': () =>
    new Worker(new URL('./tfjs-layers-wasm.worker.ts', import.meta.url), { type: 'module' }),
  'ort-web-wasm': () => new Worker(new URL('./ort-web-wasm.worker.ts', import.meta.url), { type: 'module' }),
  'telltale-webgpu': () =>
    new Worker(new URL('./telltale-webgpu.worker.ts', import.meta.url), { type: 'module' }),
  'ort-web-webgpu': () =>
    new Worker(new URL('./ort-web-webgpu.worker.ts', import.meta.url), { type: 'module' }),
};

const workers = new Map<string, Worker>();

/** What the page offers to whoever drives it. Replies are plain JSON, because that is all that crosses. */
export interface Desk {
  /** Starts a worker for `engine`, to be called `key`. */
  open(key: string, engine: BrowserEngine): void;
  /** Sends a request to it; rejects with its reason when it fails. */
  ask(key: string, request: Request): Promise<JsonReply>;
  /** Ends it, with all its memory. */
  close(key: string): void;
  /** The name of the graphics processor, or null when there is none or only an emulated one. */
  graphicsProcessor(): Promise<string | null>;
}

const desk: Desk = {
  open(key, engine) {
    workers.set(key, START[engine]());
  },
  async ask(key, request) {
    const worker = workers.get(key);
    if (worker === undefined) throw new Error(`no worker ${key}`);
    const reply = await new Promise<Reply>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<Reply>) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message || 'the worker could not be loaded'));
      worker.postMessage(request);
    });
    if (reply.kind === 'failed') throw new Error(reply.message);
    if (reply.kind !== 'ran') return reply;
    const { milliseconds, logits } = reply;
    const copy = logits && { layout: logits.layout, values: [...logits.values] };
    return { kind: 'ran', milliseconds, logits: copy };
  },
  close(key) {
    workers.get(key)?.terminate();
    workers.delete(key);
  },
  async graphicsProcessor() {
    const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter || adapter.info.isFallbackAdapter) return null;
    const { vendor, architecture, device, description } = adapter.info;
    return description || [vendor, architecture, device].filter(Boolean).join(' ') || 'unnamed';
  },
};

Object.assign(globalThis, { bench: desk });
