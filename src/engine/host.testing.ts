/** An engine host in a test's hands: workers, clock, addresses and cache are its own. */
import { expect, vi } from 'vitest';
import { exampleCard } from '../../test/support/example-card.ts';
import { FakeTimers, type FakeWorker, fakeWorkers } from '../../test/support/fake-engine.ts';
import { pngOf, waves } from '../../test/support/pictures-by-hand.ts';
import type { Result } from '../core/result.ts';
import type { Failed } from '../core/verdict.ts';
import type { EngineNote } from '../protocol/engine-fault.ts';
import type { EngineJob, EngineOutcome } from '../protocol/messages.ts';
import type { EngineInfo } from '../protocol/schemas.ts';
import { createEngineHost, type EngineHost, type Known } from './host.ts';

export const NO_GRAPHICS: EngineNote = { backend: 'webgpu', reason: 'no-adapter' };

const pictures = Array.from({ length: 8 }, (_, index) => pngOf(waves(120 + index, 100)));

/** A small picture that both models look at; each `index` has its own. */
export const picture = (index = 0): Uint8Array<ArrayBuffer> => Uint8Array.from(pictures[index] ?? []);

/** Index of the picture that a worker was given last. */
export const shown = (worker: FakeWorker | undefined): number =>
  pictures.findIndex((bytes) => Buffer.compare(bytes, worker?.task.bytes ?? new Uint8Array()) === 0);

type Changes = Partial<Pick<EngineJob, 'priority' | 'effort'>>;

export const job = (jobId: string, bytes: Uint8Array<ArrayBuffer>, changes: Changes = {}): EngineJob => ({
  ...{ jobId, priority: 'visible', effort: 'quick', source: { kind: 'bytes', bytes } },
  ...changes,
});

/** Lets promises that can settle do so. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export class HostBench {
  readonly engine: EngineHost;
  readonly workers: readonly FakeWorker[];
  readonly timers = new FakeTimers();
  /** Last words, by job. */
  readonly outcomes = new Map<string, EngineOutcome>();
  /** All words in their order, those before the last ones too. */
  readonly said: EngineOutcome[] = [];
  readonly started: string[] = [];
  /** The cache, by content hash. */
  readonly known = new Map<string, Known>();
  readonly reads = new Map<
    string,
    { finish: (result: Result<Uint8Array, Failed>) => void; signal: AbortSignal }
  >();
  readonly onIdle = vi.fn<() => void>();
  readonly onInfo = vi.fn<(info: EngineInfo) => void>();
  /** The last step before a picture goes to the workers. */
  #lookups = 0;

  /** The strong model takes pictures from `strongFromPx` on, the fast one as the example card does. */
  constructor({ cores = 2, strongFromPx = 100 } = {}) {
    const { workers, workerFactory } = fakeWorkers();
    this.workers = workers;
    this.engine = createEngineHost({
      cards: {
        fast: { ...exampleCard, id: 'fast' },
        strong: { ...exampleCard, id: 'strong', limits: { ...exampleCard.limits, minSidePx: strongFromPx } },
      },
      readUrl: ({ url }, signal) => new Promise((finish) => this.reads.set(url, { finish, signal })),
      knownVerdicts: { find: async (sha256) => this.#find(sha256) },
      onStarted: (jobId) => this.started.push(jobId),
      onDone: (outcome) => {
        this.said.push(outcome);
        if (!outcome.interim) this.outcomes.set(outcome.jobId, outcome);
      },
      ...{ onInfo: this.onInfo, onIdle: this.onIdle, workerFactory, cores, timers: this.timers },
    });
  }

  /** The state that a job ended in, or its reason where it failed. */
  reason(jobId: string): string | undefined {
    const verdict = this.outcomes.get(jobId)?.verdict;
    return verdict?.state === 'failed' ? verdict.reason : verdict?.state;
  }

  /** The worker at `index`, once it exists. */
  worker(index: number): Promise<FakeWorker> {
    return vi.waitFor(() => {
      const found = this.workers[index];
      if (found === undefined) throw new Error(`no worker ${index}`);
      return found;
    });
  }

  /** The worker at `index`, once it exists, ready and with a picture to look at. */
  async working(index: number, backend: 'wasm' | 'webgpu' = 'wasm'): Promise<FakeWorker> {
    const worker = await this.worker(index);
    worker.ready(backend);
    await vi.waitFor(() => expect(worker.hasTask).toBe(true));
    return worker;
  }

  /** Waits until `count` pictures since the start of the test have gone as far as the workers' line. */
  async recognised(count: number): Promise<void> {
    await vi.waitFor(() => expect(this.#lookups).toBe(count), { interval: 5 });
    await settle();
  }

  #find(sha256: string): Known | null {
    this.#lookups += 1;
    return this.known.get(sha256) ?? null;
  }
}
