/**
 * The job table as values: what joins what, who comes first, what is left when somebody leaves. Pure: each
 * function takes the rows and returns the changes, which `queue.ts` applies to memory and to the store.
 */
import { hostClass } from '../../core/net/address.ts';
import type { JobChanges } from '../../platform/store/jobs.ts';
import type { JobRow, Subscriber } from '../../platform/store/schema.ts';
import type { FrameAddress } from '../../platform/transports.ts';
import { PRIORITIES, type Priority } from '../../protocol/schemas.ts';

export type Rows = ReadonlyMap<string, JobRow>;

/** A request for one picture by one element. */
export interface Want {
  subscriber: Subscriber;
  effort: JobRow['effort'];
  /** Null: only the page can read it. */
  url: string | null;
  pageUrl: string;
}

/** Names for new rows. */
export interface Numbering {
  jobId: () => string;
  sequence: () => number;
}

const rank = (priority: Priority): number => PRIORITIES.indexOf(priority);

/** The more urgent of two; null is no request at all. */
export function moreUrgent(a: Priority | null, b: Priority | null): Priority | null {
  if (a === null || b === null) return a ?? b;
  return rank(a) <= rank(b) ? a : b;
}

/** The priority of a row: that of its most urgent subscriber. */
export function priorityOf(row: JobRow): Priority {
  let highest: Priority | null = null;
  for (const { asked, scanned } of row.subscribers) {
    highest = moreUrgent(highest, moreUrgent(asked, scanned));
  }
  return highest ?? 'bulk';
}

export const sameFrame = (a: FrameAddress, b: FrameAddress): boolean =>
  a.tabId === b.tabId && a.frameId === b.frameId && a.documentId === b.documentId;

const frameKey = ({ tabId, frameId, documentId }: FrameAddress): string =>
  `${tabId}/${frameId}/${documentId ?? ''}`;
const elementKey = (subscriber: Subscriber): string => `${frameKey(subscriber)}/${subscriber.id}`;

/** Key of a picture that the background may fetch: one per address, effort and kind of page that asks. */
function urlKey(url: string, pageUrl: string, effort: JobRow['effort']): string {
  // A page inside the local network may follow redirects there, a public one may not: two different jobs.
  const pageClass = URL.canParse(pageUrl) ? hostClass(new URL(pageUrl).hostname) : 'public';
  return `${effort}|${pageClass}|${url}`;
}

/** Key of a picture read by its page: never shared beyond the document, whose cookies may have shaped it. */
function pageKey({ subscriber, url, effort }: Want): string {
  const picture = url ?? `#${subscriber.id}.${subscriber.generation}`;
  return `${effort}|page ${frameKey(subscriber)}|${picture}`;
}

/** Rows under change: reads see earlier writes, `changes` gives what is different from the start. */
class Draft {
  private readonly changed = new Map<string, JobRow | null>();
  constructor(private readonly base: Rows) {}

  get(key: string): JobRow | undefined {
    const changed = this.changed.get(key);
    return changed === undefined ? this.base.get(key) : (changed ?? undefined);
  }

  put(row: JobRow): void {
    this.changed.set(row.key, row.subscribers.length > 0 ? row : null);
  }

  remove(key: string): void {
    this.changed.set(key, null);
  }

  changes(): JobChanges {
    const changes: JobChanges = { put: [], remove: [] };
    for (const [key, row] of this.changed) {
      if (row !== null) changes.put.push(row);
      else if (this.base.has(key)) changes.remove.push(key);
    }
    return changes;
  }
}

function keysByElement(rows: Rows): Map<string, Set<string>> {
  const index = new Map<string, Set<string>>();
  for (const row of rows.values()) {
    for (const subscriber of row.subscribers) {
      const element = elementKey(subscriber);
      const keys = index.get(element) ?? new Set();
      index.set(element, keys.add(row.key));
    }
  }
  return index;
}

/** Takes an element's subscriptions for older pictures away; false when the table knows a newer one already. */
function leaveOlder(draft: Draft, keys: Iterable<string>, { subscriber }: Want): boolean {
  for (const key of keys) {
    const row = draft.get(key);
    const mine = row?.subscribers.find((other) => elementKey(other) === elementKey(subscriber));
    if (row === undefined || mine === undefined) continue;
    if (mine.generation > subscriber.generation) return false;
    if (mine.generation < subscriber.generation) {
      draft.put({ ...row, subscribers: row.subscribers.filter((other) => other !== mine) });
    }
  }
  return true;
}

function merged(row: JobRow, subscriber: Subscriber): JobRow {
  const index = row.subscribers.findIndex((other) => elementKey(other) === elementKey(subscriber));
  const mine = row.subscribers[index];
  if (mine === undefined) return { ...row, subscribers: [...row.subscribers, subscriber] };
  const both = {
    ...subscriber,
    asked: moreUrgent(mine.asked, subscriber.asked),
    scanned: moreUrgent(mine.scanned, subscriber.scanned),
  };
  return { ...row, subscribers: row.subscribers.with(index, both) };
}

function newRow(want: Want, key: string, numbering: Numbering): JobRow {
  const { url, pageUrl, effort } = want;
  return {
    key,
    jobId: numbering.jobId(),
    sequence: numbering.sequence(),
    effort,
    source: url === null ? { kind: 'page' } : { kind: 'url', url, pageUrl },
    subscribers: [],
    state: 'waiting',
    attempts: 0,
  };
}

/**
 * The changes that make every want a subscription: joined to the row of its picture, or a new one. An element
 * has one picture: its subscriptions for older generations end, and a want older than the table's is ignored.
 * `keys` names the row of each want, in order, or null for an ignored one.
 */
export function subscribed(
  rows: Rows,
  wants: readonly Want[],
  numbering: Numbering,
): { changes: JobChanges; keys: (string | null)[] } {
  const draft = new Draft(rows);
  const index = keysByElement(rows);
  const keys = wants.map((want) => {
    const key = want.url === null ? pageKey(want) : urlKey(want.url, want.pageUrl, want.effort);
    const element = elementKey(want.subscriber);
    const mine = index.get(element) ?? new Set();
    if (!leaveOlder(draft, mine, want)) return null;
    draft.put(merged(draft.get(key) ?? newRow(want, key, numbering), want.subscriber));
    index.set(element, mine.add(key));
    return key;
  });
  return { changes: draft.changes(), keys };
}

export type UrlRow = JobRow & { source: { kind: 'url' } };

/**
 * The changes that hand an address over to the documents of those subscribers that `may` read it themselves:
 * one row per document. The others are in `refused`; the row itself ends.
 */
export function readInPages(
  rows: Rows,
  row: UrlRow,
  { may, numbering }: { may: (subscriber: Subscriber) => boolean; numbering: Numbering },
): { changes: JobChanges; refused: Subscriber[] } {
  const draft = new Draft(rows);
  draft.remove(row.key);
  for (const subscriber of row.subscribers.filter(may)) {
    const want: Want = { subscriber, effort: row.effort, url: row.source.url, pageUrl: row.source.pageUrl };
    const key = pageKey(want);
    const existing = draft.get(key) ?? newRow({ ...want, url: null }, key, numbering);
    // It has waited its turn once: it keeps its place.
    draft.put(merged({ ...existing, sequence: Math.min(existing.sequence, row.sequence) }, subscriber));
  }
  return { changes: draft.changes(), refused: row.subscribers.filter((subscriber) => !may(subscriber)) };
}

/** What remains of a subscriber that leaves: null when nothing, itself when it stays. */
export type Leaving = (subscriber: Subscriber) => Subscriber | null;

/** The changes when subscribers leave, the ones that left altogether, and the rows that nobody needs now. */
export function unsubscribed(
  rows: Rows,
  leaving: Leaving,
): { changes: JobChanges; left: Subscriber[]; dropped: JobRow[] } {
  const draft = new Draft(rows);
  const left: Subscriber[] = [];
  const dropped: JobRow[] = [];
  for (const row of rows.values()) {
    const remaining = row.subscribers.map(leaving);
    if (remaining.every((after, index) => after === row.subscribers[index])) continue;
    left.push(...row.subscribers.filter((_, index) => remaining[index] === null));
    const subscribers = remaining.filter((subscriber) => subscriber !== null);
    if (subscribers.length === 0) dropped.push(row);
    draft.put({ ...row, subscribers });
  }
  return { changes: draft.changes(), left, dropped };
}

export const withoutAsked = (subscriber: Subscriber): Subscriber | null =>
  subscriber.scanned === null ? null : { ...subscriber, asked: null };

export const withoutScanned = (subscriber: Subscriber): Subscriber | null =>
  subscriber.asked === null ? null : { ...subscriber, scanned: null };

/** How many jobs may be out of the table's hands at once. */
export interface Capacity {
  /** Jobs that nobody is looking at. */
  ordinary: number;
  /** All of them: a click or a hover goes out even when a scan has filled the ordinary places. */
  urgent: number;
  /** Pictures being read by pages: their bytes cross two processes and wait in memory. */
  pageReads: number;
}

const isUrgent = (row: JobRow): boolean => rank(priorityOf(row)) <= rank('hover');

/** The waiting rows to hand out now, most urgent first, then first come first served. */
export function nextRows(rows: Rows, capacity: Capacity): JobRow[] {
  const waiting: { row: JobRow; urgency: number }[] = [];
  let out = 0;
  let pageReads = 0;
  for (const row of rows.values()) {
    if (row.state === 'waiting') waiting.push({ row, urgency: rank(priorityOf(row)) });
    else {
      out += 1;
      if (row.source.kind === 'page') pageReads += 1;
    }
  }
  waiting.sort((a, b) => a.urgency - b.urgency || a.row.sequence - b.row.sequence);
  const next: JobRow[] = [];
  for (const { row } of waiting) {
    if (out + next.length >= (isUrgent(row) ? capacity.urgent : capacity.ordinary)) break;
    if (row.source.kind === 'page') {
      if (pageReads >= capacity.pageReads) continue;
      pageReads += 1;
    }
    next.push(row);
  }
  return next;
}

/** Elements of a tab that its scan still waits for. */
export function outstanding(rows: Rows, tabId: number): Subscriber[] {
  const waiting: Subscriber[] = [];
  for (const { subscribers } of rows.values()) {
    for (const subscriber of subscribers) {
      if (subscriber.tabId === tabId && subscriber.scanned !== null) waiting.push(subscriber);
    }
  }
  return waiting;
}
