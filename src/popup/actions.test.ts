import { beforeEach, describe, expect, it, vi } from 'vitest';
import { scoredState } from '../core/report/sample.testing.ts';
import type { PageRow } from '../protocol/schemas.ts';
import { patternHost } from '../ui/ask-access.ts';
import { PopupActions } from './actions.ts';
import { pageRow } from './sample.testing.ts';
import type { PopupEvent } from './state.ts';

const browser = vi.hoisted(() => ({
  i18n: { getMessage: (key: string) => key, getUILanguage: () => 'en' },
  permissions: { request: vi.fn(), remove: vi.fn() },
}));
vi.mock('../platform/browser.ts', () => ({ browser }));

let sent: [string, unknown][];
let events: PopupEvent[];
let answer: () => Promise<unknown>;
let actions: PopupActions;
const settled = () => new Promise((resolve) => setImmediate(resolve));
const names = () => sent.map(([name]) => name);
const notices = () =>
  events.flatMap((event) => (event.type === 'notice.changed' && event.notice ? event.notice.sentence : []));
const refused = (id: number, url: string): PageRow => {
  const row = pageRow(id, { state: 'failed', reason: 'not-allowed' });
  return { ...row, image: { ...row.image, url } };
};

beforeEach(() => {
  sent = [];
  events = [];
  answer = async () => ({});
  actions = new PopupActions({
    tabId: 1,
    send: ((name: string, request: unknown) => {
      sent.push([name, request]);
      return answer();
    }) as never,
    dispatch: (event) => void events.push(event),
    refresh: () => undefined,
  });
  browser.permissions.request.mockReset().mockResolvedValue(true);
  browser.permissions.remove.mockReset().mockResolvedValue(true);
});

describe('asking for access', () => {
  it('happens in the same turn as the click, or browsers refuse it', () => {
    actions.allow('https://cdn.test/*', []);
    expect(browser.permissions.request).toHaveBeenCalledWith({ origins: ['https://cdn.test/*'] });
  });

  it('for the site also switches its badges on, without waiting for the answer', () => {
    browser.permissions.request.mockReturnValue(new Promise(() => undefined));
    actions.allowSite('https://page.test/*', []);
    expect(sent).toEqual([['site.hover', { tabId: 1, on: true }]]);
  });

  it('reads what was refused and is covered now, and nothing else', async () => {
    const rows = [refused(1, 'https://page.test:8443/a.jpg'), refused(2, 'https://cdn.test/b.jpg')];
    actions.allowSite('https://page.test/*', rows);
    await settled();
    expect(sent).toContainEqual(['row.screen', { tabId: 1, frameId: 0, id: 1 }]);
    expect(names().filter((name) => name === 'row.screen')).toHaveLength(1);
  });

  it('scans again instead of asking for a hundred images one by one', async () => {
    actions.allowEverywhere(Array.from({ length: 100 }, (_, id) => refused(id, 'https://cdn.test/')));
    await settled();
    expect(names()).toEqual(['scan.start']);
  });

  it('that is denied changes nothing and says so', async () => {
    browser.permissions.request.mockResolvedValue(false);
    actions.allowEverywhere([refused(1, 'https://cdn.test/')]);
    await settled();
    expect(sent).toEqual([]);
    expect(notices()).toEqual(['popup_notice_denied']);
  });

  it('withdrawing what the browser keeps says so', async () => {
    browser.permissions.remove.mockRejectedValue(new Error('required'));
    actions.withdraw('<all_urls>');
    await settled();
    expect(notices()).toEqual(['popup_notice_kept']);
  });
});

describe('messages', () => {
  it('without an answer become a notice, and a refused scan is not shown as one', async () => {
    answer = () => Promise.reject(new Error('no receiver'));
    actions.startScan();
    await settled();
    expect(notices()).toEqual(['popup_notice_no_answer']);
    expect(events.at(-1)).toEqual({ type: 'scan.refused' });
  });

  it('about a heatmap whose result is no longer stored say so and offer to look again', async () => {
    const row = pageRow(4, scoredState(0.9));
    answer = async () => ({ outcome: 'not-stored' });
    actions.toggleHeatmap(row);
    await settled();
    const notice = { sentence: 'popup_notice_not_stored', again: row };
    expect(events.at(-1)).toEqual({ type: 'notice.changed', notice });
    actions.lookAgain(row);
    await settled();
    expect(sent.at(-1)).toEqual(['row.screen', { tabId: 1, frameId: 0, id: 4 }]);
    expect(events.find((event) => event.type === 'notice.changed' && event.notice === null)).toBeDefined();
  });

  it('about a heatmap that is shown take back what was said before', async () => {
    answer = async () => ({ outcome: 'done' });
    actions.toggleHeatmap(pageRow(4, scoredState(0.9)));
    await settled();
    expect(notices()).toEqual([]);
    expect(events[0]).toEqual({ type: 'notice.changed', notice: null });
  });

  it('mark the verdict that is shown, and unmark it again', () => {
    const state = scoredState(0.9);
    actions.toggleMark(pageRow(1, state), 'https://page.test/');
    actions.toggleMark(pageRow(1, state, { markedWrong: true }), 'https://page.test/');
    actions.toggleMark(pageRow(2, null), 'https://page.test/');
    const mark = { sha256: state.sha256, pageUrl: 'https://page.test/', state };
    expect(sent).toEqual([
      ['row.mark', { ...mark, wrong: true }],
      ['row.mark', { ...mark, wrong: false }],
    ]);
  });
});

it('names the host of a pattern', () => {
  expect(patternHost('https://a.test/*')).toBe('a.test');
  expect(patternHost('http://[::1]/*')).toBe('[::1]');
});
