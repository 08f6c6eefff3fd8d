/** The badge on hover, the context menu, and the heatmap, on pages that do not help. */
import type { Page } from 'puppeteer-core';
import { afterAll, describe, expect, it } from 'vitest';
import { askBackground, waitFor } from '../../scripts/lib/extension.mjs';
import { boxOf, overlayOf } from '../../scripts/lib/overlay.mjs';
import type { ModelRole } from '../../src/core/verdict.ts';
import { PACKAGED_CARDS } from '../../src/platform/packaged-models.ts';
import { startFixtures } from '../support/fixture-server.mjs';
import {
  openFixture,
  outcomesOf,
  overlayText,
  pressToolbarButton,
  scanThroughPopup,
  startSession,
  useContextMenu,
  viewWhen,
} from '../support/session.ts';

/** Any of the four words, as the catalogue has them. */
const VERDICT = /strong signs|some signs|unsure|no signs/i;

const fixtures = await startFixtures();
const session = await startSession({ withAccess: true });
const plain = await startSession({ withAccess: false });
afterAll(async () => {
  await session.close();
  await plain.close();
  await fixtures.close();
});

const isShown = (page: Page, pattern: RegExp) => async () =>
  pattern.test((await overlayOf(page))?.text ?? '') ? undefined : true;

const rightClick = async (page: Page, x: number, y: number) => {
  await page.bringToFront();
  await page.mouse.click(x, y, { button: 'right' });
};

describe('the badge on hover', () => {
  it('appears with the score, also over an image that the page covers, and goes with the pointer', async () => {
    const { page } = await openFixture(session, fixtures.url('/covered.html'), { untilEntered: true });
    await page.bringToFront();
    expect(await overlayOf(page)).toBeNull();
    await page.mouse.move(150, 150, { steps: 4 });
    const text = await overlayText(page, VERDICT);
    expect(text).toMatch(/\d/);
    await page.mouse.move(900, 700, { steps: 4 });
    await waitFor('the badge to go', isShown(page, VERDICT));
    await page.close();
  });
});

describe('the context menu', () => {
  it('analyzes a covered image', async () => {
    const { page, tabId } = await openFixture(session, fixtures.url('/covered.html'), { untilEntered: true });
    await rightClick(page, 200, 150);
    await useContextMenu(session, { tabId, pageUrl: page.url() });
    await overlayText(page, VERDICT);
    const view = await viewWhen(session, tabId, {
      what: 'the row to be scored',
      accept: (current) => outcomesOf(current).covered === 'scored',
    });
    expect(view.rows.find(({ image }) => image.label === 'covered')?.image.url).toBe(
      `${fixtures.cdn}/crop/60.jpg`,
    );
    await page.close();
  });

  it('analyzes an image too small to be listed', async () => {
    const { page, tabId } = await openFixture(session, fixtures.url('/covered.html'), { untilEntered: true });
    await rightClick(page, 50, 330);
    await useContextMenu(session, { tabId, pageUrl: page.url(), srcUrl: `${fixtures.cdn}/small/61.jpg` });
    await overlayText(page, VERDICT);
    await page.close();
  });

  it('analyzes an image in a frame of another origin', async () => {
    const { page, tabId } = await openFixture(session, fixtures.url('/covered.html'), { untilEntered: true });
    const { rows } = await scanThroughPopup(session, tabId);
    const framed = rows.find(({ image }) => image.url?.endsWith('/small/62.jpg'));
    expect(framed).toBeDefined();
    await askBackground(session.desk, 'cache.wipe', {});
    fixtures.forget();
    await page.bringToFront();
    await rightClick(page, 480, 120);
    await useContextMenu(session, {
      tabId,
      pageUrl: page.url(),
      srcUrl: `${fixtures.cdn}/small/62.jpg`,
      ...(framed === undefined ? {} : { frameId: framed.frameId }),
    });
    const frame = page.frames().find((candidate) => candidate.url().includes('frame.html'));
    expect(frame).toBeDefined();
    await viewWhen(session, tabId, {
      what: 'the framed image to be scored',
      accept: (current) => outcomesOf(current)['in a frame 62'] === 'scored',
    });
    await page.close();
  });

  it('needs no site access beyond the tab it was used in', async () => {
    const { page, tabId } = await openFixture(plain, fixtures.url('/hostile.html'), { untilReady: true });
    const popup = await pressToolbarButton(plain, page);
    await popup.close();
    await rightClick(page, 60, 60);
    await useContextMenu(plain, { tabId, pageUrl: page.url(), srcUrl: fixtures.url('/crop/80.jpg') });
    await overlayText(page, VERDICT);
    await page.close();
  });
});

describe('the heatmap', () => {
  /** Where object-fit and object-position put a 320 x 240 picture, relative to the element's border box. */
  const PAINTED: Record<string, { left: number; top: number; width: number; height: number }> = {
    fill: { left: 0, top: 0, width: 300, height: 300 },
    // Padding and border do not belong to the 300 x 300 content box.
    contain: { left: 37, top: 17 + 37.5, width: 300, height: 225 },
    cover: { left: -20, top: 0, width: 400, height: 300 },
    none: { left: 300 - 320 - 10, top: 300 - 240 - 20, width: 320, height: 240 },
    'scale-down': { left: 90, top: 30, width: 320, height: 240 },
  };

  it.each(Object.keys(PAINTED))(
    'lies over the painted pixels with object-fit %s, also after scrolling',
    async (name) => {
      const { page, tabId } = await openFixture(session, fixtures.url('/object-fit.html'));
      const view = await scanThroughPopup(session, tabId);
      const row = view.rows.find(({ image }) => image.label === name);
      if (row === undefined) throw new Error(`no row for ${name}`);
      await page.bringToFront();
      await page.$eval(`.${name}`, (element) => element.scrollIntoView({ block: 'center' }));
      const { frameId, image, state } = row;
      const role = state?.state === 'scored' ? state.role : 'fast';
      await askBackground(session.desk, 'row.heatmap', { tabId, frameId, id: image.id, shown: true });
      for (const scrolledPx of [0, 37]) {
        await page.evaluate((top) => scrollBy(0, top), scrolledPx);
        await waitFor(`the heatmap to settle over ${name}`, async () => {
          const off = await offsetPx(page, name, role);
          return off !== null && off <= 2 ? true : undefined;
        });
      }
      await page.keyboard.press('Escape');
      await waitFor('the heatmap to go', async () => ((await heatmapBox(page)) === null ? true : undefined));
      await page.close();
    },
  );

  /**
   * Largest distance between an edge of the heatmap and where it belongs, in CSS px; null without heatmap. The
   * map of a 320 x 240 picture covers the middle squares of its receptive fields, not the rim around them.
   */
  async function offsetPx(page: Page, name: string, role: ModelRole): Promise<number | null> {
    const drawn = await heatmapBox(page);
    const painted = PAINTED[name];
    if (drawn === null || painted === undefined) return null;
    const element = await page.$eval(`.${name}`, (node) => {
      const { x, y } = node.getBoundingClientRect();
      return { x, y };
    });
    const { sizePx, stridePx, offsetPx: startPx } = PACKAGED_CARDS[role].receptiveField;
    const rimPx = startPx + (sizePx - stridePx) / 2;
    const [scaleX, scaleY] = [painted.width / 320, painted.height / 240];
    const patches = (sidePx: number) => Math.floor((sidePx - sizePx) / stridePx) + 1;
    return Math.max(
      Math.abs(drawn.x - (element.x + painted.left + rimPx * scaleX)),
      Math.abs(drawn.y - (element.y + painted.top + rimPx * scaleY)),
      Math.abs(drawn.width - patches(320) * stridePx * scaleX),
      Math.abs(drawn.height - patches(240) * stridePx * scaleY),
    );
  }
});

/** The largest canvas of the overlay: the legend's is small. */
async function heatmapBox(page: Page) {
  const canvases = ((await overlayOf(page))?.nodes ?? []).filter(({ nodeName }) => nodeName === 'CANVAS');
  const boxes = await Promise.all(canvases.map((node) => boxOf(page, node)));
  const shown = boxes.filter((box) => box !== null);
  shown.sort((a, b) => b.width * b.height - a.width * a.height);
  return shown[0] ?? null;
}
