import { beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeBrowser, resetFakeBrowser } from '../platform/testing/fake-browser.ts';
import { Frames, type KnownFrame } from './frames.ts';
import { Sites } from './sites.ts';

vi.mock('../content/main.iife.ts?script&iife', () => ({ default: '/content.js' }));
vi.mock('../platform/browser.ts', async () => ({
  browser: (await import('../platform/testing/fake-browser.ts')).fakeBrowser,
}));

const frame = (tabId: number, pageUrl: string): KnownFrame => ({
  tabId,
  frameId: 0,
  documentId: `document-${tabId}`,
  pageUrl,
  tabUrl: pageUrl,
});

let frames: Frames;
let left: KnownFrame[];
let sites: Sites;

beforeEach(() => {
  resetFakeBrowser();
  frames = new Frames();
  left = [];
  sites = new Sites({ frames, hover: async () => true, left: (gone) => void left.push(gone) });
  fakeBrowser.tabs.sendMessage.mockResolvedValue({ ok: true, payload: {} });
});

const sentTo = (tabId: number) =>
  fakeBrowser.tabs.sendMessage.mock.calls
    .filter(([tab]) => tab === tabId)
    .map(([, message]) => (message as { name: string }).name);

describe('content scripts', () => {
  it('are registered for exactly what is granted', async () => {
    await sites.start();
    expect(fakeBrowser.registered).toEqual([]);
    fakeBrowser.granted.push('https://a.example/*', 'file:///*');
    await sites.start();
    expect(fakeBrowser.registered).toMatchObject([
      { js: ['content.js'], matches: ['https://a.example/*'], allFrames: true },
    ]);
  });

  it('are not registered again when nothing has changed', async () => {
    fakeBrowser.granted.push('https://a.example/*');
    await sites.start();
    await sites.start();
    expect(fakeBrowser.scripting.registerContentScripts).toHaveBeenCalledTimes(1);
    expect(fakeBrowser.scripting.updateContentScripts).not.toHaveBeenCalled();
  });

  it('enter open pages at once when access is granted', async () => {
    fakeBrowser.granted.push('https://a.example/*');
    fakeBrowser.tabs.query.mockResolvedValue([{ id: 4 }]);
    frames.enter(frame(9, 'https://b.example/'));
    await sites.granted(['https://a.example/*']);
    expect(fakeBrowser.tabs.query).toHaveBeenCalledWith({ url: ['https://a.example/*'] });
    expect(fakeBrowser.scripting.executeScript).toHaveBeenCalledWith({
      target: { tabId: 4, allFrames: true },
      files: ['content.js'],
    });
    expect(sentTo(9)).toEqual(['frame.settings']);
  });

  it('leave pages at once when access is withdrawn, and only those', async () => {
    fakeBrowser.granted.push('https://b.example/*');
    await sites.start();
    frames.enter(frame(1, 'https://a.example/'));
    frames.enter(frame(2, 'https://b.example/'));
    // Entered through `activeTab`: no grant ever covered it.
    frames.enter(frame(3, 'https://c.example/'));
    await sites.withdrawn(['https://a.example/*']);
    expect(sentTo(1)[0]).toBe('frame.retire');
    expect(sentTo(2)).toEqual(['frame.settings']);
    expect(sentTo(3)).toEqual(['frame.settings']);
    expect(left.map(({ tabId }) => tabId)).toEqual([1]);
  });

  it('are unregistered with the last grant', async () => {
    fakeBrowser.granted.push('<all_urls>');
    await sites.start();
    fakeBrowser.granted.length = 0;
    await sites.withdrawn(['<all_urls>']);
    expect(fakeBrowser.registered).toEqual([]);
  });
});
