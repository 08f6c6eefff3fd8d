/** The engines of the browser: one headless page, cross-origin isolated, with a worker an engine. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { build } from 'vite';
import { ROOT } from '../../scripts/lib/command.mjs';
import type { Contestant } from './contestant.ts';
import type { BenchNetwork } from './networks.ts';
import type { JsonReply } from './page/messages.ts';
import type { Desk } from './page/page.ts';
import type { Entry } from './roster.ts';
import { startServer } from './server.ts';

/** Longest that one run may take, on the slowest engine of a busy machine. */
const PATIENCE_MS = 15 * 60_000;

/** Without a window Chromium looks for a graphics processor only when it is told how. */
const GRAPHICS_FLAGS =
  process.platform === 'linux'
    ? ['--enable-unsafe-webgpu', '--enable-features=Vulkan', '--use-angle=vulkan', '--disable-vulkan-surface']
    : [];

export interface BenchBrowser {
  version: string;
  /** Name of the real graphics processor, or null. */
  graphicsProcessor: string | null;
  contestant(entry: Entry): Contestant;
  close(): Promise<void>;
}

/** Builds the page, serves it, and opens it in the browser at `browserPath`. */
export async function startBrowser(
  browserPath: string,
  networks: readonly BenchNetwork[],
): Promise<BenchBrowser> {
  const folder = mkdtempSync(path.join(tmpdir(), 'telltale-bench-'));
  const cleanUps: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const cleanUp of cleanUps.toReversed()) await cleanUp();
  };
  try {
    await buildPage(folder);
    const server = await startServer(folder, networks);
    cleanUps.push(server.close);
    const browser = await puppeteer.launch({
      executablePath: browserPath,
      headless: true,
      protocolTimeout: PATIENCE_MS,
      args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--no-first-run', ...GRAPHICS_FLAGS],
    });
    cleanUps.push(() => browser.close());
    const page = await openPage(browser, `${server.origin}/index.html`);
    return {
      version: await browser.version(),
      graphicsProcessor: await callDesk(page, 'graphicsProcessor'),
      contestant: (entry) => browserContestant(page, entry),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openPage(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(url);
  if (!(await page.evaluate('crossOriginIsolated'))) throw new Error('the page is not cross-origin isolated');
  return page;
}

/** Calls the page's desk; a reply that the desk rejects, rejects here with its reason alone. */
async function callDesk<Name extends keyof Desk>(
  page: Page,
  name: Name,
  ...given: Parameters<Desk[Name]>
): Promise<Awaited<ReturnType<Desk[Name]>>> {
  const called = `bench.${name}(${given.map((value) => JSON.stringify(value)).join(', ')})`;
  return (await page.evaluate(called)) as Awaited<ReturnType<Desk[Name]>>;
}

function browserContestant(page: Page, entry: Entry): Contestant {
  const { engine, threads } = entry;
  if (engine === 'ort-node') throw new Error(`${engine} is none of the browser's`);
  const key = `${engine}/${threads}`;
  const run = async (wantsLogits: boolean): Promise<Extract<JsonReply, { kind: 'ran' }>> => {
    const reply = await callDesk(page, 'ask', key, { kind: 'run', wantsLogits });
    if (reply.kind !== 'ran') throw new Error('the worker did not run the task');
    return reply;
  };
  return {
    entry,
    async open(task) {
      await callDesk(page, 'open', key, engine);
      await callDesk(page, 'ask', key, { kind: 'prepare', task, threads });
    },
    async look() {
      const { logits } = await run(true);
      if (logits === null) throw new Error('no logits came back');
      const values = Float32Array.from(logits.values, (value) => value ?? Number.NaN);
      return { layout: logits.layout, values };
    },
    time: async () => (await run(false)).milliseconds,
    close: () => callDesk(page, 'close', key),
  };
}

async function buildPage(outDir: string): Promise<void> {
  await build({
    configFile: false,
    root: path.join(ROOT, 'bench', 'engines', 'page'),
    logLevel: 'error',
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, target: 'es2023', assetsInlineLimit: 0, modulePreload: false },
  });
}
