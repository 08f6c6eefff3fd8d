/** What the benchmark reads: memory of the page's and of the extension's side, and the content script's own meter. */
import { readdirSync, readFileSync } from 'node:fs';
import { inContentWorld } from './content-world.mjs';

/**
 * @typedef {import('../scripts/lib/extension.mjs').Session} Session
 * @typedef {import('puppeteer-core').Page} Page
 * @typedef {import('puppeteer-core').CDPSession} CDPSession
 */

const MIB = 2 ** 20;

/**
 * JavaScript heap and array buffers of one context after garbage collection, in MiB; WASM memories are not in it.
 * @param {CDPSession} client
 */
async function heapMiB(client) {
  await client.send('HeapProfiler.enable');
  await client.send('HeapProfiler.collectGarbage');
  const usage = await client.send('Runtime.getHeapUsage');
  const { backingStorageSize = 0 } = /** @type {{ backingStorageSize?: number }} */ (usage);
  return (usage.usedSize + backingStorageSize) / MIB;
}

/** @param {number} value */
const rounded = (value) => Number(value.toFixed(1));

export const memory = {
  /**
   * The page's main thread with the content script in it, in MiB.
   * @param {Page} page
   */
  async ofPage(page) {
    const client = await page.createCDPSession();
    try {
      return rounded(await heapMiB(client));
    } finally {
      await client.detach();
    }
  },

  /**
   * Private memory of the extension's processes (engine, background, open pages of ours), in MiB: on Linux from
   * `/proc`, which counts WASM memories too; elsewhere null.
   * @param {Session} session
   */
  async ofExtension({ browser, extensionId }) {
    await collectGarbage(browser, `chrome-extension://${extensionId}/`);
    const root = browser.process()?.pid;
    if (process.platform !== 'linux' || root === undefined) return null;
    const kibibytes = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && isExtensionProcess(Number(name), root))
      .reduce((sum, pid) => sum + privateKibibytes(pid), 0);
    return rounded(kibibytes / 1024);
  },
};

/**
 * Lets go of what is already garbage in every context of the extension: pages, service worker, engine workers.
 * Bare sessions, because a driver's page handle switches on network recording, which keeps every response body.
 * @param {import('puppeteer-core').Browser} browser
 * @param {string} origin
 */
async function collectGarbage(browser, origin) {
  for (const target of browser.targets().filter((candidate) => candidate.url().startsWith(origin))) {
    const client = await target.createCDPSession();
    await client.send('HeapProfiler.enable');
    await client.send('HeapProfiler.collectGarbage');
    await client.detach();
  }
}

/**
 * Whether `pid` is one of our browser's renderers for extensions; a process that ends meanwhile is none.
 * @param {number} pid
 * @param {number} root
 */
function isExtensionProcess(pid, root) {
  try {
    if (!readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('--extension-process')) return false;
    for (let current = pid; current > 1; current = parentOf(current)) if (current === root) return true;
  } catch {
    return false;
  }
  return false;
}

/** @param {number} pid */
const parentOf = (pid) =>
  Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0);

/** @param {string} pid */
function privateKibibytes(pid) {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
  return [...rollup.matchAll(/^Private_\w+:\s*(\d+) kB/gm)].reduce((sum, [, kib]) => sum + Number(kib), 0);
}

/**
 * The content script's own count: busy milliseconds per registered image, and its longest task.
 * @param {Session} session
 * @param {Page} page
 * @param {number} images
 */
export async function contentCost(session, page, images) {
  return inContentWorld(session, page, async (evaluate) => {
    /** @type {{ busyMs: number, longestTaskMs: number }} */
    const meter = await evaluate("({ ...globalThis[Symbol.for('telltale.frame')].meter })");
    return {
      msPerImage: Number((meter.busyMs / images).toFixed(3)),
      longestTaskMs: rounded(meter.longestTaskMs),
    };
  });
}
