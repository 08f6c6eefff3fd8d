/** The same file gets the same score from the command line in Node and from the engine in the browser. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker as Thread } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveFolder } from '../../scripts/lib/serve-folder.mjs';
import type { WorkerStart } from '../../src/cli/worker-messages.ts';
import { cropRaster } from '../../src/core/image/crop.ts';
import type { PixelImage } from '../../src/core/image/pixels.ts';
import { rasterOf } from '../../src/core/model/preprocess.ts';
import type { ImageState, ModelRole } from '../../src/core/verdict.ts';
import { supportedVariants } from '../../src/kernels/kernels.ts';
import { DIST } from '../support/build-output.ts';
import { answersOf, type JsonAnswer, telltale } from '../support/command-line.ts';
import { askEngineWorker, ENGINE_START } from '../support/engine-worker.ts';
import { BOTH_LOOK_FROM_PX } from '../support/packaged.ts';
import { demoPicture } from '../support/pictures.mjs';
import {
  jpegOf,
  losslessWebpOf,
  nodeDecoders,
  pngChunk,
  pngOf,
  webpOf,
  withOrientation,
} from '../support/pictures-by-hand.ts';
import { openFixture, scanThroughPopup, startSession } from '../support/session.ts';

const TOLERANCE = 1e-3;
/** The command line's start of a thread, without options. */
const SCREEN_START: WorkerStart = {
  model: { path: null, optionsFile: null, network: null, native: false },
  backend: 'wasm',
  look: { ensemble: null, effort: 'full' },
};
/** A TIFF directory that holds only the orientation 6: turned by a quarter. */
const TURNED = Buffer.from('4d4d002a00000008000101120003000000010006000000000000', 'hex');

/** A part of a photograph that both models look at, its sides odd and its rows not as many as its columns. */
async function photograph(): Promise<PixelImage> {
  const image = await (await nodeDecoders()).jpeg(demoPicture('photo-chelsea-the-cat.jpg'));
  if (image === null) throw new Error('the demo picture cannot be read');
  const heightPx = BOTH_LOOK_FROM_PX | 1;
  const window = { leftPx: 40, topPx: 30, widthPx: heightPx + 42, heightPx };
  const { data } = cropRaster(rasterOf(image), window);
  return { widthPx: window.widthPx, heightPx: window.heightPx, rgba: data };
}

/** The same picture fading from opaque to invisible. */
function fading({ widthPx, heightPx, rgba }: PixelImage): PixelImage {
  const faded = Uint8Array.from(rgba, (value, index) => {
    const column = Math.floor(index / 4) % widthPx;
    return index % 4 === 3 ? Math.round(255 * (1 - column / (widthPx - 1))) : value;
  });
  return { widthPx, heightPx, rgba: faded };
}

async function pictures(): Promise<Record<string, Uint8Array>> {
  const photo = await photograph();
  const jpeg = await jpegOf(photo);
  return {
    'photo.jpg': jpeg,
    'progressive.jpg': await jpegOf(photo, 75, true),
    'turned.jpg': withOrientation(jpeg, 6),
    'mirrored.jpg': withOrientation(jpeg, 7),
    'whole.jpg': demoPicture('generated-ramen.jpg'),
    'lossy.webp': await webpOf(photo, { quality: 80 }),
    'lossless.webp': await losslessWebpOf(photo),
    'fading.webp': await webpOf(fading(photo), { quality: 80 }),
    'plain.png': pngOf(photo),
    'turned.png': pngOf(photo, [pngChunk('eXIf', TURNED)]),
    'fading.png': pngOf(fading(photo)),
  };
}

const files = await pictures();
const names = Object.keys(files);
const folder = mkdtempSync(path.join(tmpdir(), 'telltale-same-'));
for (const [name, bytes] of Object.entries(files)) writeFileSync(path.join(folder, name), bytes);
const elements = names.map((name) => `<img src="/${name}" alt="${name}" width="200" height="160">`);
writeFileSync(
  path.join(folder, 'index.html'),
  `<!doctype html><title>Pictures</title>${elements.join('\n')}`,
);
const site = await serveFolder(folder);
const session = await startSession({ withAccess: true });
afterAll(async () => {
  await session.close();
  await site.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What the packaged engine's worker says it runs on. */
async function kernelsInBrowser(): Promise<string> {
  const [reply] = await askEngineWorker(session, [[ENGINE_START]]);
  return reply?.kind === 'ready' ? reply.kernels : JSON.stringify(reply);
}

/** What the built command line's thread says it runs on. */
async function kernelsInNode(): Promise<string> {
  const thread = new Thread(path.join(DIST, 'cli', 'screen-worker.js'), { workerData: SCREEN_START });
  const [first] = await once(thread, 'message');
  await thread.terminate();
  return first.kind === 'ready' ? first.kernels : JSON.stringify(first);
}

describe('Node and the browser', () => {
  let inBrowser: Map<string, ImageState | null>;
  let inNode: Record<ModelRole, Map<string, JsonAnswer>>;
  beforeAll(async () => {
    // The loopback server under a name that the address guard lets through.
    const url = site.origin.replace('127.0.0.1', 'site.test');
    const { tabId } = await openFixture(session, `${url}/`);
    const view = await scanThroughPopup(session, tabId);
    inBrowser = new Map(view.rows.map(({ image, state }) => [image.label, state]));
    const paths = names.map((name) => path.join(folder, name));
    const by = async (role: ModelRole) => {
      const words = ['screen', ...paths, '--model', role, '--backend', 'wasm', '--json'];
      return new Map(answersOf(await telltale(words)).map((answer) => [path.basename(answer.input), answer]));
    };
    inNode = { fast: await by('fast'), strong: await by('strong') };
  });

  it.each(names)('give %s the same score', (name) => {
    const state = inBrowser.get(name);
    if (state?.state !== 'scored') throw new Error(`${state?.state} in the browser`);
    // The scan decides whose score it is; that model's is the same in Node.
    const answer = inNode[state.role].get(name);
    if (answer?.state !== 'scored') throw new Error(`${answer?.state} in Node`);
    expect(answer.model).toBe(state.model);
    expect(state.pixelPath).toBe('file');
    expect([state.grid.rows, state.grid.columns]).toEqual(answer.grid);
    expect(Math.abs(state.probability - (answer.pFake ?? Number.NaN))).toBeLessThanOrEqual(TOLERANCE);
  });

  it('run Telltale’s own kernels in the packages', async () => {
    expect(await kernelsInBrowser()).toBe('relaxed');
    // Node 20 has relaxed SIMD behind a flag only.
    expect(await kernelsInNode()).toBe(supportedVariants()[0]);
  });

  it('tell the pictures apart', () => {
    const scores = names.map((name) => inNode.strong.get(name)?.pFake);
    // Lossless copies of one picture are one picture.
    expect(new Set(scores).size).toBe(names.length - 1);
  });

  it('look at a turned picture as it is shown', () => {
    const grid = (name: string) => inNode.strong.get(name)?.grid;
    expect(grid('turned.jpg')).toEqual(grid('photo.jpg')?.toReversed());
    expect(grid('turned.png')).toEqual(grid('plain.png')?.toReversed());
  });
});
