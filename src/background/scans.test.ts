import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { closeDatabase } from '../platform/store/database.ts';
import { loadScans } from '../platform/store/jobs.ts';
import type { ScanRow, Subscriber } from '../platform/store/schema.ts';
import { aSubscriber } from '../platform/testing/rows.ts';
import type { ImageRef } from '../protocol/schemas.ts';
import type { KnownFrame } from './frames.ts';
import type { Queue } from './queue/queue.ts';
import type { Leaving } from './queue/rows.ts';
import { progressOf, type ScanEnvironment, Scans } from './scans.ts';

const frame = (frameId: number): KnownFrame => ({
  tabId: 1,
  frameId,
  documentId: `document-${frameId}`,
  pageUrl: 'https://a.example/',
  tabUrl: null,
});
const image = (id: number, inViewport = false): ImageRef => ({
  id,
  generation: 0,
  kind: 'img',
  url: `https://cdn.example/${id}.jpg`,
  pageReadable: false,
  label: '',
  widthPx: 100,
  heightPx: 100,
  inViewport,
});

let waiting: Subscriber[];
let images: Map<number, ImageRef[]>;
let ended: number[];
let now: number;
let undelivered: number;
let environment: ScanEnvironment;

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory());
  waiting = [];
  ended = [];
  now = 1000;
  undelivered = 0;
  images = new Map([
    [0, [image(1, true), image(2)]],
    [5, [image(1)]],
  ]);
  const queue = {
    outstanding: (tabId: number) => waiting.filter((subscriber) => subscriber.tabId === tabId),
    leave: (leaving: Leaving) => {
      const left = waiting.filter((subscriber) => leaving(subscriber) === null);
      waiting = waiting.filter((subscriber) => leaving(subscriber) !== null);
      return left;
    },
  };
  environment = {
    queue: queue as unknown as Queue,
    reach: async () => [frame(0), frame(5)],
    collect: async ({ frameId }) => images.get(frameId) ?? [],
    end: async ({ frameId }) => ended.push(frameId),
    framesOf: () => [frame(0), frame(5)],
    screen: vi.fn(async (of, refs, priority) => {
      for (const ref of refs) {
        waiting.push(aSubscriber({ ...of, id: ref.id, asked: null, scanned: priority(ref) }));
      }
      return [];
    }),
    push: vi.fn(async () => true),
    undelivered: () => undelivered,
    changed: () => {},
    now: () => now,
  };
});
afterEach(closeDatabase);

describe('a scan', () => {
  it('asks every frame, what is on the screen first, and finishes when all is answered', async () => {
    const scans = new Scans(environment);
    await scans.start(1);
    expect(waiting.map(({ scanned }) => scanned)).toEqual(['visible', 'bulk', 'bulk']);
    expect(scans.progress(1)).toMatchObject({ state: 'running', total: 3, done: 0, etaMs: null });
    waiting.pop();
    now = 3000;
    expect(scans.progress(1)).toMatchObject({ done: 1, etaMs: 4000 });
    waiting = [];
    scans.check();
    expect(scans.progress(1)).toMatchObject({ state: 'finished', total: 3, done: 3, etaMs: null });
    expect(ended).toEqual([0, 5]);
  });

  it('finishes at once on a page without images', async () => {
    images = new Map();
    const scans = new Scans(environment);
    await scans.start(1);
    expect(scans.progress(1)).toMatchObject({ state: 'finished', total: 0 });
  });

  it('grows with images that appear, counted once', async () => {
    const scans = new Scans(environment);
    await scans.start(1);
    await scans.more(frame(0), [image(2), image(3)]);
    expect(scans.progress(1)).toMatchObject({ total: 4, done: 0 });
    waiting = [];
    scans.check();
    await scans.more(frame(0), [image(4)]);
    expect(scans.progress(1)).toMatchObject({ state: 'finished', total: 4 });
  });

  it('does not finish while images are on their way into the table', async () => {
    const scans = new Scans(environment);
    await scans.start(1);
    let enter = () => {};
    environment.screen = () =>
      new Promise((resolve) => {
        enter = () => resolve([]);
      });
    const more = scans.more(frame(0), [image(9)]);
    waiting = [];
    scans.check();
    expect(scans.progress(1)).toMatchObject({ state: 'running', total: 4, done: 3 });
    await vi.waitFor(() => {
      enter();
      expect(scans.progress(1)?.state).toBe('finished');
    });
    await more;
  });

  it('does not finish before its answers have arrived', async () => {
    const scans = new Scans(environment);
    await scans.start(1);
    waiting = [];
    undelivered = 1;
    scans.check();
    expect(scans.progress(1)).toMatchObject({ state: 'running', done: 2 });
    undelivered = 0;
    scans.check();
    expect(scans.progress(1)?.state).toBe('finished');
  });

  it('is cancelled together with what only it asked for', async () => {
    const scans = new Scans(environment);
    await scans.start(1);
    const [first, ...others] = waiting;
    if (first === undefined) throw new Error('nothing is waiting');
    waiting = [{ ...first, asked: 'click' }, ...others];
    await scans.cancel(1);
    expect(waiting).toHaveLength(1);
    expect(scans.progress(1)?.state).toBe('cancelled');
    expect(environment.push).toHaveBeenCalledWith(frame(5), [
      { id: 1, generation: 0, state: { state: 'failed', reason: 'cancelled' } },
    ]);
  });

  it('that is cancelled while a document answers gives its images back', async () => {
    const scans = new Scans(environment);
    environment.reach = async () => [frame(0)];
    environment.collect = async () => {
      await scans.cancel(1);
      return [image(1)];
    };
    await scans.start(1);
    const cancelled = { id: 1, generation: 0, state: { state: 'failed', reason: 'cancelled' } };
    expect(environment.push).toHaveBeenCalledWith(frame(0), [cancelled]);
    expect(environment.screen).not.toHaveBeenCalled();
  });

  it('says after a cancellation how many had their answer, also to the next background', async () => {
    const scans = new Scans(environment);
    await scans.start(1);
    waiting.pop();
    await scans.cancel(1);
    expect(waiting).toEqual([]);
    expect(scans.progress(1)).toMatchObject({ state: 'cancelled', total: 3, done: 1 });
    const after = new Scans(environment);
    after.load(await loadScans());
    expect(after.progress(1)).toMatchObject({ state: 'cancelled', total: 3, done: 1 });
  });

  it('survives the background, also in the middle of asking', async () => {
    let died = () => {};
    environment.collect = ({ frameId }) =>
      frameId === 0
        ? Promise.resolve(images.get(0) ?? [])
        : new Promise((_, reject) => {
            died = () => reject(new Error('the worker is gone'));
          });
    const before = new Scans(environment);
    const starting = before.start(1).catch(() => {});
    await vi.waitFor(async () => expect((await loadScans())[0]?.total).toBe(2));
    died();
    await starting;
    waiting.pop();

    environment.collect = async ({ frameId }) => images.get(frameId) ?? [];
    const after = new Scans(environment);
    after.load(await loadScans());
    await after.resume();
    expect(after.progress(1)).toMatchObject({ state: 'running', total: 3, done: 0 });
    waiting = [];
    after.check();
    expect(after.progress(1)?.state).toBe('finished');
  });

  it('ends with its tab', async () => {
    const scans = new Scans(environment);
    await scans.start(1);
    await scans.forget(1);
    expect(scans.progress(1)).toBeNull();
    expect(await loadScans()).toEqual([]);
  });
});

describe('progressOf', () => {
  const scan: ScanRow = {
    tabId: 1,
    state: 'running',
    collecting: false,
    total: 10,
    startedAt: 0,
    endedAt: null,
  };

  it('never counts below zero', () => {
    expect(progressOf(scan, 12, 100)).toMatchObject({ done: 0, etaMs: null });
  });

  it('estimates from its own pace', () => {
    expect(progressOf(scan, 5, 500)).toMatchObject({ done: 5, etaMs: 500 });
  });
});
