/**
 * The durable job table at work. Memory is what decisions are made from, the store is what survives: every
 * change is written behind it. The service worker may die after any line; `load` and `reconcile` then find
 * out what the engine still has and send the rest again.
 */
import { mayDifferInPage } from '../../core/net/status.ts';
import type { Result } from '../../core/result.ts';
import type { FailureReason, ImageState, Verdict } from '../../core/verdict.ts';
import type { JobChanges } from '../../platform/store/jobs.ts';
import type { JobRow, Subscriber } from '../../platform/store/schema.ts';
import type { FrameAddress } from '../../platform/transports.ts';
import type { EngineJob, EngineOutcome } from '../../protocol/messages.ts';
import type { EngineLink } from '../engine-link.ts';
import {
  type Capacity,
  type Leaving,
  moreUrgent,
  nextRows,
  outstanding,
  priorityOf,
  readInPages,
  sameFrame,
  subscribed,
  type UrlRow,
  unsubscribed,
  type Want,
} from './rows.ts';

/** What an element is to show. */
export interface Delivery {
  subscriber: Subscriber;
  state: ImageState;
}

export interface QueueEnvironment {
  engine: EngineLink;
  /** The bytes as the subscriber's page reads them, its reason, or null when its frame is gone. */
  readInPage: (reader: Subscriber) => Promise<Result<Uint8Array<ArrayBuffer>, FailureReason> | null>;
  isPermitted: (url: string) => Promise<boolean>;
  /**
   * Keeps a verdict and resolves with the best one known of these bytes; `url` is the address it was read from
   * anonymously, or null.
   */
  keep: (outcome: EngineOutcome, url: string | null) => Promise<Verdict>;
  /** Resolves when every document has taken its states, or is gone. */
  deliver: (deliveries: Delivery[]) => Promise<void>;
  save: (changes: JobChanges) => Promise<void>;
  /** Called after rows came or went. */
  changed: () => void;
  /** A row's work threw: a bug, not a state. */
  reportBug: (error: unknown) => void;
}

/** How often a row is handed out before the engine is said to fail on it. */
const MAX_ATTEMPTS = 3;
/** A document that is closing refuses for this long; without a pause all attempts would meet the same one. */
const HAND_OVER_PAUSE_MS = 200;
const CAPACITY: Capacity = { ordinary: 8, urgent: 16, pageReads: 3 };

export class Queue {
  private readonly rows = new Map<string, JobRow>();
  private readonly keys = new Map<string, string>();
  /** Jobs on their way to the engine: it cannot know them yet. */
  private readonly sending = new Set<string>();
  private capacity = CAPACITY;
  private sequence = 0;
  private readonly numbering = {
    jobId: () => crypto.randomUUID(),
    sequence: () => this.sequence++,
  };

  constructor(private readonly environment: QueueEnvironment) {}

  get size(): number {
    return this.rows.size;
  }

  /** Elements of a tab that its scan still waits for. */
  outstanding(tabId: number): Subscriber[] {
    return outstanding(this.rows, tabId);
  }

  /** Takes the stored rows over at start-up, asks the engine what it has, and goes on. */
  async load(rows: readonly JobRow[]): Promise<void> {
    for (const row of rows) {
      this.remember(row);
      this.sequence = Math.max(this.sequence, row.sequence + 1);
    }
    await this.reconcile();
  }

  /** More workers take more jobs in hand. */
  setWorkers(workers: number): void {
    const ordinary = Math.max(CAPACITY.ordinary, workers * 2);
    this.capacity = { ...CAPACITY, ordinary, urgent: ordinary * 2 };
  }

  /**
   * Subscribes every want, durably, and resolves with the state of each; null for one whose answer is on its
   * way already. Nothing is handed out before the caller has passed these states on: a `queued` that arrived
   * after the answer would hide it.
   */
  async request(wants: readonly Want[]): Promise<(ImageState | null)[]> {
    const { changes, keys } = subscribed(this.rows, wants, this.numbering);
    const raised = changes.put.filter((row) => this.isRaised(row));
    const saved = this.apply(changes);
    for (const row of raised) void this.raise(row);
    await saved;
    setTimeout(() => this.dispatch(), 0);
    return keys.map((key): ImageState | null => {
      if (key === null) return { state: 'failed', reason: 'gone' };
      const row = this.rows.get(key);
      return row === undefined ? null : { state: row.state === 'running' ? 'running' : 'queued' };
    });
  }

  /** Lets subscribers go, stops work that nobody waits for, and returns those that left altogether. */
  leave(leaving: Leaving): Subscriber[] {
    const { changes, left } = unsubscribed(this.rows, leaving);
    void this.apply(changes);
    this.dispatch();
    return left;
  }

  /** Lets a document's subscribers go: it has navigated, closed or lost its content script. */
  forgetFrame(frame: FrameAddress): void {
    this.leave((subscriber) => (sameFrame(subscriber, frame) ? null : subscriber));
  }

  /** The engine has begun with a job. */
  started(jobId: string): void {
    const row = this.rowOf(jobId);
    if (row === undefined) return;
    const running: JobRow = { ...row, state: 'running' };
    // Not written: after a restart the engine itself says what it has in hand.
    this.remember(running);
    void this.deliverTo(running.subscribers, { state: 'running' });
  }

  /**
   * The engine has finished a job, or has one model's word and asks the other. Resolves when the outcome is kept and on
   * its way.
   */
  async done(outcome: EngineOutcome): Promise<void> {
    const { jobId, interim } = outcome;
    const source = this.rowOf(jobId)?.source;
    // Kept first: whoever hears of the verdict may ask for its map at once.
    const verdict = await this.environment.keep(outcome, source?.kind === 'url' ? source.url : null);
    const row = this.rowOf(jobId);
    // An interim word that the last one has overtaken finds no row.
    if (row === undefined) return;
    if (interim) {
      if (verdict.state !== 'scored') return;
      void this.deliverTo(row.subscribers, { ...verdict, provisional: true });
      return;
    }
    if (!this.handToPages(row, verdict)) this.finish(row, verdict);
    this.dispatch();
  }

  /** Compares what is out with what the engine has: collects what it could not deliver, sends again what it lost. */
  async reconcile(): Promise<void> {
    const before = [...this.rows.values()].filter(
      ({ state, jobId }) => state !== 'waiting' && !this.sending.has(jobId),
    );
    const status = this.rows.size > 0 ? await this.environment.engine.status() : null;
    for (const outcome of status?.undelivered ?? []) {
      // One that cannot be taken must not cost the others: its row is sent again below.
      await this.done(outcome).catch(this.environment.reportBug);
    }
    const inHand = new Set(status?.inHand);
    for (const { jobId } of before) {
      const row = this.rowOf(jobId);
      if (row !== undefined && !inHand.has(jobId)) this.sendAgain(row);
    }
    const orphans = [...inHand].filter((jobId) => !this.keys.has(jobId));
    if (orphans.length > 0) await this.environment.engine.cancel(orphans);
    this.dispatch();
  }

  private rowOf(jobId: string): JobRow | undefined {
    const key = this.keys.get(jobId);
    return key === undefined ? undefined : this.rows.get(key);
  }

  private remember(row: JobRow): void {
    this.rows.set(row.key, row);
    this.keys.set(row.jobId, row.key);
  }

  /** Applies changes to memory, tells the engine to stop removed jobs, and writes; resolves when written. */
  private apply(changes: JobChanges): Promise<void> {
    const stopped: string[] = [];
    for (const row of changes.put) this.remember(row);
    for (const key of changes.remove) {
      const row = this.rows.get(key);
      if (row === undefined) continue;
      this.rows.delete(key);
      this.keys.delete(row.jobId);
      if (row.state !== 'waiting') stopped.push(row.jobId);
    }
    if (stopped.length > 0) this.environment.engine.cancel(stopped).catch(this.environment.reportBug);
    return this.environment.save(changes);
  }

  private forget(row: JobRow): void {
    this.rows.delete(row.key);
    this.keys.delete(row.jobId);
  }

  /**
   * Ends a row. Its stored copy goes last: a worker that dies before the answer has arrived finds the row again,
   * and the engine then answers from the cache.
   */
  private finish(row: JobRow, verdict: Verdict): void {
    this.forget(row);
    void this.deliverTo(row.subscribers, verdict).then(() => {
      // Asked for again in the meantime: that row is another one's.
      if (!this.rows.has(row.key)) void this.environment.save({ put: [], remove: [row.key] });
    });
  }

  private async deliverTo(subscribers: readonly Subscriber[], state: ImageState): Promise<void> {
    if (subscribers.length === 0) return;
    await this.environment.deliver(subscribers.map((subscriber) => ({ subscriber, state })));
  }

  /** Where the background's anonymous request was refused but the page may read the picture, lets it. */
  private handToPages(row: JobRow, verdict: Verdict): boolean {
    const { source } = row;
    if (verdict.state !== 'failed' || source.kind !== 'url' || !mayDifferInPage(verdict)) return false;
    if (!row.subscribers.some(({ pageReadable }) => pageReadable)) return false;
    const refused = this.moveToPages({ ...row, source }, ({ pageReadable }) => pageReadable);
    void this.deliverTo(refused, verdict);
    return true;
  }

  /** Replaces a row by one for each document that `may` read the picture; returns the subscribers that may not. */
  private moveToPages(row: UrlRow, may: (subscriber: Subscriber) => boolean): Subscriber[] {
    const { changes, refused } = readInPages(this.rows, row, { may, numbering: this.numbering });
    this.forget(row);
    void this.apply({ ...changes, remove: [] });
    void this.environment.save({ put: [], remove: [row.key] });
    return refused;
  }

  private dispatch(): void {
    for (const row of nextRows(this.rows, this.capacity)) {
      const sent: JobRow = { ...row, state: 'sent', attempts: row.attempts + 1 };
      void this.apply({ put: [sent], remove: [] });
      this.sending.add(sent.jobId);
      this.send(sent)
        .catch(this.environment.reportBug)
        .finally(() => this.sending.delete(sent.jobId));
    }
    this.environment.changed();
  }

  private isOut({ jobId }: JobRow): boolean {
    const row = this.rowOf(jobId);
    return row !== undefined && row.state !== 'waiting';
  }

  /** Whether a changed row that is out has become more urgent than the engine knows. */
  private isRaised(row: JobRow): boolean {
    const before = this.rows.get(row.key);
    if (before === undefined || row.state === 'waiting') return false;
    const [now, then] = [priorityOf(row), priorityOf(before)];
    return now !== then && moreUrgent(now, then) === now;
  }

  /** Hands a job over once more, which raises it. Pictures with their bytes are not worth a second journey. */
  private async raise(row: JobRow): Promise<void> {
    if (row.source.kind === 'page' || this.sending.has(row.jobId)) return;
    const { jobId, effort, source } = row;
    // The first hand-over is tried again when it fails; this one has nothing to lose.
    await this.environment.engine.run({ jobId, effort, source, priority: priorityOf(row) }).catch(() => {});
  }

  private async send(row: JobRow): Promise<void> {
    const { source: wanted } = row;
    if (wanted.kind === 'url' && !(await this.environment.isPermitted(wanted.url))) {
      // A request without access would name Telltale in its Origin header. The page may try: CORS decides.
      const current = this.rowOf(row.jobId);
      if (current !== undefined) this.moveToPages({ ...current, source: wanted }, () => true);
      this.dispatch();
      return;
    }
    const source = wanted.kind === 'url' ? wanted : await this.readFirst(row);
    if (source === null || !this.isOut(row)) return;
    const { jobId, effort } = row;
    try {
      await this.environment.engine.run({
        jobId,
        effort,
        source,
        priority: priorityOf(this.rowOf(jobId) ?? row),
      });
    } catch {
      await new Promise((resolve) => setTimeout(resolve, HAND_OVER_PAUSE_MS));
      this.sendAgain(row);
      this.dispatch();
      return;
    }
    // Cancelled while it travelled: the cancellation may have overtaken it.
    if (!this.isOut(row)) await this.environment.engine.cancel([jobId]);
  }

  /** Puts a row back into the waiting line, or gives it up when it has been there too often. */
  private sendAgain({ jobId }: JobRow): void {
    const row = this.rowOf(jobId);
    if (row === undefined) return;
    if (row.attempts >= MAX_ATTEMPTS) this.finish(row, { state: 'failed', reason: 'engine-failed' });
    else void this.apply({ put: [{ ...row, state: 'waiting' }], remove: [] });
  }

  /** The bytes from the row's document, or null when that ended the row, or this try of it. */
  private async readFirst(row: JobRow): Promise<EngineJob['source'] | null> {
    const [reader] = row.subscribers;
    if (reader === undefined) return null;
    const read = await this.environment.readInPage(reader);
    if (read?.ok) return { kind: 'bytes', bytes: read.value };
    const current = this.rowOf(row.jobId);
    if (read === null) this.forgetFrame(reader);
    else if (current !== undefined) this.readFailed(current, reader, read.failure);
    this.dispatch();
    return null;
  }

  private readFailed(row: JobRow, reader: Subscriber, reason: FailureReason): void {
    const others = row.subscribers.filter(({ id }) => id !== reader.id);
    if (reason !== 'gone' || others.length === 0) {
      this.finish(row, { state: 'failed', reason });
      return;
    }
    // Only that element is gone; another one shows the same picture.
    void this.deliverTo([reader], { state: 'failed', reason });
    const waiting: JobRow = { ...row, state: 'waiting', attempts: row.attempts - 1, subscribers: others };
    void this.apply({ put: [waiting], remove: [] });
  }
}
