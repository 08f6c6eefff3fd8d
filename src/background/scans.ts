/**
 * Scans of whole tabs. What a scan still waits for is written in the job table, so its progress is a count and
 * cannot drift; the row here only holds the total and the times. Both survive the background.
 */

import { removeScan, saveScan } from '../platform/store/jobs.ts';
import type { ScanRow, Subscriber } from '../platform/store/schema.ts';
import type { ImageRef, Priority, ScanProgress, StateUpdate } from '../protocol/schemas.ts';
import type { KnownFrame } from './frames.ts';
import type { Queue } from './queue/queue.ts';
import { withoutScanned } from './queue/rows.ts';

export interface ScanEnvironment {
  queue: Queue;
  /** Documents of the tab that a content script lives in, after entering those that have none yet. */
  reach: (tabId: number) => Promise<KnownFrame[]>;
  /** Everything a document knows now; from then on it reports more. Empty when it does not answer. */
  collect: (frame: KnownFrame) => Promise<ImageRef[]>;
  /** Tells a document to report no more. */
  end: (frame: KnownFrame, finished: boolean) => Promise<unknown>;
  framesOf: (tabId: number) => KnownFrame[];
  screen: (
    frame: KnownFrame,
    images: readonly ImageRef[],
    priority: (image: ImageRef) => Priority,
  ) => Promise<StateUpdate[]>;
  push: (frame: KnownFrame, states: StateUpdate[]) => Promise<unknown>;
  /** Answers to the tab's scan that are on their way to its documents. */
  undelivered: (tabId: number) => number;
  changed: (tabId: number) => void;
  now: () => number;
}

type Element = Pick<Subscriber, 'frameId' | 'documentId' | 'id' | 'generation'>;

const scanPriority = ({ inViewport }: ImageRef): Priority => (inViewport ? 'visible' : 'bulk');

/**
 * Progress and remaining time, from the scan's own pace so far; `etaMs` is null before the first answer. A scan
 * that has ended keeps the count it ended with: nothing is outstanding once those who waited have left.
 */
export function progressOf(scan: ScanRow, outstanding: number, now: number): ScanProgress {
  const { state, total, startedAt, endedAt } = scan;
  const done = scan.done ?? Math.max(0, total - outstanding);
  const elapsedMs = (endedAt ?? now) - startedAt;
  const etaMs = state === 'running' && done > 0 ? Math.round((elapsedMs / done) * (total - done)) : null;
  return { state, total, done, startedAt, etaMs };
}

export class Scans {
  private readonly rows = new Map<number, ScanRow>();
  /** Images between being counted and being in the job table. */
  private readonly entering = new Map<number, number>();

  constructor(private readonly environment: ScanEnvironment) {}

  /** Takes the stored scans over; those that were still asking documents ask again. */
  load(scans: readonly ScanRow[]): void {
    for (const scan of scans) this.rows.set(scan.tabId, scan);
  }

  /** Goes on with what `load` found; call it when messages can be answered. */
  async resume(): Promise<void> {
    const interrupted = [...this.rows.values()].filter(isCollecting);
    for (const scan of interrupted) {
      // Who was asked before is asked again: only what is still waited for has been counted for good.
      this.rows.set(scan.tabId, { ...scan, total: this.openOf(scan.tabId) });
    }
    await Promise.all(interrupted.map(({ tabId }) => this.collect(tabId)));
    this.check();
  }

  isRunning(tabId: number): boolean {
    return this.rows.get(tabId)?.state === 'running';
  }

  progress(tabId: number): ScanProgress | null {
    const scan = this.rows.get(tabId);
    if (scan === undefined) return null;
    return progressOf(scan, this.openOf(tabId), this.environment.now());
  }

  /** Begins a scan of the tab; one that is running goes on undisturbed. Resolves when every document was asked. */
  async start(tabId: number): Promise<void> {
    if (this.isRunning(tabId)) return;
    const startedAt = this.environment.now();
    await this.put({ tabId, state: 'running', collecting: true, total: 0, startedAt, endedAt: null });
    await this.collect(tabId);
    this.check();
  }

  /** Images that appeared while the scan runs. */
  async more(frame: KnownFrame, images: readonly ImageRef[]): Promise<void> {
    if (this.isRunning(frame.tabId)) await this.add(frame, images);
  }

  /** Ends the tab's scan: nothing more is looked at on its behalf. */
  async cancel(tabId: number): Promise<void> {
    if (!this.isRunning(tabId)) return;
    await this.finish(tabId, 'cancelled');
    const mine = this.environment.queue.leave((subscriber) =>
      subscriber.tabId === tabId ? withoutScanned(subscriber) : subscriber,
    );
    await Promise.all(
      this.environment.framesOf(tabId).map((frame) => {
        const left = mine.filter(({ frameId }) => frameId === frame.frameId);
        const state = { state: 'failed', reason: 'cancelled' } as const;
        const states = left.map(({ id, generation }) => ({ id, generation, state }));
        return states.length > 0 ? this.environment.push(frame, states) : null;
      }),
    );
  }

  /** The tab has navigated or closed: its scan is history. */
  async forget(tabId: number): Promise<void> {
    if (!this.rows.delete(tabId)) return;
    await removeScan(tabId);
    this.environment.changed(tabId);
  }

  /** Finishes every scan that waits for nothing any more. Call it whenever the queue has changed. */
  check(): void {
    for (const scan of this.rows.values()) {
      const waits = scan.collecting || this.openOf(scan.tabId) > 0;
      if (scan.state === 'running' && !waits) void this.finish(scan.tabId, 'finished');
    }
  }

  private async collect(tabId: number): Promise<void> {
    const frames = await this.environment.reach(tabId);
    await Promise.all(frames.map(async (frame) => this.add(frame, await this.environment.collect(frame))));
    const scan = this.rows.get(tabId);
    if (scan !== undefined) await this.put({ ...scan, collecting: false });
  }

  /** Counts a document's images in and has them screened; those that the scan waits for already are not new. */
  private async add(frame: KnownFrame, images: readonly ImageRef[]): Promise<void> {
    const { tabId } = frame;
    const waiting = new Set(this.environment.queue.outstanding(tabId).map(elementKey));
    const fresh = images.filter(
      ({ id, generation }) => !waiting.has(elementKey({ ...frame, id, generation })),
    );
    const scan = this.rows.get(tabId);
    if (fresh.length === 0 || scan === undefined) return;
    if (scan.state !== 'running') return this.refuse(frame, fresh);
    this.entering.set(tabId, this.enteringOf(tabId) + fresh.length);
    try {
      await this.put({ ...scan, total: scan.total + fresh.length });
      // Cancelled while that was written.
      if (!this.isRunning(tabId)) return await this.refuse(frame, fresh);
      const states = await this.environment.screen(frame, fresh, scanPriority);
      await this.environment.push(frame, states);
    } finally {
      this.entering.set(tabId, this.enteringOf(tabId) - fresh.length);
    }
    this.check();
  }

  /** Images of a scan that was cancelled while they were on their way here: their document still waits for them. */
  private async refuse(frame: KnownFrame, images: readonly ImageRef[]): Promise<void> {
    const state = { state: 'failed', reason: 'cancelled' } as const;
    await this.environment.push(
      frame,
      images.map(({ id, generation }) => ({ id, generation, state })),
    );
  }

  private enteringOf(tabId: number): number {
    return this.entering.get(tabId) ?? 0;
  }

  /** Images that the scan has counted and whose documents have no answer: a finished scan has no open rows. */
  private openOf(tabId: number): number {
    const { queue, undelivered } = this.environment;
    return queue.outstanding(tabId).length + undelivered(tabId) + this.enteringOf(tabId);
  }

  private async put(scan: ScanRow): Promise<void> {
    this.rows.set(scan.tabId, scan);
    this.environment.changed(scan.tabId);
    await saveScan(scan);
  }

  private async finish(tabId: number, state: 'finished' | 'cancelled'): Promise<void> {
    const scan = this.rows.get(tabId);
    if (scan === undefined) return;
    const endedAt = this.environment.now();
    const { done } = progressOf(scan, this.openOf(tabId), endedAt);
    const ended = { ...scan, state, collecting: false, done, endedAt };
    const saved = this.put(ended);
    const { framesOf, end } = this.environment;
    await Promise.all(framesOf(tabId).map((frame) => end(frame, state === 'finished')));
    await saved;
  }
}

const elementKey = ({ frameId, documentId, id, generation }: Element): string =>
  `${frameId}/${documentId ?? ''}/${id}.${generation}`;

const isCollecting = ({ state, collecting }: ScanRow): boolean => state === 'running' && collecting;
