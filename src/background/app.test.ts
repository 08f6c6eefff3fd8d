import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ContentSender } from '../platform/doors.ts';
import { closeDatabase, withStore } from '../platform/store/database.ts';
import { loadJobs } from '../platform/store/jobs.ts';
import { storeAlias } from '../platform/store/verdicts.ts';
import { fakeBrowser, resetFakeBrowser } from '../platform/testing/fake-browser.ts';
import { aScore } from '../platform/testing/rows.ts';
import type { EngineJob } from '../protocol/messages.ts';
import type { ImageRef } from '../protocol/schemas.ts';
import { contentAnswers, pageAnswers } from './answers.ts';
import { App } from './app.ts';
import { SHOWN_MS } from './closed-pages.ts';
import { forgetRecent, keepOutcome } from './known-verdicts.ts';

vi.mock('../content/main.iife.ts?script&iife', () => ({ default: '/content.js' }));
vi.mock('../platform/browser.ts', async () => ({
  browser: (await import('../platform/testing/fake-browser.ts')).fakeBrowser,
}));

const top: ContentSender = {
  tabId: 1,
  frameId: 0,
  documentId: 'document-1',
  pageUrl: 'https://a.example/page',
  tabUrl: 'https://a.example/page',
};
const image = (id: number, changes: Partial<ImageRef> = {}): ImageRef => ({
  id,
  generation: 0,
  kind: 'img',
  url: `https://cdn.example/${id}.jpg`,
  pageReadable: false,
  label: `${id}`,
  widthPx: 100,
  heightPx: 100,
  inViewport: true,
  ...changes,
});
const asked = { priority: 'hover', effort: 'quick' } as const;
const page = { url: 'chrome-extension://telltale/popup' };

let jobs: EngineJob[];
const engine = {
  run: async (job: EngineJob) => {
    jobs.push(job);
  },
  cancel: vi.fn(async (_jobIds: string[]) => {}),
  status: async () => null,
};

/** What content scripts were sent, by message name; the replies a test wants, by name. */
let replies: Record<string, unknown>;
const sent = (name: string) =>
  fakeBrowser.tabs.sendMessage.mock.calls
    .map(([, message]) => message as { name: string; payload: unknown })
    .filter((message) => message.name === name)
    .map(({ payload }) => payload);

async function startApp(): Promise<App> {
  const app = new App(engine);
  await app.start();
  return app;
}

async function answerWith(app: App, index: number, sha256: string): Promise<void> {
  await vi.waitFor(() => expect(jobs.length).toBeGreaterThan(index));
  const jobId = jobs[index]?.jobId ?? '';
  const verdict = aScore({ sha256, level: 'strong' });
  const map = {
    rows: 1,
    columns: 1,
    values: new Uint8Array([200]),
    receptiveField: { sizePx: 49, stridePx: 8, offsetPx: 0 },
    widthPx: 50,
    heightPx: 50,
  };
  await app.queue.done({ jobId, verdict, map, thumbnail: null, fromCache: false, interim: false });
}

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory());
  resetFakeBrowser();
  fakeBrowser.granted.push('https://cdn.example/*');
  jobs = [];
  replies = {};
  fakeBrowser.tabs.sendMessage.mockImplementation(async (_tab, message) => {
    const { name } = message as { name: string };
    return { ok: true, payload: replies[name] ?? {} };
  });
});
afterEach(async () => {
  forgetRecent();
  await closeDatabase();
});

describe('a content script', () => {
  it('asks, hears, and is answered at once the second time', async () => {
    const app = await startApp();
    const content = contentAnswers(app);
    const first = await content['image.screen']({ images: [image(1)], ...asked }, top);
    expect(first.states).toEqual([{ id: 1, generation: 0, state: { state: 'queued' } }]);
    await answerWith(app, 0, 'b'.repeat(64));
    await vi.waitFor(() => expect(sent('image.states')).toHaveLength(1));
    const again = await content['image.screen'](
      { images: [image(7, { url: image(1).url })], ...asked },
      { ...top, tabId: 2 },
    );
    expect(again.states[0]?.state).toMatchObject({ state: 'scored', sha256: 'b'.repeat(64) });
    expect(jobs).toHaveLength(1);
  });

  it('gets maps of verdicts that its tab was told, and no others', async () => {
    const app = await startApp();
    const content = contentAnswers(app);
    await content['image.screen']({ images: [image(1)], ...asked }, top);
    await answerWith(app, 0, 'c'.repeat(64));
    const request = { sha256: 'c'.repeat(64) };
    expect((await content['image.map'](request, top)).map).toMatchObject({ rows: 1 });
    expect((await content['image.map'](request, { ...top, tabId: 2 })).map).toBeNull();
  });

  it('of a public page is refused the local network before anything is looked up', async () => {
    const app = await startApp();
    const { states } = await contentAnswers(app)['image.screen'](
      { images: [image(1, { url: 'http://192.168.1.1/a.jpg' })], ...asked },
      top,
    );
    expect(states[0]?.state).toEqual({ state: 'failed', reason: 'private-address' });
    expect(jobs).toEqual([]);
  });

  it('shows badges only where access is granted and not switched off', async () => {
    const app = await startApp();
    const hello = () => contentAnswers(app)['frame.hello']({}, top);
    expect(await hello()).toEqual({ hover: false });
    fakeBrowser.granted.push('https://a.example/*');
    expect(await hello()).toEqual({ hover: true });
    await pageAnswers(app)['site.hover']({ tabId: 1, on: false }, page);
    expect(await hello()).toEqual({ hover: false });
  });

  it('takes its jobs along when its document goes', async () => {
    const app = await startApp();
    const content = contentAnswers(app);
    await content['frame.hello']({}, top);
    await content['image.screen']({ images: [image(1)], ...asked }, top);
    await vi.waitFor(() => expect(jobs).toHaveLength(1));
    await content['frame.hello']({}, { ...top, documentId: 'document-2' });
    expect(app.queue.size).toBe(0);
    expect(engine.cancel).toHaveBeenCalledWith([jobs[0]?.jobId]);
  });

  it('keeps its jobs and counts while it speaks, also where documents have no ids', async () => {
    const app = await startApp();
    const content = contentAnswers(app);
    const old = { ...top, documentId: null };
    await content['frame.hello']({}, old);
    await content['image.screen']({ images: [image(1)], ...asked }, old);
    await answerWith(app, 0, 'a'.repeat(64));
    expect(app.delivered.flagged(1)).toBe(1);
    await content['image.screen']({ images: [image(2)], ...asked }, old);
    await content['image.screen']({ images: [image(3)], ...asked }, old);
    expect(app.queue.size).toBe(2);
    expect(app.delivered.flagged(1)).toBe(1);
    await content['frame.hello']({}, old);
    expect(app.queue.size).toBe(0);
    expect(app.delivered.flagged(1)).toBe(0);
  });
});

describe('the toolbar button', () => {
  const counts = () => fakeBrowser.action.setBadgeText.mock.calls.map(([{ text }]) => text);

  it('counts flagged pictures, and forgets them when they are gone or the tab navigates', async () => {
    const app = await startApp();
    const content = contentAnswers(app);
    await content['frame.hello']({}, top);
    await content['image.screen']({ images: [image(1), image(2)], ...asked }, top);
    await answerWith(app, 0, 'd'.repeat(64));
    await answerWith(app, 1, 'e'.repeat(64));
    await vi.waitFor(() => expect(counts()).toEqual(['1', '2']));
    const state = aScore({ sha256: 'd'.repeat(64), level: 'strong' });
    replies['frame.rows'] = { rows: [{ image: image(1), state, heatmapShown: false }] };
    await pageAnswers(app)['page.view']({ tabId: 1 }, page);
    expect(counts()).toEqual(['1', '2', '1']);
    await content['frame.hello']({}, { ...top, documentId: 'document-2' });
    expect(counts()).toEqual(['1', '2', '1', '']);
  });
});

describe('the context menu on a page that cannot be entered', () => {
  const click = { menuItemId: 'analyze-image', editable: false, modifiers: [], frameId: 0 };
  const texts = () => fakeBrowser.action.setBadgeText.mock.calls.map(([{ text }]) => text);

  it('marks the toolbar button for a while and opens the popup', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const app = await startApp();
      await app.menuUsed(1, click);
      expect(texts()).toEqual(['!']);
      expect(fakeBrowser.action.setTitle).toHaveBeenLastCalledWith({ tabId: 1, title: 'toolbar_closed' });
      expect(fakeBrowser.action.openPopup).toHaveBeenCalledTimes(1);
      vi.advanceTimersByTime(SHOWN_MS);
      expect(texts()).toEqual(['!', '']);
      expect(fakeBrowser.action.setTitle).toHaveBeenLastCalledWith({ tabId: 1, title: 'extensionName' });
    } finally {
      vi.useRealTimers();
    }
  });

  it('has said enough once the popup is open, or the tab has gone', async () => {
    const app = await startApp();
    fakeBrowser.action.openPopup.mockRejectedValue(new Error('no window in front'));
    await app.menuUsed(1, click);
    await app.menuUsed(2, click);
    await pageAnswers(app)['page.view']({ tabId: 1, opened: true }, page);
    expect(texts()).toEqual(['!', '!', '']);
    app.tabClosed(2);
    app.tabClosed(1);
    expect(texts()).toEqual(['!', '!', '', '']);
  });

  it('says nothing of the kind where the page answers', async () => {
    const app = await startApp();
    await contentAnswers(app)['frame.hello']({}, top);
    replies['menu.analyze'] = { found: true };
    await app.menuUsed(1, click);
    expect(sent('menu.analyze')).toEqual([{ srcUrl: null }]);
    expect(texts()).toEqual([]);
  });
});

describe('a background that starts again', () => {
  it('goes on with its rows in the same browser session', async () => {
    const before = await startApp();
    await contentAnswers(before)['image.screen']({ images: [image(1)], ...asked }, top);
    await vi.waitFor(() => expect(jobs).toHaveLength(1));
    const after = await startApp();
    await answerWith(after, 1, 'f'.repeat(64));
    expect(jobs[1]?.jobId).toBe(jobs[0]?.jobId);
    await vi.waitFor(() => expect(sent('image.states')).toHaveLength(1));
  });

  it('forgets rows of an earlier browser session: their tabs are gone', async () => {
    const before = await startApp();
    await contentAnswers(before)['image.screen']({ images: [image(1)], ...asked }, top);
    await vi.waitFor(() => expect(jobs).toHaveLength(1));
    fakeBrowser.storage.session.values = {};
    const after = await startApp();
    expect(after.queue.size).toBe(0);
    expect(await loadJobs()).toEqual([]);
  });
});

describe('addresses of pictures', () => {
  it('are deleted when their day is over, at the next start', async () => {
    await storeAlias('https://cdn.example/old.jpg', '1'.repeat(64), Date.now() - 2 * 86_400_000);
    await storeAlias('https://cdn.example/new.jpg', '1'.repeat(64));
    await startApp();
    const urls = () => withStore<string[]>([], (database) => database.getAllKeys('aliases'));
    await vi.waitFor(async () => expect(await urls()).toEqual(['https://cdn.example/new.jpg']));
  });
});

describe('the popup', () => {
  it('sees the images of every frame, with marks', async () => {
    const app = await startApp();
    const content = contentAnswers(app);
    const popup = pageAnswers(app);
    await content['frame.hello']({}, top);
    const state = aScore({ sha256: '9'.repeat(64) });
    replies['frame.rows'] = { rows: [{ image: image(1), state, heatmapShown: false }] };
    const mark = { sha256: '9'.repeat(64), wrong: true, pageUrl: top.pageUrl, state };
    await popup['row.mark'](mark, page);
    const view = await popup['page.view']({ tabId: 1 }, page);
    expect(view).toMatchObject({ url: top.tabUrl, reachable: true, scan: null });
    expect(view.rows).toMatchObject([{ frameId: 0, markedWrong: true, thumbnail: null }]);
    expect(await popup['marks.export']({}, page)).toMatchObject({ total: 1 });
    await popup['row.mark']({ ...mark, wrong: false }, page);
    expect((await popup['page.view']({ tabId: 1 }, page)).rows[0]?.markedWrong).toBe(false);
  });

  it('sees no scan finished before its pictures', async () => {
    const app = await startApp();
    await contentAnswers(app)['frame.hello']({}, top);
    replies['scan.collect'] = { images: [image(1)] };
    await app.scans.start(1);
    const rows = [{ image: image(1), state: { state: 'running' }, heatmapShown: false }];
    fakeBrowser.tabs.sendMessage.mockImplementation(async (_tab, message) => {
      if ((message as { name: string }).name !== 'frame.rows') return { ok: true, payload: {} };
      // Before this answer arrives, the picture's verdict does, and it ends the scan.
      await answerWith(app, 0, '8'.repeat(64));
      await vi.waitFor(() => expect(app.scans.progress(1)?.state).toBe('finished'));
      return { ok: true, payload: { rows } };
    });
    const popup = pageAnswers(app);
    expect((await popup['page.view']({ tabId: 1 }, page)).scan).toMatchObject({ state: 'running', done: 0 });
    expect((await popup['page.view']({ tabId: 1 }, page)).scan).toMatchObject({ state: 'finished', done: 1 });
  });

  it('is sent each thumbnail once', async () => {
    const app = await startApp();
    await contentAnswers(app)['frame.hello']({}, top);
    const states = ['1', '2'].map((digit) => aScore({ sha256: digit.repeat(64) }));
    for (const verdict of states) {
      const thumbnail = new Uint8Array(3000);
      await keepOutcome(
        { jobId: 'a', verdict, map: null, thumbnail, fromCache: false, interim: false },
        null,
      );
    }
    const rows = states.map((state, id) => ({ image: image(id), state, heatmapShown: false }));
    replies['frame.rows'] = { rows };
    const sizes = async (pictured: string[]) => {
      const view = await pageAnswers(app)['page.view']({ tabId: 1, pictured }, page);
      return view.rows.map(({ thumbnail }) => thumbnail?.length ?? 0);
    };
    expect(await sizes([])).toEqual([3000, 3000]);
    expect(await sizes(['1'.repeat(64)])).toEqual([0, 3000]);
    expect(await sizes(['1'.repeat(64), '2'.repeat(64)])).toEqual([0, 0]);
  });

  it('is told when a page cannot be reached, without trying again at once', async () => {
    const app = await startApp();
    const popup = pageAnswers(app);
    expect(await popup['page.view']({ tabId: 1 }, page)).toMatchObject({ reachable: false, rows: [] });
    await popup['page.view']({ tabId: 1 }, page);
    expect(fakeBrowser.scripting.executeScript).toHaveBeenCalledTimes(1);
    // The toolbar button gives access and opens the popup anew.
    await popup['page.view']({ tabId: 1, opened: true }, page);
    expect(fakeBrowser.scripting.executeScript).toHaveBeenCalledTimes(2);
  });

  it('forgets documents that do not answer any more', async () => {
    const app = await startApp();
    await contentAnswers(app)['frame.hello']({}, top);
    fakeBrowser.tabs.sendMessage.mockRejectedValue(new Error('Could not establish connection.'));
    const view = await pageAnswers(app)['page.view']({ tabId: 1 }, page);
    expect(view.reachable).toBe(false);
    expect(app.frames.of(1)).toEqual([]);
  });
});
