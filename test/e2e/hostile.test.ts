/** Pages that look for Telltale, forge its messages, or never hold still. */
import type { Page } from 'puppeteer-core';
import { afterAll, describe, expect, it } from 'vitest';
import { askBackground } from '../../scripts/lib/extension.mjs';
import { overlayOf } from '../../scripts/lib/overlay.mjs';
import { startFixtures } from '../support/fixture-server.mjs';
import {
  inContentScript,
  openFixture,
  outcomesOf,
  overlayText,
  scanThroughPopup,
  startSession,
  viewOf,
  viewWhen,
} from '../support/session.ts';

const VERDICT = /strong signs|some signs|unsure|no signs/i;

const fixtures = await startFixtures();
const session = await startSession({ withAccess: true });
afterAll(async () => {
  await session.close();
  await fixtures.close();
});

interface Findings {
  attributes: string[];
  removed: string[];
  messages: string[];
  events: string[];
  errors: string[];
  added: {
    name: string;
    attributes: number;
    children: number;
    text: string;
    openRoot: boolean;
    layoutPx: number;
  }[];
  globals: string[];
  stolenRoots: number;
  resources: string[];
  runtime: string;
  scrollHeightPx: number;
}

/** What the page's own script has noticed. */
const findings = (page: Page) => page.evaluate('report()') as Promise<Findings>;
const call = (page: Page, expression: string) => page.evaluate(expression);
const openHostile = async () => {
  const tab = await openFixture(session, fixtures.url('/hostile.html'), { untilReady: true });
  await tab.page.bringToFront();
  return tab;
};

describe('a page that looks for traces', () => {
  it('finds one anonymous element and can read no score', async () => {
    const { page, tabId } = await openHostile();
    const before = await findings(page);
    await page.mouse.move(60, 60, { steps: 4 });
    await overlayText(page, VERDICT);
    const view = await scanThroughPopup(session, tabId);
    await page.bringToFront();
    const row = view.rows.find(({ image }) => image.label === 'bait');
    const { frameId = 0, image } = row ?? {};
    await askBackground(session.desk, 'row.heatmap', { tabId, frameId, id: image?.id, shown: true });
    await page.mouse.move(62, 62);
    await overlayText(page, /./);
    const after = await findings(page);

    expect(after.added).toHaveLength(1);
    expect(after.added[0]).toMatchObject({
      attributes: 0,
      children: 0,
      text: '',
      openRoot: false,
      layoutPx: 0,
    });
    expect(after.added[0]?.name).toMatch(/^[A-Z]+$/);
    expect(after).toMatchObject({ attributes: [], removed: [], messages: [], events: [], errors: [] });
    expect(after.globals).toEqual([]);
    expect(after.resources).toEqual([]);
    expect(after.stolenRoots).toBe(0);
    expect(after.runtime).toBe('undefined');
    expect(after.scrollHeightPx).toBe(before.scrollHeightPx);
    await page.close();
  });

  it('cannot tell from resources that the extension is installed', async () => {
    const { page } = await openHostile();
    const reachable = await page.evaluate(async (id) => {
      const names = ['manifest.json', 'src/content/main.iife.js', 'icons/128.png', 'src/popup/index.html'];
      const tries = names.map((name) =>
        fetch(`chrome-extension://${id}/${name}`).then(
          () => name,
          () => null,
        ),
      );
      return (await Promise.all(tries)).filter((name) => name !== null);
    }, session.extensionId);
    expect(reachable).toEqual([]);
    await page.close();
  });
});

describe('a page that forges', () => {
  it('moves nothing with messages and synthetic events', async () => {
    const { page, tabId } = await openHostile();
    await viewOf(session, tabId);
    await call(page, 'forge()');
    // A trusted round trip through every context: whatever the forgeries set off has happened by now.
    await call(page, 'new Promise((resolve) => requestAnimationFrame(() => requestIdleCallback(resolve)))');
    const view = await viewOf(session, tabId);
    expect(view.scan).toBeNull();
    expect(view.rows.every(({ state, heatmapShown }) => state === null && !heatmapShown)).toBe(true);
    expect(await overlayOf(page)).toBeNull();
    await page.close();
  });

  it('gains nothing from a content script taken over: other contexts’ messages are refused', async () => {
    const { page, tabId } = await openHostile();
    const send = (to: string, name: string, payload: object) =>
      inContentScript<{ ok?: boolean } | null>(
        session,
        page,
        `chrome.runtime.sendMessage(${JSON.stringify({ telltale: 1, to, name, payload })}).then((reply) => reply ?? null, () => null)`,
      );
    expect((await send('background', 'frame.hello', {}))?.ok).toBe(true);
    const refused = [
      await send('background', 'cache.wipe', {}),
      await send('background', 'page.view', { tabId }),
      await send('background', 'scan.start', { tabId }),
      await send('background', 'engine.done', { jobId: 'x' }),
      await send('engine', 'engine.status', {}),
      await send('page', 'view.changed', { tabId: null }),
    ];
    for (const reply of refused) expect(reply?.ok ?? false).toBe(false);
    await page.close();
  });
});

describe('a page that does not hold still', () => {
  it('is not stalled, and is scanned, under 1,000 mutations a second', async () => {
    const { page, tabId } = await openHostile();
    await askBackground(session.desk, 'cache.wipe', {});
    await call(page, 'void storm()');
    await page.waitForFunction('stormed() > 500');
    await askBackground(session.desk, 'scan.start', { tabId });
    const view = await viewWhen(session, tabId, {
      what: 'the baits to be scored in the storm',
      accept: (current) => {
        const outcomes = outcomesOf(current);
        return outcomes.bait === 'scored' && outcomes['second bait'] === 'scored';
      },
      timeoutMs: 40_000,
    });
    expect(view.reachable).toBe(true);
    // Three seconds of it at least, whatever the scan took.
    await page.waitForFunction('stormed() > 3000');
    await call(page, 'stopAll()');
    await page.close();
  });

  it('survives a virtual list that recycles 5,000 images', async () => {
    const { page, tabId } = await openHostile();
    await askBackground(session.desk, 'scan.start', { tabId });
    const pool = await call(page, 'recycle()');
    const view = await viewWhen(session, tabId, {
      what: 'the scan to catch up',
      accept: ({ scan, rows }) =>
        scan?.state === 'finished' ||
        (rows.length > 0 &&
          rows.every(({ state }) => state !== null && state.state !== 'queued' && state.state !== 'running')),
      timeoutMs: 120_000,
    });
    // Only what is on the page now is listed: two baits, two of the storm, and the pool's elements.
    expect(view.rows.length).toBeLessThanOrEqual(4 + Number(pool));
    await page.close();
  }, 180_000);
});
