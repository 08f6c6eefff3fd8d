import { describe, expect, it } from 'vitest';
import type { JobChanges } from '../../platform/store/jobs.ts';
import type { JobRow } from '../../platform/store/schema.ts';
import { aJob, aSubscriber } from '../../platform/testing/rows.ts';
import {
  type Numbering,
  nextRows,
  outstanding,
  priorityOf,
  type Rows,
  readInPages,
  subscribed,
  unsubscribed,
  type Want,
  withoutAsked,
  withoutScanned,
} from './rows.ts';

const URL_1 = 'https://cdn.example/1.jpg';

function numbering(start = 0): Numbering {
  let ids = start;
  let sequence = start;
  return { jobId: () => `job-${ids++}`, sequence: () => sequence++ };
}

const want = (changes: Partial<Want> = {}, subscriber: Parameters<typeof aSubscriber>[0] = {}): Want => ({
  effort: 'quick',
  url: URL_1,
  pageUrl: 'https://a.example/',
  ...changes,
  subscriber: aSubscriber(subscriber),
});

function applied(rows: Rows, changes: JobChanges): Map<string, JobRow> {
  const after = new Map(rows);
  for (const row of changes.put) after.set(row.key, row);
  for (const key of changes.remove) after.delete(key);
  return after;
}

const withWants = (rows: Rows, ...wants: Want[]): Map<string, JobRow> =>
  applied(rows, subscribed(rows, wants, numbering(rows.size)).changes);

const rowsOf = (...rows: JobRow[]): Map<string, JobRow> => new Map(rows.map((row) => [row.key, row]));
const roomy = { ordinary: 100, urgent: 100, pageReads: 100 };

describe('subscribed', () => {
  it('makes one row per address for elements of all tabs and frames', () => {
    const rows = withWants(
      new Map(),
      want({}, { id: 1 }),
      want({}, { id: 2 }),
      want({}, { tabId: 9, id: 1 }),
      want({ url: 'https://cdn.example/2.jpg' }, { id: 3 }),
    );
    expect([...rows.values()].map((row) => row.subscribers.length)).toEqual([3, 1]);
  });

  it('keeps pages of the local network and of the web apart: redirects end differently', () => {
    const rows = withWants(
      new Map(),
      want({}, { id: 1 }),
      want({ pageUrl: 'http://127.0.0.1/' }, { tabId: 2, id: 1 }),
    );
    expect(rows.size).toBe(2);
  });

  it('keeps a full look apart from a quick one', () => {
    expect(withWants(new Map(), want(), want({ effort: 'full' })).size).toBe(2);
  });

  it('keys pictures that only the page can read by document, element and generation', () => {
    const rows = withWants(
      new Map(),
      want({ url: null }, { id: 1 }),
      want({ url: null }, { id: 2 }),
      want({ url: null }, { id: 1, documentId: 'document-2' }),
    );
    expect(rows.size).toBe(3);
    expect([...rows.values()].every((row) => row.source.kind === 'page')).toBe(true);
  });

  it('raises a row when somebody more urgent asks and remembers who asked how', () => {
    const scanned = withWants(new Map(), want({}, { asked: null, scanned: 'bulk' }));
    const both = withWants(scanned, want({}, { asked: 'click' }));
    const [row] = both.values();
    expect(both.size).toBe(1);
    expect(row?.subscribers).toEqual([aSubscriber({ asked: 'click', scanned: 'bulk' })]);
    expect(row && priorityOf(row)).toBe('click');
  });

  it('ends subscriptions for what the element showed before', () => {
    const old = withWants(new Map(), want({}, { generation: 0 }));
    const rows = withWants(old, want({ url: 'https://cdn.example/2.jpg' }, { generation: 1 }));
    expect([...rows.values()].map((row) => row.source)).toMatchObject([{ url: 'https://cdn.example/2.jpg' }]);
  });

  it('ignores a want that is older than what the table knows', () => {
    const rows = withWants(new Map(), want({}, { generation: 5 }));
    const late = subscribed(
      rows,
      [want({ url: 'https://cdn.example/2.jpg' }, { generation: 4 })],
      numbering(1),
    );
    expect(late).toEqual({ changes: { put: [], remove: [] }, keys: [null] });
  });

  it('handles generations within one message', () => {
    const rows = withWants(
      new Map(),
      want({}, { generation: 0 }),
      want({ url: 'https://cdn.example/2.jpg' }, { generation: 1 }),
    );
    expect(rows.size).toBe(1);
  });
});

describe('unsubscribed', () => {
  it('drops a row with its last subscriber', () => {
    const rows = withWants(new Map(), want({}, { id: 1 }), want({}, { id: 2 }));
    const first = unsubscribed(rows, (subscriber) => (subscriber.id === 1 ? null : subscriber));
    expect(first.left).toHaveLength(1);
    expect(first.dropped).toEqual([]);
    const second = unsubscribed(applied(rows, first.changes), () => null);
    expect(second.dropped).toHaveLength(1);
    expect(applied(rows, second.changes).size).toBe(0);
  });

  it('keeps what somebody else asked for', () => {
    const rows = withWants(new Map(), want({}, { asked: 'hover', scanned: 'bulk' }));
    const noHover = applied(rows, unsubscribed(rows, withoutAsked).changes);
    expect([...noHover.values()].map(priorityOf)).toEqual(['bulk']);
    const noScan = applied(rows, unsubscribed(rows, withoutScanned).changes);
    expect([...noScan.values()].map(priorityOf)).toEqual(['hover']);
    expect(applied(noScan, unsubscribed(noScan, withoutAsked).changes).size).toBe(0);
  });

  it('changes nothing when nobody leaves', () => {
    const rows = withWants(new Map(), want());
    expect(unsubscribed(rows, (subscriber) => subscriber).changes).toEqual({ put: [], remove: [] });
  });
});

describe('nextRows', () => {
  const job = (
    key: string,
    sequence: number,
    changes: Partial<JobRow>,
    priority: 'click' | 'bulk' | 'visible',
  ) => aJob({ key, jobId: key, sequence, subscribers: [aSubscriber({ asked: priority })], ...changes });

  it('serves the most urgent first, then first come first served', () => {
    const rows = rowsOf(
      job('d', 3, {}, 'bulk'),
      job('a', 0, {}, 'bulk'),
      job('c', 2, {}, 'visible'),
      job('b', 1, {}, 'click'),
    );
    expect(nextRows(rows, roomy).map((row) => row.key)).toEqual(['b', 'c', 'a', 'd']);
  });

  it('leaves room for clicks when a scan has filled the ordinary places', () => {
    const busy = job('s', 0, { state: 'sent' }, 'bulk');
    const rows = rowsOf(busy, job('a', 1, {}, 'bulk'), job('b', 2, {}, 'click'));
    expect(nextRows(rows, { ordinary: 1, urgent: 2, pageReads: 1 }).map((row) => row.key)).toEqual(['b']);
    expect(nextRows(rows, { ordinary: 1, urgent: 1, pageReads: 1 })).toEqual([]);
  });

  it('reads few pictures in pages at once without holding up the others', () => {
    const page = { source: { kind: 'page' as const } };
    const rows = rowsOf(job('a', 0, page, 'bulk'), job('b', 1, page, 'bulk'), job('c', 2, {}, 'bulk'));
    expect(nextRows(rows, { ...roomy, pageReads: 1 }).map((row) => row.key)).toEqual(['a', 'c']);
  });
});

describe('readInPages', () => {
  it('hands a refused address to each document that may read it, and refuses the others', () => {
    const rows = withWants(
      new Map(),
      want({}, { id: 1, pageReadable: true }),
      want({}, { id: 2, pageReadable: true }),
      want({}, { tabId: 2, id: 1, pageReadable: true }),
      want({}, { tabId: 3, id: 1, pageReadable: false }),
    );
    const [row] = rows.values();
    if (row?.source.kind !== 'url') throw new Error('expected a row with an address');
    const { changes, refused } = readInPages(
      rows,
      { ...row, source: row.source },
      { may: ({ pageReadable }) => pageReadable, numbering: numbering(1) },
    );
    const after = [...applied(rows, changes).values()];
    expect(after.map(({ source, subscribers }) => [source.kind, subscribers.length])).toEqual([
      ['page', 2],
      ['page', 1],
    ]);
    expect(refused.map(({ tabId }) => tabId)).toEqual([3]);
  });
});

describe('outstanding', () => {
  it('counts the elements of a tab that its scan waits for', () => {
    const rows = withWants(
      new Map(),
      want({}, { id: 1, scanned: 'bulk' }),
      want({}, { id: 2, scanned: 'visible' }),
      want({}, { id: 3, scanned: null }),
      want({}, { tabId: 2, id: 1, scanned: 'bulk' }),
    );
    expect(outstanding(rows, 1)).toHaveLength(2);
  });
});
