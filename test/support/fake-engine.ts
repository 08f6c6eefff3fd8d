/** Workers and a clock under a test's control, for the engine's pool and host. */
import type { ModelRole } from '../../src/core/verdict.ts';
import type { Timers, WorkerFactory } from '../../src/engine/pool.ts';
import type { WorkerRequest } from '../../src/engine/worker-protocol.ts';
import { type EngineNote, thrownFault } from '../../src/protocol/engine-fault.ts';
import { exampleCard } from './example-card.ts';

type ScreenRequest = Extract<WorkerRequest, { kind: 'screen' }>;

export class FakeWorker {
  readonly requests: WorkerRequest[] = [];
  ended = false;
  constructor(
    readonly say: (message: unknown) => void,
    readonly crash: (message: string) => void,
  ) {}

  ready(backend: 'webgpu' | 'wasm' = 'wasm', note: EngineNote | null = null): void {
    this.say({ kind: 'ready', backend, kernels: 'stock', note });
  }

  /** The picture this worker was last given. */
  get task(): ScreenRequest {
    const last = this.requests.findLast(({ kind }) => kind === 'screen');
    if (last?.kind !== 'screen') throw new Error('this worker has had no picture');
    return last;
  }

  /** It has heard nothing since. */
  get hasTask(): boolean {
    return this.requests.at(-1)?.kind === 'screen';
  }

  /** Says that it has left its picture. */
  stopped(): void {
    this.say({ kind: 'stopped', taskId: this.task.taskId, heapBytes: 1e6, worn: false });
  }

  /** Answers its picture with a plausible score, sure of it; `changes` makes it less so. */
  answer(changes: Record<string, unknown> = {}): void {
    const { taskId, sha256, role } = this.task;
    this.say({
      kind: 'screened',
      taskId,
      thumbnail: null,
      heapBytes: 1e6,
      worn: false,
      ...scored(sha256, { role }),
      ...changes,
    });
  }
}

export function scored(
  sha256: string,
  {
    coverage = 1,
    role = 'strong',
    level = 'none',
  }: { coverage?: number; role?: ModelRole; level?: 'none' | 'unsure' } = {},
) {
  const facts = { widthPx: 120, heightPx: 100, format: 'png', sizeBytes: 10 };
  const band: [number, number] = level === 'none' ? [0.05, 0.2] : [0.4, 0.6];
  const shares = {
    probability: level === 'none' ? 0.1 : 0.5,
    topProbability: 0.5,
    flaggedShare: 0,
    coverage,
  };
  const grid = { rows: 7, columns: 9 };
  const verdict = {
    ...{ state: 'scored' as const, level, band, grid, facts, ...shares },
    ...{
      pixelPath: 'file' as const,
      model: `${role}@1/p1`,
      role,
      backend: 'wasm' as const,
      computeMs: 5,
      sha256,
    },
  };
  const { receptiveField } = exampleCard;
  const map = { ...grid, values: new Uint8Array(63), receptiveField, widthPx: 120, heightPx: 100 };
  return { verdict, map };
}

/** Collects the workers a pool makes, oldest first. */
export function fakeWorkers(): { workers: FakeWorker[]; workerFactory: WorkerFactory } {
  const workers: FakeWorker[] = [];
  return {
    workers,
    workerFactory: ({ onMessage, onError }) => {
      const worker = new FakeWorker(onMessage, (message) => onError(thrownFault(message)));
      workers.push(worker);
      return {
        post: (request) => void worker.requests.push(request),
        terminate: () => {
          worker.ended = true;
        },
      };
    },
  };
}

/** A clock that stands still until it is advanced. */
export class FakeTimers implements Timers {
  #now = 0;
  readonly #waiting = new Map<object, { at: number; callback: () => void }>();

  start(callback: () => void, ms: number): unknown {
    const handle = {};
    this.#waiting.set(handle, { at: this.#now + ms, callback });
    return handle;
  }

  stop(handle: unknown): void {
    this.#waiting.delete(handle as object);
  }

  advance(ms: number): void {
    this.#now += ms;
    for (const [handle, { at, callback }] of [...this.#waiting]) {
      if (at > this.#now || !this.#waiting.delete(handle)) continue;
      callback();
    }
  }
}
