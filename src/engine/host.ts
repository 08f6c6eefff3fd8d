/**
 * The engine's host: reads, recognises, deduplicates and screens pictures. It runs in the offscreen document or in
 * Firefox's event page and knows neither: how messages travel, how addresses are read and what is already known
 * come in as functions.
 */

import { type Sniffed, sniff } from '../core/image/sniff.ts';
import { type ModelCard, modelKey } from '../core/model/card.ts';
import { type Effort, PLAN } from '../core/model/tiles.ts';
import type { Result } from '../core/result.ts';
import { isTooSmall } from '../core/score/screen.ts';
import { answers, isBetter, wantsStrong } from '../core/score/second-opinion.ts';
import type { Abstained, Failed, ModelRole, PatchMap, Scored } from '../core/verdict.ts';
import { hexSha256 } from '../platform/hash.ts';
import { engineInfoOf } from '../protocol/engine-info.ts';
import type { EngineJob, EngineOutcome } from '../protocol/messages.ts';
import { type EngineInfo, occasionOf, type Priority } from '../protocol/schemas.ts';
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
  cards: Readonly<Record<ModelRole, ModelCard>>;
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

/** A picture that deserves a worker. */
interface Readable {
  bytes: Uint8Array<ArrayBuffer>;
  sha256: string;
  sniffed: Sniffed;
}

interface Answer extends Screened {
  fromCache: boolean;
}

/** One look by one model. */
interface Look {
  readable: Readable;
  effort: Effort;
  entries: Set<Entry>;
  /** Null: the fast model looks. Else the strong one does, and this is what stands until it has spoken, or if it cannot. */
  before: Answer | null;
}

/** A look that workers take for one or more jobs. */
interface Computation extends Look {
  key: string;
  task: PoolTask;
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
      if (!read.ok) return this.#finish(entry, failedWith(read.failure));
      await this.#recognise(entry, read.value as Uint8Array<ArrayBuffer>);
    } catch {
      this.#finish(entry, failedWith({ state: 'failed', reason: 'engine-failed' }));
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
    if (!sniffed.ok) return this.#finish(entry, failedWith(sniffed.failure));
    const sha256 = await hexSha256(bytes);
    const { facts } = sniffed.value;
    const card = this.#options.cards.fast;
    if (isTooSmall(facts, card)) {
      const verdict: Abstained = {
        state: 'abstained',
        reason: 'too-small',
        facts,
        model: modelKey(card),
        sha256,
      };
      return this.#finish(entry, { verdict, map: null, thumbnail: null, fromCache: false });
    }
    // A cache that fails costs time, not the answer.
    const known = await this.#options.knownVerdicts.find(sha256).catch(() => null);
    const { effort } = entry.job;
    if (
      known !== null &&
      answers(known.verdict, { occasion: occasionOf(entry.urgency), effort }, this.#strong)
    ) {
      return this.#finish(entry, { ...screenedOf(known), fromCache: true });
    }
    if (this.#isInHand(entry)) this.#look(entry, { bytes, sha256, sniffed: sniffed.value }, known);
  }

  /** The strong model's card where it can be asked. */
  get #strong(): ModelCard | null {
    return this.#pool.offers('strong') ? this.#options.cards.strong : null;
  }

  /** Has a picture looked at for one job: by the strong model at once where the fast one has spoken before. */
  #look(entry: Entry, readable: Readable, known: Known | null): void {
    const { widthPx, heightPx } = readable.sniffed.facts;
    // What a quick look sees whole is a full look: both are one computation.
    const effort = widthPx * heightPx <= PLAN.quickPixels ? 'full' : entry.job.effort;
    const goesOn =
      known?.verdict.state === 'scored' &&
      (known.verdict.role === 'strong' || this.#wantsStrong(entry, known));
    const before = known !== null && goesOn ? { ...screenedOf(known), fromCache: true } : null;
    this.#begin({ readable, effort, before, entries: new Set([entry]) });
  }

  #wantsStrong({ urgency }: Entry, { verdict }: Pick<Screened, 'verdict'>): boolean {
    if (verdict.state !== 'scored') return false;
    const backend = verdict.backend === 'webgpu' ? 'webgpu' : 'wasm';
    return wantsStrong(verdict, occasionOf(urgency), this.#strong, backend);
  }

  /** Begins a look, or joins a running one that sees no less. */
  #begin(look: Look): void {
    const { readable, effort, before } = look;
    const { bytes, sha256, sniffed } = readable;
    const role: ModelRole = before === null ? 'fast' : 'strong';
    const running = this.#running(sha256, effort, role);
    if (running !== undefined) {
      for (const entry of look.entries) this.#join(entry, running);
      return;
    }
    const { entries } = look;
    const task: PoolTask = {
      ...{ bytes, sha256, effort, role },
      pixels: sniffed.facts.widthPx * sniffed.facts.heightPx,
      sequence: Math.min(...[...entries].map(({ sequence }) => sequence)),
      priority: () => mostUrgent(entries),
      finish: (screened) => this.#looked(computation, screened),
    };
    const computation: Computation = { ...look, key: keyOf(sha256, effort, role), task };
    this.#computations.set(computation.key, computation);
    for (const entry of [...entries]) this.#join(entry, computation);
    this.#pool.add(task);
  }

  #running(sha256: string, effort: Effort, role: ModelRole): Computation | undefined {
    const roles: ModelRole[] = role === 'fast' ? ['strong', 'fast'] : ['strong'];
    const efforts: Effort[] = effort === 'quick' ? ['full', 'quick'] : ['full'];
    const keys = roles.flatMap((by) => efforts.map((how) => keyOf(sha256, how, by)));
    return keys.map((key) => this.#computations.get(key)).find((found) => found !== undefined);
  }

  /** Whoever waits for this very picture hears what is known of it already. */
  #join(entry: Entry, computation: Computation): void {
    computation.entries.add(entry);
    entry.computation = computation;
    const { before } = computation;
    if (before !== null && occasionOf(entry.urgency) === 'awaited') this.#tell(entry, before, true);
  }

  /** A look has ended; null: in vain. Jobs that want the strong model's word, too, go on. */
  #looked(computation: Computation, screened: Screened | null): void {
    this.#forget(computation);
    const { readable, effort, before } = computation;
    const said = lastWord(screened, before);
    const entries = [...computation.entries];
    const goOn = before === null ? entries.filter((entry) => this.#wantsStrong(entry, said)) : [];
    for (const entry of entries) if (!goOn.includes(entry)) this.#finish(entry, said);
    if (goOn.length > 0) this.#begin({ readable, effort, before: said, entries: new Set(goOn) });
  }

  #finish(entry: Entry, answer: Answer): void {
    if (!this.#isInHand(entry)) return;
    entry.computation?.entries.delete(entry);
    entry.computation = null;
    this.#leave(entry);
    this.#tell(entry, answer, false);
  }

  #tell({ job }: Entry, { verdict, map, thumbnail, fromCache }: Answer, interim: boolean): void {
    this.#options.onDone({ jobId: job.jobId, verdict, map, thumbnail, fromCache, interim });
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
    return engineInfoOf(this.#options.cards, this.#pool.state());
  }

  #tellInfo(): void {
    const info = this.#info();
    const text = JSON.stringify(info);
    if (text === this.#lastInfo) return;
    this.#lastInfo = text;
    this.#options.onInfo(info);
  }
}

const failedWith = (verdict: Failed): Answer => ({ verdict, map: null, thumbnail: null, fromCache: false });

const screenedOf = ({ verdict, map, thumbnail }: Known): Screened => ({
  verdict,
  map,
  thumbnail: thumbnail as Screened['thumbnail'],
});

const keyOf = (sha256: string, effort: Effort, role: ModelRole): string => `${sha256}:${effort}:${role}`;

/** What stands after a look: its score; without one, what stood before. */
function lastWord(screened: Screened | null, before: Answer | null): Answer {
  const better =
    screened !== null &&
    (before === null || (screened.verdict.state === 'scored' && !isWorse(screened.verdict, before.verdict)));
  if (better) return { ...screened, fromCache: false };
  return before ?? failedWith({ state: 'failed', reason: 'engine-failed' });
}

const isWorse = (verdict: Scored, before: Answer['verdict']): boolean =>
  before.state !== 'failed' && isBetter(before, verdict);

/** Urgency of the most urgent entry; `bulk` when none is left. */
function mostUrgent(entries: Set<Entry>): Priority {
  let urgency: Priority = 'bulk';
  for (const entry of entries) if (isMoreUrgent(entry.urgency, urgency)) urgency = entry.urgency;
  return urgency;
}
