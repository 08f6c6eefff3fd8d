/** The engine's worker: decodes and infers one picture at a time. Knows no extension API and no addresses. */
import jpegUrl from '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm?url';
import pngUrl from '@jsquash/png/codec/pkg/squoosh_png_bg.wasm?url';
import webpUrl from '@jsquash/webp/codec/dec/webp_dec.wasm?url';
import * as v from 'valibot';
import { type DecodeTools, decodeImage } from '../core/image/decode.ts';
import { fileJpegQuality } from '../core/image/jpeg-quality.ts';
import type { PixelImage } from '../core/image/pixels.ts';
import { initDecoders } from '../core/image/shared-decoders.ts';
import { shrink } from '../core/image/shrink.ts';
import { sniff } from '../core/image/sniff.ts';
import { modelKey } from '../core/model/card.ts';
import { type Result, success } from '../core/result.ts';
import { screenImage } from '../core/score/screen.ts';
import { useThreads } from '../kernels/register.ts';
import { PACKAGED_CARDS } from '../platform/packaged-models.ts';
import { type EngineFault, thrownFault } from '../protocol/engine-fault.ts';
import { backendHeapBytes } from './backends.ts';
import { createCanvasDecoder } from './canvas-decoder.ts';
import { type Engine, startEngine } from './engine.ts';
import { type LoadedModel, LoadedModels } from './loaded-models.ts';
import { packagedWeights } from './model.ts';
import { inTurns } from './turns.ts';
import { type Screened, type WorkerReply, type WorkerRequest, workerRequest } from './worker-protocol.ts';

type StartRequest = Extract<WorkerRequest, { kind: 'start' }>;
type ScreenRequest = Extract<WorkerRequest, { kind: 'screen' }>;

interface Running {
  engine: Engine;
  models: LoadedModels;
  tools: DecodeTools;
}

const THUMBNAIL_PX = 96;

let running: Promise<Result<Running, EngineFault>> | null = null;
/** The task in work, and how to end it early. */
let inWork: { taskId: number; abort: AbortController } | null = null;

const reply = (message: WorkerReply): void => self.postMessage(message);
const breakDown = (fault: EngineFault): void => reply({ kind: 'broken', fault });

const compiled = async (url: string): Promise<WebAssembly.Module> =>
  WebAssembly.compile(await (await fetch(url)).arrayBuffer());

async function start(request: StartRequest): Promise<Result<Running, EngineFault>> {
  const card = PACKAGED_CARDS.fast;
  const [weights, jpeg, png, webp] = await Promise.all([
    packagedWeights('fast', card),
    compiled(jpegUrl),
    compiled(pngUrl),
    compiled(webpUrl),
  ]);
  if (!weights.ok) return weights;
  const shared = await initDecoders({ jpeg, png, webp });
  const engine = await startEngine({ card, weights: weights.value }, request);
  if (!engine.ok) return engine;
  void engine.value.lost.then(breakDown);
  const models = new LoadedModels(engine.value, { cards: PACKAGED_CARDS, weights: packagedWeights });
  return success({ engine: engine.value, models, tools: { shared, canvas: createCanvasDecoder() } });
}

async function screen(
  { bytes, sha256, effort, role, threads }: ScreenRequest,
  { card, network }: LoadedModel,
  { engine, tools }: Running,
  signal: AbortSignal,
): Promise<Screened> {
  const startedAt = performance.now();
  useThreads(threads);
  const sniffed = sniff(bytes);
  if (!sniffed.ok) return { verdict: sniffed.failure, map: null, thumbnail: null };
  const decoded = await decodeImage(bytes, sniffed.value, tools);
  if (!decoded.ok) return { verdict: decoded.failure, map: null, thumbnail: null };
  const { image, pixelPath } = decoded.value;
  const facts = { ...sniffed.value.facts, widthPx: image.widthPx, heightPx: image.heightPx };
  const common = { facts, model: modelKey(card), sha256 };
  const jpegQuality = fileJpegQuality(bytes, sniffed.value.format);
  const screening = await screenImage(image, {
    ...{ card, effort, jpegQuality },
    network: inTurns(network, signal),
  });
  const computeMs = performance.now() - startedAt;
  const thumbnail = await thumbnailOf(image);
  if (screening.kind === 'abstained') {
    return { verdict: { state: 'abstained', reason: screening.reason, ...common }, map: null, thumbnail };
  }
  const { score, map } = screening;
  const { backend } = engine;
  const how = { role, pixelPath, backend, computeMs };
  return { verdict: { state: 'scored', ...score, ...common, ...how }, map, thumbnail };
}

/** A small WebP, or null: a list without a thumbnail is better than no verdict. */
async function thumbnailOf(image: PixelImage): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    const { widthPx, heightPx, rgba } = shrink(image, THUMBNAIL_PX);
    const canvas = new OffscreenCanvas(widthPx, heightPx);
    const data = new ImageData(new Uint8ClampedArray(rgba), widthPx, heightPx);
    canvas.getContext('2d')?.putImageData(data, 0, 0);
    const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.75 });
    return new Uint8Array(await blob.arrayBuffer());
  } catch {
    return null;
  }
}

function stop(taskId: number): void {
  if (inWork?.taskId === taskId) inWork.abort.abort();
}

/** Screens one picture and says what came of it. */
async function work(request: ScreenRequest, ready: Running): Promise<void> {
  const { taskId, role } = request;
  const abort = new AbortController();
  inWork = { taskId, abort };
  const { signal } = abort;
  const model = await ready.models.get(role);
  if (!model.ok) return reply({ kind: 'unable', taskId, fault: model.failure });
  const screened = await screen(request, model.value, ready, signal).catch((error: unknown) => {
    if (error === signal.reason) return null;
    throw error;
  });
  const { shared } = ready.tools;
  const condition = { heapBytes: backendHeapBytes() + shared.heapBytes(), worn: shared.isWorn() };
  reply(
    screened === null
      ? { kind: 'stopped', taskId, ...condition }
      : { kind: 'screened', taskId, ...screened, ...condition },
  );
  void ready.models.tune(role);
}

async function handle(request: WorkerRequest): Promise<void> {
  if (request.kind === 'start') running ??= start(request);
  if (running === null) throw new Error('asked to screen before it was started');
  const started = await running;
  if (!started.ok) return breakDown(started.failure);
  if (request.kind === 'screen') return work(request, started.value);
  if (request.kind === 'stop') return stop(request.taskId);
  const { backend, kernels, note } = started.value.engine;
  reply({ kind: 'ready', backend, kernels, note });
}

self.onmessage = (event: MessageEvent<unknown>) => {
  const request = v.safeParse(workerRequest, event.data);
  if (request.success) handle(request.output).catch((error: unknown) => breakDown(thrownFault(error)));
  else breakDown(thrownFault('malformed request'));
};
