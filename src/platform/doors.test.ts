import { describe, expect, it, vi } from 'vitest';
import type { Runtime } from 'webextension-polyfill';
import { contentToBackground } from '../protocol/messages.ts';
import { contentSender, engineSender, guardedDoor, ownSender, pageSender } from './doors.ts';

vi.mock('./browser.ts', () => ({
  browser: { runtime: { id: 'telltale', getURL: (path: string) => `chrome-extension://telltale/${path}` } },
}));

type Sender = Runtime.MessageSender & { origin?: string };
const OWN = 'chrome-extension://telltale';
const tab = { id: 7, url: 'https://a.example/page' } as NonNullable<Sender['tab']>;

const page: Sender = {
  id: 'telltale',
  tab,
  frameId: 0,
  documentId: 'D',
  url: 'https://a.example/page',
  origin: 'https://a.example',
};
const popup: Sender = { id: 'telltale', url: `${OWN}/src/popup/index.html`, origin: OWN };
const popupInTab: Sender = { ...popup, tab, frameId: 0, documentId: 'D' };
const offscreen: Sender = { id: 'telltale', url: `${OWN}/src/engine/offscreen.html`, origin: OWN };
const worker: Sender = { id: 'telltale', url: `${OWN}/service-worker-loader.js`, origin: OWN };
const stranger: Sender = { ...page, id: 'other' };
const blobOfOurs: Sender = { ...page, url: `blob:${OWN}/1`, origin: OWN };
const ourPageFramed: Sender = { ...popupInTab, frameId: 3 };
const lookalike: Sender = {
  ...popup,
  url: 'chrome-extension://telltale.evil/x',
  origin: 'chrome-extension://telltale.evil',
};

const ENGINE = 'src/engine/offscreen.html';
const TIERS: [
  name: string,
  sender: Sender,
  content: boolean,
  page: boolean,
  engine: boolean,
  own: boolean,
][] = [
  ['a content script', page, true, false, false, false],
  ['the popup', popup, false, true, false, true],
  ['the popup as a tab', popupInTab, false, true, false, true],
  ['the offscreen document', offscreen, false, true, true, true],
  ['the service worker', worker, false, true, false, true],
  ['another extension', stranger, false, false, false, false],
  ['a blob document of ours', blobOfOurs, false, false, false, false],
  ['our page in a frame', ourPageFramed, false, false, false, true],
  ['an extension with a similar id', lookalike, false, false, false, false],
  ['nobody in particular', { id: 'telltale' }, false, false, false, true],
  ['a tab without an address', { id: 'telltale', tab, frameId: 0 }, false, false, false, false],
  ['a browser page', { ...page, url: 'chrome://settings/' }, false, false, false, false],
];

describe('sender tiers', () => {
  it.each(TIERS)('%s', (_name, sender, content, ownPage, engine, own) => {
    expect(contentSender(sender).ok).toBe(content);
    expect(pageSender(sender).ok).toBe(ownPage);
    expect(engineSender(sender, ENGINE).ok).toBe(engine);
    expect(ownSender(sender).ok).toBe(own);
  });

  it('take frame and addresses from the sender', () => {
    expect(contentSender(page)).toEqual({
      ok: true,
      value: {
        tabId: 7,
        frameId: 0,
        documentId: 'D',
        pageUrl: 'https://a.example/page',
        tabUrl: 'https://a.example/page',
      },
    });
  });

  it.each([
    ['about:srcdoc', 'https://a.example', 'https://a.example/'],
    ['about:blank', 'http://127.0.0.1:80', 'http://127.0.0.1:80/'],
    ['about:srcdoc', 'null', 'about:srcdoc'],
    ['blob:https://a.example/1-2', undefined, 'https://a.example'],
    ['file:///home/a.html', 'null', 'file:///home/a.html'],
  ])('give %s of %s the address of its origin', (url, origin, expected) => {
    const { origin: _, ...rest } = page;
    const sender: Sender = { ...rest, url, ...(origin === undefined ? {} : { origin }) };
    const result = contentSender(sender);
    expect(result.ok && result.value.pageUrl).toBe(expected);
  });
});

describe('guardedDoor', () => {
  const hello = { telltale: 1, to: 'background', name: 'frame.hello', payload: {} };
  const unused = () => {
    throw new Error('not part of this test');
  };
  const open = (ready?: Promise<unknown>) => {
    const greeted = vi.fn(() => ({ hover: true }));
    const handle = guardedDoor({
      here: 'background',
      table: contentToBackground,
      admit: contentSender,
      ...(ready ? { ready } : {}),
      handlers: {
        'frame.hello': greeted,
        'image.screen': unused,
        'image.cancel': unused,
        'image.map': unused,
        'model.limits': unused,
        'scan.more': unused,
        'frame.changed': unused,
      },
    });
    return { handle, greeted };
  };

  it('answers admitted senders', async () => {
    const { handle } = open();
    expect(await handle(hello, page)).toEqual({ ok: true, payload: { hover: true } });
  });

  it('refuses others with a reason and runs no handler', async () => {
    const { handle, greeted } = open();
    expect(await handle(hello, popup)).toMatchObject({
      ok: false,
      message: expect.stringContaining('refused'),
    });
    expect(greeted).not.toHaveBeenCalled();
  });

  it('stays silent for messages that are not its own', () => {
    const { handle } = open();
    expect(handle({ ...hello, to: 'engine' }, page)).toBeUndefined();
    expect(handle({ ...hello, name: 'page.view' }, page)).toBeUndefined();
    expect(handle({ ...hello, name: 'toString' }, page)).toBeUndefined();
    expect(handle('frame.hello', page)).toBeUndefined();
    expect(handle(null, page)).toBeUndefined();
  });

  it('turns malformed requests and throwing handlers into replies', async () => {
    const { handle } = open();
    const malformed = { ...hello, name: 'image.cancel', payload: { ids: ['1'] } };
    expect(await handle(malformed, page)).toMatchObject({ ok: false });
    const throwing = { ...hello, name: 'image.cancel', payload: { ids: [1] } };
    expect(await handle(throwing, page)).toEqual({ ok: false, message: 'not part of this test' });
  });

  it('lets messages wait until the background is ready', async () => {
    let makeReady = () => {};
    const { handle, greeted } = open(
      new Promise<void>((resolve) => {
        makeReady = resolve;
      }),
    );
    const reply = handle(hello, page);
    await Promise.resolve();
    expect(greeted).not.toHaveBeenCalled();
    makeReady();
    expect(await reply).toMatchObject({ ok: true });
  });
});
