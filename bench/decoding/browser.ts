/** A browser that decodes the folder's files with the engine's canvas path. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import puppeteer from 'puppeteer-core';
import { build } from 'vite';
import { ROOT } from '../../scripts/lib/command.mjs';
import type { Format } from '../../src/core/image/magic.ts';
import type { PixelImage } from '../../src/core/image/pixels.ts';
import type { CanvasPage } from './page.ts';

export interface DecodingBrowser {
  version: string;
  /** The pixels of a file of the folder, or the engine's reason for having none. */
  decode(name: string, format: Format): Promise<PixelImage | string>;
  close(): Promise<void>;
}

/** Starts `executablePath` on a page of ours that reads files of `folder`. */
export async function startDecodingBrowser(executablePath: string, folder: string): Promise<DecodingBrowser> {
  const script = await bundled();
  let received: Buffer = Buffer.alloc(0);
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (request.method === 'POST') received = await bodyOf(request);
    const page =
      '<!doctype html><link rel="icon" href="data:,"><title>Decoding</title><script src="/page.js"></script>';
    const own = new Map<string, string | Buffer>([
      ['/', page],
      ['/page.js', script],
      ['/pixels', ''],
    ]);
    response.setHeader('content-type', pathname === '/' ? 'text/html' : 'text/javascript');
    response.end(own.get(pathname) ?? readFileSync(path.join(folder, path.basename(pathname))));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await puppeteer.launch({
    executablePath,
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--no-first-run'],
  });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return {
    version: await browser.version(),
    decode: async (name, format) => {
      const answer = await page.evaluate(
        (address, kind, sendTo) =>
          (globalThis as unknown as { canvas: CanvasPage }).canvas.decode(address, kind, sendTo),
        ...([`/${name}`, format, '/pixels'] as const),
      );
      return typeof answer === 'string' ? answer : { ...answer, rgba: new Uint8Array(received) };
    },
    close: async () => {
      await browser.close();
      await closed(server);
    },
  };
}

const closed = (server: Server) => new Promise<void>((resolve) => server.close(() => resolve()));

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

async function bundled(): Promise<Buffer> {
  const outDir = mkdtempSync(path.join(tmpdir(), 'telltale-decoding-'));
  try {
    const entry = path.join(ROOT, 'bench/decoding/page.ts');
    const lib = { entry, formats: ['iife' as const], name: 'decoding', fileName: () => 'page.js' };
    const options = { outDir, target: 'es2023', lib };
    await build({ configFile: false, root: ROOT, publicDir: false, logLevel: 'error', build: options });
    return readFileSync(path.join(outDir, 'page.js'));
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}
