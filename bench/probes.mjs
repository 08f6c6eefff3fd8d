/** What the benchmark reads through the debugger: memory of whole contexts, and the content script's own meter. */

/**
 * @typedef {import('../scripts/lib/extension.mjs').Session} Session
 * @typedef {import('puppeteer-core').Page} Page
 * @typedef {import('puppeteer-core').CDPSession} CDPSession
 */

const MIB = 2 ** 20;

/**
 * JavaScript heap and array buffers (WASM memories among them) of one context after garbage collection, in MiB.
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
   * The engine: the offscreen document and all of its workers, in MiB; 0 when it does not run.
   * @param {Session} session
   */
  async ofExtension({ browser }) {
    const target = browser
      .targets()
      .find((candidate) => candidate.url().endsWith('/src/engine/offscreen.html'));
    if (target === undefined) return 0;
    const host = await target.asPage();
    const client = await host.createCDPSession();
    try {
      const parts = [heapMiB(client), ...host.workers().map((worker) => heapMiB(worker.client))];
      return rounded((await Promise.all(parts)).reduce((sum, part) => sum + part, 0));
    } finally {
      await client.detach();
    }
  },
};

/**
 * The content script's own count: busy milliseconds per registered image, and its longest task.
 * @param {Session} session
 * @param {Page} page
 * @param {number} images
 */
export async function contentCost(session, page, images) {
  const client = await page.createCDPSession();
  try {
    const found = new Promise((/** @type {(id: number) => void} */ resolve) => {
      client.on('Runtime.executionContextCreated', ({ context }) => {
        if (context.origin === `chrome-extension://${session.extensionId}`) resolve(context.id);
      });
    });
    await client.send('Runtime.enable');
    const { result } = await client.send('Runtime.evaluate', {
      expression: "({ ...globalThis[Symbol.for('telltale.frame')].meter })",
      contextId: await found,
      returnByValue: true,
    });
    /** @type {{ busyMs: number, longestTaskMs: number }} */
    const meter = result.value;
    return {
      msPerImage: Number((meter.busyMs / images).toFixed(3)),
      longestTaskMs: rounded(meter.longestTaskMs),
    };
  } finally {
    await client.detach();
  }
}
