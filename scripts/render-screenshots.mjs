/**
 * Takes the screenshots of the README anew: the demo page with badge and heatmap, and the popup, light and dark.
 * `node scripts/render-screenshots.mjs`, then look at `docs/images`.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { findBrowser } from './browser.mjs';
import { buildExtension } from './build.mjs';
import { ROOT, runWhenStarted } from './lib/command.mjs';
import { serveFolder } from './lib/serve-folder.mjs';
import { setUp } from './setup.mjs';

/** @typedef {import('puppeteer-core').Page} Page */

const OUT = path.join(ROOT, 'docs', 'images');
const SCHEMES = /** @type {const} */ (['light', 'dark']);
/** The picture under the heatmap; the badge goes to a neighbour. */
const HEATMAP_ON = 'photo-dragonfly.jpg';

async function renderScreenshots() {
  await setUp();
  const buildFolder = await buildExtension('chrome');
  const { path: browserPath } = await findBrowser();
  const { launchWithExtension, openTab, scanTab } = await import('./lib/extension.mjs');
  mkdirSync(OUT, { recursive: true });
  const demo = await serveFolder(path.join(ROOT, 'demo'));
  const session = await launchWithExtension({ browserPath, buildFolder, withAccess: true });
  try {
    const { page, tabId } = await openTab(session, `${demo.origin}/`);
    const view = await scanTab(session, tabId);
    for (const scheme of SCHEMES) {
      await shootPopup(session, { tabId, scheme });
      await shootPage(session, { page, tabId, view, scheme });
    }
  } finally {
    await session.close();
    await demo.close();
  }
}

/** @param {Page} page @param {'light' | 'dark'} scheme */
const inScheme = (page, scheme) =>
  page.emulateMediaFeatures([
    { name: 'prefers-color-scheme', value: scheme },
    { name: 'prefers-reduced-motion', value: 'reduce' },
  ]);

/**
 * @param {import('./lib/extension.mjs').Session} session
 * @param {{ tabId: number, scheme: 'light' | 'dark' }} what
 */
async function shootPopup(session, { tabId, scheme }) {
  const { openPopup } = await import('./lib/extension.mjs');
  const popup = await openPopup(session, tabId);
  await popup.setViewport({ width: 400, height: 600, deviceScaleFactor: 2 });
  await inScheme(popup, scheme);
  await popup.waitForSelector('.row[data-state="scored"] img');
  await popup.screenshot({ path: path.join(OUT, `popup-${scheme}.png`) });
  await popup.close();
}

/**
 * @param {import('./lib/extension.mjs').Session} session
 * @param {{ page: Page, tabId: number, view: import('../src/protocol/schemas.ts').PageView, scheme: 'light' | 'dark' }} what
 */
async function shootPage({ desk }, { page, tabId, view, scheme }) {
  const { askBackground, waitFor } = await import('./lib/extension.mjs');
  const { isAnswered, overlayOf } = await import('./lib/overlay.mjs');
  await page.bringToFront();
  await inScheme(page, scheme);
  const row = view.rows.find(({ image }) => image.url?.endsWith(HEATMAP_ON));
  if (row === undefined) throw new Error(`${HEATMAP_ON} is not on the demo page`);
  const shown = { tabId, frameId: row.frameId, id: row.image.id };
  await askBackground(desk, 'row.heatmap', { ...shown, shown: true });
  const neighbour = await page.evaluateHandle((name) => {
    const pictures = [...document.images];
    const heated = pictures.find(({ src }) => src.endsWith(name));
    heated?.scrollIntoView({ block: 'center' });
    const inView = pictures.filter((picture) => {
      const { top, bottom } = picture.getBoundingClientRect();
      return picture !== heated && top >= 0 && bottom <= innerHeight;
    });
    return inView.find(({ src }) => src.includes('generated-')) ?? inView[0] ?? null;
  }, HEATMAP_ON);
  const box = await neighbour.asElement()?.boundingBox();
  if (!box) throw new Error('no other picture is in view');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 5 });
  await waitFor('the badge and the heatmap', async () =>
    isAnswered(await overlayOf(page), /signs|unsure/i) ? true : undefined,
  );
  await page.screenshot({ path: path.join(OUT, `page-${scheme}.jpg`), type: 'jpeg', quality: 85 });
  await page.mouse.move(0, 0);
  await askBackground(desk, 'row.heatmap', { ...shown, shown: false });
}

await runWhenStarted(import.meta.url, renderScreenshots);
