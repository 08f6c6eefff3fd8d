/**
 * The engine's host: reads, recognises, deduplicates and screens pictures. It runs in the offscreen document or in
 * Firefox's event page and knows neither: how messages travel, how addresses are read and what is already known
 * come in as functions.
 */

import { type Sniffed, sniff } from '../core/image/sniff.ts';
import { limitsOf, type ModelCard, modelKey } from '../core/model/card.ts';
import type { Result } from '../core/result.ts';
import { isTooSmall } from '../core/score/screen.ts';
import type { Abstained, Failed, PatchMap, Scored } from '../core/verdict.ts';
import type { EngineJob, EngineOutcome } from '../protocol/messages.ts';
import type { EngineInfo, Priority } from '../protocol/schemas.ts';
import { hexSha256 } from './hash.ts';
import { type PoolTask, type Timers, type WorkerFactory, WorkerPool } from './pool.ts';
import { isMoreUrgent, takeNext } from './waiting-line.ts';
import type { Screened } from './worker-protocol.ts';

/** A verdict of an earlier visit. */
export interface Known {
  verdict: Scored | Abstained;
  map: PatchMap | null;
  thumbnail: Uint8Array | null;
}

type UrlSource = Extract<EngineJob['source'], { kind: 'url' }>;
export type ReadUrl = (
  source: Omit<UrlSource, 'kind'>,
  signal: AbortSignal,
) => Promise<Result<Uint8Array, Failed>>;

export interface HostOptions {
  card: ModelCard;
  readUrl: ReadUrl;
  knownVerdicts: { find(sha256: string): Promise<Known | null> };
  /** A job has left the waiting line. */
  onStarted(jobId: string): void;
  onDone(outcome: EngineOutcome): void;
  onInfo(info: EngineInfo): void;
  /** Nothing was in hand for a minute; the workers have been ended. */
  onIdle(): void;
  workerFactory: WorkerFactory;
  /** Logical processors of the machine. */
  cores: number;
  timers?: Timers;
  /** Tests only: accept a software adapter as WebGPU. */
  allowFallbackAdapter?: boolean;
}

export interface EngineHost {
  /** Takes a job in hand. The same `jobId` again only raises its priority. */
  run(job: EngineJob): void;
  cancel(jobIds: readonly string[]): void;
  status(): { inHand: string[]; info: EngineInfo };
}

/** Requests in flight at once. */
const READERS = 6;
export const IDLE_MS = 60_000;

export const systemTimers: Timers = {
  start: (callback, ms) => setTimeout(callback, ms),
  stop: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
};

/** One job in hand. */
interface Entry {
  readonly sequence: number;
  readonly job: EngineJob;
  urgency: Priority;
  priority(): Priority;
  readonly abort: AbortController;
  computation: Computation | null;
}

/** One picture that workers look at for one or more jobs. */
interface Computation {
  key: string;
  entries: Set<Entry>;
  task: PoolTask;
}

/** A picture that deserves a worker. */
interface Readable {
  bytes: Uint8Array<ArrayBuffer>;
  sha256: string;
  sniffed: Sniffed;
}

/** A host without workers yet; they start with the first picture that needs them. */
export const createEngineHost = (options: HostOptions): EngineHost => new Host(options);

class Host implements EngineHost {
  readonly #options: HostOptions;
  readonly #timers: Timers;
  readonly #pool: WorkerPool;
  readonly #entries = new Map<string, Entry>();
  readonly #line = new Set<Entry>();
  readonly #computations = new Map<string, Computation>();
  #readers = 0;
  #nextSequence = 0;
  #idleTimer: unknown = null;
  #lastInfo = '';

  constructor(options: HostOptions) {
    this.#options = options;
    this.#timers = options.timers ?? systemTimers;
    this.#pool = new WorkerPool({
      workerFactory: options.workerFactory,
      cores: options.cores,
      timers: this.#timers,
      allowFallbackAdapter: options.allowFallbackAdapter ?? false,
      onChange: () => this.#tellInfo(),
    });
  }

  run(job: EngineJob): void {
    const present = this.#entries.get(job.jobId);
    if (present !== undefined) {
      if (isMoreUrgent(job.priority, present.urgency)) present.urgency = job.priority;
      return;
    }
    if (this.#idleTimer !== null) this.#timers.stop(this.#idleTimer);
    this.#idleTimer = null;
    const entry: Entry = {
      sequence: this.#nextSequence++,
      job,
      urgency: job.priority,
      priority: () => entry.urgency,
      abort: new AbortController(),
      computation: null,
    };
    this.#entries.set(job.jobId, entry);
    this.#line.add(entry);
    this.#feedReaders();
  }

  cancel(jobIds: readonly string[]): void {
    for (const jobId of jobIds) {
      const entry = this.#entries.get(jobId);
      if (entry === undefined) continue;
      entry.abort.abort();
      this.#line.delete(entry);
      this.#leave(entry);
    }
  }

  status(): { inHand: string[]; info: EngineInfo } {
    return { inHand: [...this.#entries.keys()], info: this.#info() };
  }

  #feedReaders(): void {
    while (this.#readers < READERS) {
      const entry = takeNext(this.#line);
      if (entry === undefined) return;
      this.#readers += 1;
      this.#options.onStarted(entry.job.jobId);
      void this.#read(entry);
    }
  }

  /** Never rejects: whatever goes wrong on the way becomes this job's outcome. */
  async #read(entry: Entry): Promise<void> {
    try {
      const read = await this.#bytesOf(entry);
      this.#readers -= 1;
      this.#feedReaders();
      if (!read.ok) return this.#finish(entry, { verdict: read.failure, map: null, thumbnail: null });
      await this.#recognise(entry, read.value as Uint8Array<ArrayBuffer>);
    } catch {
      this.#finish(entry, engineFailed());
    }
  }

  async #bytesOf({ job, abort }: Entry): Promise<Result<Uint8Array, Failed>> {
    const { source } = job;
    if (source.kind === 'bytes') return { ok: true, value: source.bytes };
    const { url, pageUrl } = source;
    try {
      return await this.#options.readUrl({ url, pageUrl }, abort.signal);
    } catch {
      // The reader answers with values; what it throws is an aborted signal or a bug, and no reason to stall.
      return {
        ok: false,
        failure: { state: 'failed', reason: abort.signal.aborted ? 'cancelled' : 'network' },
      };
    }
  }

  /** Ends the job where header, size or an earlier visit already decide it; else hands the picture to a worker. */
  async #recognise(entry: Entry, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const sniffed = sniff(bytes);
    if (!sniffed.ok) return this.#finish(entry, { verdict: sniffed.failure, map: null, thumbnail: null });
    const sha256 = await hexSha256(bytes);
    const { facts } = sniffed.value;
    const { card } = this.#options;
    if (isTooSmall(facts, card)) {
      const verdict: Abstained = {
        state: 'abstained',
        reason: 'too-small',
        facts,
        model: modelKey(card),
        sha256,
      };
      return this.#finish(entry, { verdict, map: null, thumbnail: null });
    }
    // A cache that fails costs time, not the answer.
    const known = await this.#options.knownVerdicts.find(sha256).catch(() => null);
    if (known !== null && satisfies(known, entry.job.effort)) return this.#finish(entry, known, true);
    if (this.#isInHand(entry)) this.#compute(entry, { bytes, sha256, sniffed: sniffed.value });
  }

  #compute(entry: Entry, { bytes, sha256, sniffed }: Readable): void {
    const { effort } = entry.job;
    const full = `${sha256}:full`;
    const key = effort === 'full' || this.#computations.has(full) ? full : `${sha256}:quick`;
    const running = this.#computations.get(key);
    if (running !== undefined) {
      running.entries.add(entry);
      entry.computation = running;
      return;
    }
    const entries = new Set([entry]);
    const pixels = sniffed.facts.widthPx * sniffed.facts.heightPx;
    const task: PoolTask = {
      ...{ bytes, sha256, effort, pixels, sequence: entry.sequence },
      priority: () => mostUrgent(entries),
      finish: (screened) => this.#finishAll(computation, screened ?? engineFailed()),
    };
    const computation: Computation = { key, entries, task };
    this.#computations.set(key, computation);
    entry.computation = computation;
    this.#pool.add(task);
  }

  #finishAll(computation: Computation, screened: Screened): void {
    this.#forget(computation);
    for (const entry of [...computation.entries]) this.#finish(entry, screened);
  }

  #finish(
    entry: Entry,
    outcome: Pick<EngineOutcome, 'verdict' | 'map'> & Pick<Known, 'thumbnail'>,
    fromCache = false,
  ): void {
    if (!this.#isInHand(entry)) return;
    entry.computation?.entries.delete(entry);
    entry.computation = null;
    this.#leave(entry);
    const thumbnail = outcome.thumbnail as EngineOutcome['thumbnail'];
    this.#options.onDone({
      jobId: entry.job.jobId,
      verdict: outcome.verdict,
      map: outcome.map,
      thumbnail,
      fromCache,
    });
  }

  #isInHand = (entry: Entry): boolean => this.#entries.get(entry.job.jobId) === entry;

  #leave(entry: Entry): void {
    this.#entries.delete(entry.job.jobId);
    const { computation } = entry;
    if (computation !== null) {
      computation.entries.delete(entry);
      if (computation.entries.size === 0) {
        this.#forget(computation);
        this.#pool.cancel(computation.task);
      }
    }
    if (this.#entries.size > 0 || this.#idleTimer !== null) return;
    this.#idleTimer = this.#timers.start(() => this.#goIdle(), IDLE_MS);
  }

  #forget(computation: Computation): void {
    if (this.#computations.get(computation.key) === computation) this.#computations.delete(computation.key);
  }

  #goIdle(): void {
    this.#idleTimer = null;
    this.#pool.release();
    this.#options.onIdle();
  }

  #info(): EngineInfo {
    const { card } = this.#options;
    const { id, name, starter } = card;
    return { ...this.#pool.state(), model: { id, name, starter, limits: limitsOf(card) } };
  }

  #tellInfo(): void {
    const info = this.#info();
    const text = JSON.stringify(info);
    if (text === this.#lastInfo) return;
    this.#lastInfo = text;
    this.#options.onInfo(info);
  }
}

const engineFailed = (): Screened => ({
  verdict: { state: 'failed', reason: 'engine-failed' },
  map: null,
  thumbnail: null,
});

const satisfies = ({ verdict }: Known, effort: EngineJob['effort']): boolean =>
  effort === 'quick' || verdict.state === 'abstained' || verdict.coverage === 1;

/** Urgency of the most urgent entry; `bulk` when none is left. */
function mostUrgent(entries: Set<Entry>): Priority {
  let urgency: Priority = 'bulk';
  for (const entry of entries) if (isMoreUrgent(entry.urgency, urgency)) urgency = entry.urgency;
  return urgency;
}
