/**
 * What screening a page costs: a page of 200 images in the built extension, cold, then cached, then 800 more in place,
 * then under the pointer and in turmoil.
 * Prints one JSON object. `npm run bench:page` does its own set-up.
 */
import { loadavg } from 'node:os';
import { findBrowser } from '../scripts/browser.mjs';
import { buildExtension } from '../scripts/build.mjs';
import { runWhenStarted } from '../scripts/lib/command.mjs';
import { setUp } from '../scripts/setup.mjs';

/**
 * @typedef {import('../scripts/lib/extension.mjs').Session} Session
 * @typedef {import('puppeteer-core').Page} Page
 * @typedef {import('../src/protocol/schemas.ts').PageView} PageView
 */

const IMAGES = 200;
const TOTAL_IMAGES = 1000;
const LONGEST_SCAN_MS = 20 * 60_000;

/** Measures and prints. Progress goes to the error output, so that the JSON can be piped. */
async function bench() {
  await setUp();
  const buildFolder = process.env.TELLTALE_DIST
    ? `${process.env.TELLTALE_DIST}/chrome`
    : await buildExtension('chrome');
  const { path: browserPath } = await findBrowser();
  const { launchWithExtension } = await import('../scripts/lib/extension.mjs');
  const { HOST_FLAGS, startFixtures } = await import('../test/support/fixture-server.mjs');
  const { crop } = await import('../test/support/pictures.mjs');
  say('preparing pictures');
  for (let index = 0; index < IMAGES; index += 1) await crop(index);
  const fixtures = await startFixtures();
  const session = await launchWithExtension({
    browserPath,
    buildFolder,
    withAccess: true,
    flags: HOST_FLAGS,
  });
  try {
    const result = await measure(session, (count, from) =>
      fixtures.url(`/many.html?n=${count}&from=${from}`),
    );
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  } finally {
    await session.close();
    await fixtures.close();
  }
}

/**
 * @param {Session} session
 * @param {(count: number, from: number) => string} pageUrl
 */
async function measure(session, pageUrl) {
  const { openTab } = await import('../scripts/lib/extension.mjs');
  const { contentCost, memory } = await import('./probes.mjs');
  const { viewSizes } = await import('./responses.mjs');
  const { page, tabId } = await openTab(session, pageUrl(IMAGES, 0));
  say(`scanning ${IMAGES} images`);
  const cold = await timedScan(session, tabId);

  say('the same page again, from the cache');
  await page.reload();
  const cached = await timedScan(session, tabId, [10]);
  // Once more with hardly a look at the view: listing rows for a list is work of the content script, too.
  await page.reload();
  await timedScan(session, tabId, [2000]);
  const cost = await contentCost(session, page, IMAGES);
  const viewKiB = await viewSizes(session, tabId);
  const [pageBefore, workerBefore] = [await memory.ofPage(page), await memory.ofExtension(session)];

  for (let from = IMAGES; from < TOTAL_IMAGES; from += IMAGES) {
    say(`images ${from} to ${from + IMAGES - 1} in the same document`);
    await page.evaluate(`show(${from}, ${IMAGES})`);
    await timedScan(session, tabId);
  }
  const [pageAfter, workerAfter] = [await memory.ofPage(page), await memory.ofExtension(session)];
  const { backend } = cold.view.engine;

  const { hoverResponseMs, storms } = await responses(session, page, tabId);

  return {
    timeToFirstScoreMs: cold.firstScoreMs,
    imagesPerSecond: perSecond(IMAGES, cold.totalMs),
    cachedImagesPerSecond: perSecond(IMAGES, cached.totalMs),
    contentMsPerImage: cost.msPerImage,
    contentLongestTaskMs: cost.longestTaskMs,
    hoverResponseMs,
    mutationStorm: storms,
    viewKiB,
    workerMiB: [workerBefore, workerAfter],
    pageMiB: [pageBefore, pageAfter],
    backend,
    notes: {
      load: loadavg()[0],
      hoverResponse:
        '[median, longest] from pointer to badge with a cached verdict; 230 ms of it are waited on purpose',
      mutationStorm:
        'of the content script: 1,000 mutations, then 5,000 recycled elements, over 20 frames each',
      view: '[popup opened, popup looking again], thumbnails and the rest as JSON, both directions',
      images: 'JPEGs of 320 x 240, quality 90, each with its own bytes',
      memory: `[after ${IMAGES} images, after ${TOTAL_IMAGES}], ${IMAGES} at a time in one document; worker: private memory of the extension's processes; page: its JavaScript heap`,
      workerGrowth: workerBefore && workerAfter && round(workerAfter / workerBefore - 1, 3),
      pageGrowth: round(pageAfter / pageBefore - 1, 3),
      scored: cold.view.rows.filter(({ state }) => state?.state === 'scored').length,
    },
  };
}

/**
 * How the content script fares on a page that changes, and under the pointer.
 * @param {Session} session
 * @param {Page} page
 * @param {number} tabId
 */
async function responses(session, page, tabId) {
  const { hoverResponse, mutationStorm } = await import('./responses.mjs');
  say('a page in turmoil');
  await page.evaluate(`show(0, ${IMAGES})`);
  await timedScan(session, tabId);
  const storms = {
    mutations: await mutationStorm(session, page, 'mutations'),
    recycled: await mutationStorm(session, page, 'recycled'),
  };
  say('pointing at images');
  return { storms, hoverResponseMs: await hoverResponse(session, page) };
}

/**
 * Scans a tab. Polls densely until the first answer, then rarely: every look costs the background a view.
 * @param {Session} session
 * @param {number} tabId
 * @param {readonly number[]} [pauses] milliseconds between looks, before and after the first answer
 */
async function timedScan({ desk }, tabId, pauses = [20, 500]) {
  const { askBackground, waitFor } = await import('../scripts/lib/extension.mjs');
  const startedAt = performance.now();
  await askBackground(desk, 'scan.start', { tabId });
  /** @type {number | undefined} */
  let firstScoreMs;
  for (const [phase, everyMs] of pauses.entries()) {
    /** @type {PageView} */
    const view = await waitFor(
      'the scan',
      async () => {
        /** @type {PageView} */
        const current = await askBackground(desk, 'page.view', { tabId });
        const isFar = phase < pauses.length - 1 && (current.scan?.done ?? 0) > 0;
        return isFar || (current.scan !== null && current.scan.state !== 'running') ? current : undefined;
      },
      { timeoutMs: LONGEST_SCAN_MS, everyMs },
    );
    firstScoreMs ??= round(performance.now() - startedAt, 0);
    if (view.scan?.state !== 'running') {
      return { firstScoreMs, totalMs: performance.now() - startedAt, view };
    }
  }
  throw new Error('the scan neither runs nor ends');
}

/** @param {number} count @param {number} milliseconds */
const perSecond = (count, milliseconds) => round((count * 1000) / milliseconds, 2);

/** @param {number} value @param {number} digits */
const round = (value, digits) => Number(value.toFixed(digits));

/** @param {string} line */
const say = (line) => void process.stderr.write(`${line}…\n`);

await runWhenStarted(import.meta.url, bench);
