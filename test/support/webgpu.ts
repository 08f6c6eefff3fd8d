/** tfjs's WebGPU backend in a real Chromium, on the software adapter that it brings along: for correctness, not for speed. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { build } from 'vite';
import { findBrowser } from '../../scripts/browser.mjs';
import { ROOT } from '../../scripts/lib/command.mjs';
import type { Layer } from '../../src/core/model/layer.ts';
import { buildLayers, type OutputGrid } from '../../src/core/model/network.ts';
import type { Weights } from '../../src/core/model/safetensors.ts';
import { writeSafetensors } from '../../src/core/model/safetensors-writer.ts';
import { uniform } from './parity.ts';
import { startBackend } from './tensorflow.ts';
import type { GpuJob, GpuOutput, GpuPage } from './webgpu-page/page.ts';

/** SwiftShader, where there is a graphics processor too: its results are the same everywhere. */
export const SOFTWARE_ADAPTER = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];
/** A full ResNet-50 takes a minute on two busy cores. */
const LONGEST_RUN_MS = 300_000;

/** A network and the picture to run it on. */
export interface GpuTask {
  layers: readonly Layer[];
  weights: Weights;
  /** Interleaved RGB 0..255; the browser also takes several pictures, one behind the other. */
  rgb: Float32Array;
  heightPx: number;
  widthPx: number;
  /** Separable convolutions on Telltale's own kernel instead of tfjs's two. */
  separable?: boolean;
}

export class GpuBrowser {
  readonly #browser: Browser;
  readonly #page: Page;
  readonly #server: Server;
  readonly #files: Map<string, Uint8Array>;
  /** What the adapter says of itself. */
  readonly adapter: string;

  private constructor(
    parts: { browser: Browser; page: Page; server: Server; files: Map<string, Uint8Array> },
    adapter: string,
  ) {
    this.#browser = parts.browser;
    this.#page = parts.page;
    this.#server = parts.server;
    this.#files = parts.files;
    this.adapter = adapter;
  }

  /** Builds the page and opens it; rejects where WebGPU does not start, with the browser's reason. */
  static async launch(): Promise<GpuBrowser> {
    const files = new Map<string, Uint8Array>([
      ['/', Buffer.from('<!doctype html><script src="/page.js"></script>')],
    ]);
    files.set('/page.js', await bundle());
    const server = await serve(files);
    const { path: executablePath } = await findBrowser();
    const browser = await puppeteer.launch({
      executablePath,
      protocolTimeout: LONGEST_RUN_MS,
      args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--no-first-run', ...SOFTWARE_ADAPTER],
    });
    const page = await browser.newPage();
    // WebGPU wants a secure context, which a loopback address is.
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const adapter = await page.evaluate(() => (globalThis as unknown as { gpu: GpuPage }).gpu.start());
    return new GpuBrowser({ browser, page, server, files }, adapter);
  }

  async run(task: GpuTask): Promise<GpuOutput> {
    const job = this.#jobOf(task);
    return this.#page.evaluate((given) => (globalThis as unknown as { gpu: GpuPage }).gpu.run(given), job);
  }

  /** Which kernels the page keeps for the task, and what they give. */
  async choose(task: GpuTask): ReturnType<GpuPage['choose']> {
    const job = this.#jobOf(task);
    return this.#page.evaluate((given) => (globalThis as unknown as { gpu: GpuPage }).gpu.choose(given), job);
  }

  #jobOf({ layers, weights, rgb, heightPx, widthPx, separable = false }: GpuTask): GpuJob {
    this.#files.set('/weights', writeSafetensors(weights));
    this.#files.set('/input', new Uint8Array(rgb.buffer, rgb.byteOffset, rgb.byteLength));
    const files = { weights: '/weights', input: '/input' };
    return { layers: [...layers], ...files, heightPx, widthPx, separable };
  }

  async close(): Promise<void> {
    await this.#browser.close();
    this.#server.close();
  }
}

/** The largest difference; infinite where the sizes differ. */
export function largestDifference(found: ArrayLike<number>, expected: Float32Array): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  return expected.reduce((most, value, index) => {
    const difference = Math.abs((found[index] ?? Number.NaN) - value);
    return Math.max(most, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
  }, 0);
}

/** Random tensors of `shapes`, always the same, in (-1, 1), divided by the root of what they sum over. */
export function randomWeights(shapes: Record<string, number[]>): Weights {
  return new Map(
    Object.entries(shapes).map(([name, shape]) => {
      const count = shape.reduce((product, length) => product * length, 1);
      const fanIn = Math.max(
        1,
        shape.slice(1).reduce((product, length) => product * length, 1),
      );
      return [
        name,
        { shape, values: Float32Array.from(uniform(name, count), (value) => value / Math.sqrt(fanIn)) },
      ];
    }),
  );
}

/** What a backend in Node makes of the same task. */
export async function outputInNode(
  { layers, weights, rgb, heightPx, widthPx }: GpuTask,
  backend: 'wasm' | 'cpu',
): Promise<OutputGrid> {
  const built = buildLayers(await startBackend(backend), layers, weights);
  if (!built.ok) throw new Error(built.failure.message);
  const output = await built.value.run(rgb, heightPx, widthPx);
  built.value.dispose();
  return output;
}

async function bundle(): Promise<Buffer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'telltale-webgpu-'));
  try {
    await build({
      configFile: false,
      root: ROOT,
      publicDir: false,
      logLevel: 'error',
      build: {
        outDir: folder,
        target: 'es2023',
        minify: false,
        chunkSizeWarningLimit: 10_000,
        lib: {
          entry: path.join(ROOT, 'test/support/webgpu-page/page.ts'),
          formats: ['iife'],
          name: 'telltaleGpu',
          fileName: () => 'page.js',
        },
      },
    });
    return readFileSync(path.join(folder, 'page.js'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function serve(files: ReadonlyMap<string, Uint8Array>): Promise<Server> {
  const server = createServer((request, response) => {
    const found = files.get(new URL(request.url ?? '/', 'http://localhost').pathname);
    response.writeHead(found === undefined ? 404 : 200, {
      'content-type':
        request.url === '/'
          ? 'text/html'
          : request.url?.endsWith('.js')
            ? 'text/javascript'
            : 'application/octet-stream',
      'cache-control': 'no-store',
    });
    response.end(found);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
