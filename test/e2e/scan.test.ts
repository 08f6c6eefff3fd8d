/** A page scan as a person sees it: progress, cancel, list, toolbar badge, and the next visit. */
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openPopup } from '../../scripts/lib/extension.mjs';
import { isFlagged } from '../../src/core/verdict.ts';
import { startFixtures } from '../support/fixture-server.mjs';
import {
  engineHost,
  isSettled,
  openFixture,
  outcomeOf,
  pressButton,
  scanThroughPopup,
  serviceWorker,
  startSession,
  stopServiceWorker,
  viewOf,
  viewWhen,
  waitForServiceWorker,
} from '../support/session.ts';

const fixtures = await startFixtures();
const session = await startSession({ withAccess: true });
afterEach(() => fixtures.forget());
afterAll(async () => {
  await session.close();
  await fixtures.close();
});

const textOf = (selectorPage: Awaited<ReturnType<typeof openPopup>>) =>
  selectorPage.evaluate(() => document.body.innerText);

describe('a page scan', () => {
  it('shows progress, and stops when it is cancelled', async () => {
    const { tabId } = await openFixture(session, fixtures.url('/many.html?n=120&from=1000'));
    const popup = await openPopup(session, tabId);
    await pressButton(popup, /^Scan/);
    await popup.waitForSelector('progress, [role="progressbar"]');
    const running = await viewWhen(session, tabId, {
      what: 'the scan to be under way',
      accept: ({ scan }) => scan?.state === 'running' && scan.done >= 2 && scan.etaMs !== null,
    });
    expect(running.scan?.total).toBe(120);
    expect(running.scan?.done).toBeLessThan(120);

    await pressButton(popup, /^Cancel/);
    const cancelled = await viewWhen(session, tabId, {
      what: 'the scan to be cancelled',
      accept: ({ scan }) => scan?.state === 'cancelled',
    });
    expect(cancelled.scan?.done).toBeLessThan(cancelled.scan?.total ?? 0);
    const scored = cancelled.rows.filter((row) => outcomeOf(row) === 'scored').length;
    expect(scored).toBeLessThan(120);
    // Nothing is left that would go on computing: what was waiting waits no more.
    const settled = await viewWhen(session, tabId, {
      what: 'nothing to be waiting or running',
      accept: ({ rows }) => rows.every(isSettled),
    });
    expect(settled.rows.some((row) => outcomeOf(row) === 'unasked' || outcomeOf(row) === 'cancelled')).toBe(
      true,
    );
    await popup.close();
  });

  it('lists the page in the popup, most suspicious first, and counts flagged images on the toolbar', async () => {
    const { tabId } = await openFixture(session, fixtures.url('/many.html?n=16&route=crop'));
    const view = await scanThroughPopup(session, tabId);
    const popup = await openPopup(session, tabId);
    await popup.waitForFunction(() => /number \d+/.test(document.body.innerText));
    const names = [...(await textOf(popup)).matchAll(/number (\d+)/g)].map(([name]) => name);
    const byProbability = view.rows
      .filter(({ state }) => state?.state === 'scored')
      .sort((a, b) => probabilityOf(b) - probabilityOf(a))
      .map(({ image }) => image.label);
    expect(names.slice(0, 5)).toEqual(byProbability.slice(0, 5));
    // Made from stored bytes: the popup is an isolated page, which loads no picture from a site.
    await popup.waitForFunction(() =>
      [...document.images].some(({ src, naturalWidth }) => src.startsWith('blob:') && naturalWidth > 0),
    );

    const flagged = view.rows.filter(({ state }) => state !== null && isFlagged(state)).length;
    const worker = await serviceWorker(session);
    const badge = await worker.evaluate((id) => chrome.action.getBadgeText({ tabId: id }), tabId);
    expect(badge).toBe(flagged === 0 ? '' : String(flagged));
    await popup.close();
  });

  it('answers the second visit from the cache, without request and without engine', async () => {
    const url = fixtures.url('/many.html?n=12&route=crop&from=16');
    const first = await openFixture(session, url);
    const before = await scanThroughPopup(session, first.tabId);
    await first.page.close();
    const host = await engineHost(session);
    await host?.close();
    fixtures.forget();

    const second = await openFixture(session, url);
    const after = await scanThroughPopup(session, second.tabId);
    const states = (view: typeof before) =>
      Object.fromEntries(view.rows.map(({ image, state }) => [image.url, state]));
    expect(states(after)).toEqual(states(before));
    expect(fixtures.readByScripts()).toEqual([]);
    expect(await engineHost(session)).toBeUndefined();
  });

  it('knows a picture by its bytes at another address', async () => {
    const first = await openFixture(session, fixtures.url('/many.html?n=2&route=crop&from=40'));
    const before = await scanThroughPopup(session, first.tabId);
    const second = await openFixture(session, fixtures.url('/many.html?n=2&route=crop&from=40&origin=cdn'));
    const after = await scanThroughPopup(session, second.tabId);
    // The time of the one computation is stored with its result: the same time means that none was repeated.
    const times = (view: typeof before) =>
      view.rows.map(({ state }) => (state?.state === 'scored' ? state.computeMs : null));
    expect(times(after)).toEqual(times(before));
  });
});

describe('a service worker that is stopped in mid-scan', () => {
  it('is started again by the engine and finishes the scan', async () => {
    const { tabId } = await openFixture(session, fixtures.url('/many.html?n=30&from=2000'));
    const popup = await openPopup(session, tabId);
    await pressButton(popup, /^Scan/);
    await viewWhen(session, tabId, {
      what: 'a few answers',
      accept: ({ scan }) => (scan?.done ?? 0) >= 2,
    });
    await popup.close();
    await stopServiceWorker(session);
    // Nobody asks anything now: only the engine's own message can start the worker.
    await waitForServiceWorker(session);
    const view = await viewWhen(session, tabId, {
      what: 'the scan to finish',
      accept: ({ scan }) => scan?.state === 'finished',
      timeoutMs: 60_000,
    });
    expect(view.rows.map(outcomeOf)).toEqual(Array(30).fill('scored'));
    expect(view.scan).toMatchObject({ total: 30, done: 30 });
  });

  it('replaces an engine that went away with jobs in hand', async () => {
    const { tabId } = await openFixture(session, fixtures.url('/many.html?n=20&from=3000'));
    const popup = await openPopup(session, tabId);
    await pressButton(popup, /^Scan/);
    await viewWhen(session, tabId, { what: 'a few answers', accept: ({ scan }) => (scan?.done ?? 0) >= 2 });
    await popup.close();
    await (await engineHost(session))?.close();
    await stopServiceWorker(session);
    await viewOf(session, tabId);
    const view = await viewWhen(session, tabId, {
      what: 'the scan to finish',
      accept: ({ scan }) => scan?.state === 'finished',
      timeoutMs: 90_000,
    });
    expect(view.rows.map(outcomeOf)).toEqual(Array(20).fill('scored'));
  }, 120_000);
});

function probabilityOf(row: { state: { state: string; probability?: number } | null }): number {
  return row.state?.probability ?? -1;
}
