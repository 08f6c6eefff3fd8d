/**
 * The workers of one engine host. A worker that hangs, crashes, answers nonsense, loses its device or has grown too
 * big is ended and replaced, never repaired; its task is tried once more on a fresh one.
 */
import * as v from 'valibot';
import type { Effort } from '../core/model/tiles.ts';
import type { Backend, ModelRole } from '../core/verdict.ts';
import type { EngineFault, EngineNote } from '../protocol/engine-fault.ts';
import { threadsFor } from './thread-policy.ts';
import { takeNext, type Waiting } from './waiting-line.ts';
import {
  isPlausible,
  type Screened,
  type WorkerReply,
  type WorkerRequest,
  workerReply,
} from './worker-protocol.ts';

export interface EngineWorker {
  post(request: WorkerRequest): void;
  terminate(): void;
}
/** Makes a worker and reports what it posts, and its uncaught errors. */
export type WorkerFactory = (events: {
  onMessage(message: unknown): void;
  onError(fault: EngineFault): void;
}) => EngineWorker;

/** Injected clock: `start` calls back after `ms` unless `stop` is called with what it returned. */
export interface Timers {
  start(callback: () => void, ms: number): unknown;
  stop(timer: unknown): void;
}

export interface PoolOptions {
  workerFactory: WorkerFactory;
  cores: number;
  timers: Timers;
  allowFallbackAdapter: boolean;
  /** Backend, note or number of workers changed. */
  onChange(): void;
}

/** One picture to screen. */
export interface PoolTask extends Waiting {
  bytes: Uint8Array<ArrayBuffer>;
  sha256: string;
  effort: Effort;
  role: ModelRole;
  /** Declared by the header; the deadline grows with it. */
  pixels: number;
  /** Called once, with null when two workers in a row failed on it, or its model cannot be had. */
  finish(screened: Screened | null): void;
}

export interface PoolState {
  backend: Backend | null;
  note: EngineNote | null;
  workers: number;
  /** Why the strong model did not come when it was last asked for, or null. */
  strongFault: EngineFault | null;
}

interface Member {
  worker: EngineWorker;
  /** Null while it starts; then the backend it runs on. */
  backend: Backend | null;
  task: PoolTask | null;
  taskId: number;
  /** Nobody waits for its task any more, and it was told so. */
  stopping: boolean;
  timer: unknown;
}

/** Loading, compiling and the golden check: a second or so, minutes behind a busy disk. */
export const START_DEADLINE_MS = 60_000;
/** A worker whose WASM memory exceeds this is replaced: it never shrinks. One 512 px tile needs some 250 MiB. */
export const HEAP_BUDGET_BYTES = 600 * 2 ** 20;
const MAX_WASM_WORKERS = 4;
/** By how much the strong model's work may exceed the fast one's: 12 GMAC against 1.3, rounded up. */
const STRONG_FACTOR = 10;
const MAX_ATTEMPTS = 2;
/** WebGPU faults after which only WASM is used until the host ends. */
const MAX_WEBGPU_FAULTS = 2;
/** Starts that fail in a row before what waits is given up. */
const MAX_START_FAULTS = 2;
const BAD_ANSWER: EngineFault = { reason: 'bad-answer' };

/** Generous on a slow phone: half a minute, a second a megapixel to decode, five a megapixel to infer with the fast model. */
export function taskDeadlineMs({
  pixels,
  effort,
  role,
}: Pick<PoolTask, 'pixels' | 'effort' | 'role'>): number {
  const megapixels = pixels / 1e6;
  const inferred = effort === 'full' ? megapixels : Math.min(megapixels, 2.5);
  const inferMs = 5_000 * inferred * (role === 'strong' ? STRONG_FACTOR : 1);
  return BASE_DEADLINE_MS + 1_000 * megapixels + inferMs;
}

const BASE_DEADLINE_MS = 30_000;
/** A worker that was told to stop finishes its tile, or decoding, or loading a model; one that takes longer is ended. */
export const STOP_DEADLINE_MS = 10_000;

export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #members = new Set<Member>();
  readonly #line = new Set<PoolTask>();
  readonly #attempts = new WeakMap<PoolTask, number>();
  #prefer: 'webgpu' | 'wasm' = 'webgpu';
  #backend: Backend | null = null;
  #note: EngineNote | null = null;
  #nextTaskId = 0;
  #webGpuFaults = 0;
  #startFaults = 0;
  #strongFault: EngineFault | null = null;
  /** The strong model has failed for good, that is until the workers are released. */
  #strongIsOut = false;
  /** Lowered to what the machine was seen to carry, until all workers are released. */
  #maxWorkers = MAX_WASM_WORKERS;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  add(task: PoolTask): void {
    this.#line.add(task);
    this.#feed();
  }

  /** Forgets a task; a worker that is busy with it stops before its next tile. */
  cancel(task: PoolTask): void {
    this.#line.delete(task);
    for (const member of this.#members) {
      if (member.task !== task || member.stopping) continue;
      member.stopping = true;
      member.worker.post({ kind: 'stop', taskId: member.taskId });
      this.#options.timers.stop(member.timer);
      member.timer = this.#options.timers.start(() => this.#replace(member), STOP_DEADLINE_MS);
    }
  }

  /** Ends all workers; they start again with the next task. */
  release(): void {
    this.#strongIsOut = false;
    this.#maxWorkers = MAX_WASM_WORKERS;
    for (const member of [...this.#members]) this.#remove(member);
  }

  state(): PoolState {
    return {
      backend: this.#backend,
      note: this.#note,
      workers: this.#members.size,
      strongFault: this.#strongFault,
    };
  }

  /** Whether tasks for that model have a chance. */
  offers(role: ModelRole): boolean {
    return role === 'fast' || !this.#strongIsOut;
  }

  #capacity(): number {
    if (this.#backend !== 'wasm') return 1;
    return Math.max(1, Math.min(this.#options.cores - 1, this.#maxWorkers));
  }

  /** Gives waiting tasks to idle workers, and starts one more worker at a time while tasks wait. */
  #feed(): void {
    for (const member of this.#members) {
      if (member.backend === null || member.task !== null) continue;
      const task = takeNext(this.#line);
      if (task === undefined) return;
      this.#assign(member, task);
    }
    const starting = [...this.#members].some((member) => member.backend === null);
    if (this.#line.size > 0 && !starting && this.#members.size < this.#capacity()) this.#startWorker();
  }

  #startWorker(): void {
    const { workerFactory, timers, allowFallbackAdapter } = this.#options;
    const worker = workerFactory({
      onMessage: (message) => this.#hear(member, message),
      onError: (fault) => this.#fault(member, fault),
    });
    const late = () => this.#fault(member, { reason: 'slow-start' });
    const timer = timers.start(late, START_DEADLINE_MS);
    const member: Member = { worker, backend: null, task: null, taskId: -1, stopping: false, timer };
    this.#members.add(member);
    worker.post({ kind: 'start', prefer: this.#prefer, allowFallbackAdapter });
    this.#options.onChange();
  }

  #assign(member: Member, task: PoolTask): void {
    member.task = task;
    member.taskId = this.#nextTaskId++;
    member.stopping = false;
    const late = () => this.#fault(member, { reason: 'slow-picture' });
    member.timer = this.#options.timers.start(late, taskDeadlineMs(task));
    const { bytes, sha256, effort, role } = task;
    const busy = [...this.#members].filter((other) => other !== member && other.task !== null).length;
    const threads = threadsFor({ priority: task.priority(), busy, cores: this.#options.cores });
    // Copied, not transferred: a second try needs the bytes again.
    member.worker.post({ kind: 'screen', taskId: member.taskId, bytes, sha256, effort, role, threads });
  }

  #hear(member: Member, message: unknown): void {
    if (!this.#members.has(member)) return;
    const parsed = v.safeParse(workerReply, message);
    const reply = parsed.success ? parsed.output : { kind: 'broken' as const, fault: BAD_ANSWER };
    if (reply.kind === 'broken') this.#fault(member, reply.fault);
    else if (reply.kind === 'ready') this.#ready(member, reply);
    else if (reply.kind === 'unable') this.#unable(member, reply);
    else if (reply.kind === 'stopped') this.#stopped(member, reply);
    else this.#screened(member, reply);
  }

  #ready(member: Member, reply: Extract<WorkerReply, { kind: 'ready' }>): void {
    this.#options.timers.stop(member.timer);
    member.backend = reply.backend;
    this.#backend = reply.backend;
    if (reply.note !== null) this.#note = reply.note;
    this.#startFaults = 0;
    this.#options.onChange();
    this.#feed();
  }

  #screened(member: Member, reply: Extract<WorkerReply, { kind: 'screened' }>): void {
    const { task } = member;
    if (task === null || reply.taskId !== member.taskId || !isPlausible(reply, task)) {
      this.#fault(member, BAD_ANSWER);
      return;
    }
    if (task.role === 'strong' && this.#strongFault !== null) this.#setStrongFault(null);
    this.#free(member, reply);
    task.finish({ verdict: reply.verdict, map: reply.map, thumbnail: reply.thumbnail });
    this.#feed();
  }

  #stopped(member: Member, reply: Extract<WorkerReply, { kind: 'stopped' }>): void {
    if (!member.stopping || reply.taskId !== member.taskId) {
      this.#fault(member, BAD_ANSWER);
      return;
    }
    this.#free(member, reply);
    this.#feed();
  }

  /** The worker has done with its task; one that has grown too big is ended. */
  #free(member: Member, { heapBytes, worn }: { heapBytes: number; worn: boolean }): void {
    this.#options.timers.stop(member.timer);
    member.task = null;
    if (worn || heapBytes > HEAP_BUDGET_BYTES) this.#remove(member);
  }

  /** The worker is well, but has no model for its task. */
  #unable(member: Member, { taskId, fault }: Extract<WorkerReply, { kind: 'unable' }>): void {
    const { task } = member;
    if (task === null || taskId !== member.taskId || task.role === 'fast') {
      this.#fault(member, BAD_ANSWER);
      return;
    }
    this.#options.timers.stop(member.timer);
    member.task = null;
    if (member.backend === 'webgpu' && fault.reason !== 'bad-weights') {
      // The graphics processor computes one model right and not the other: WebAssembly may do better.
      this.#remove(member);
      this.#useWasm(fault);
      if (!member.stopping) this.#line.add(task);
    } else this.#giveStrongUp(fault, task);
    this.#feed();
  }

  #giveStrongUp(fault: EngineFault, task: PoolTask): void {
    this.#strongIsOut = true;
    this.#setStrongFault(fault);
    const waiting = [...this.#line].filter(({ role }) => role === 'strong');
    for (const other of waiting) this.#line.delete(other);
    for (const given of [task, ...waiting]) given.finish(null);
  }

  #setStrongFault(fault: EngineFault | null): void {
    this.#strongFault = fault;
    this.#options.onChange();
  }

  /** Ends a worker that cannot be trusted any more and finds its task another. */
  #fault(member: Member, fault: EngineFault): void {
    if (!this.#members.has(member)) return;
    this.#remove(member);
    if (member.backend === null) this.#failedStart(fault);
    if (member.backend === 'webgpu') {
      this.#webGpuFaults += 1;
      if (this.#webGpuFaults >= MAX_WEBGPU_FAULTS) this.#useWasm(fault);
    }
    if (member.task !== null && !member.stopping) this.#retry(member.task);
    this.#feed();
  }

  /** Ends a worker whose task nobody waits for. */
  #replace(member: Member): void {
    this.#remove(member);
    this.#feed();
  }

  #failedStart(fault: EngineFault): void {
    if ([...this.#members].some(({ backend }) => backend !== null)) {
      // One too many for this machine: the others go on with what waits.
      this.#maxWorkers = this.#members.size;
      return;
    }
    if (this.#prefer === 'webgpu' && this.#backend === 'wasm') {
      // It ran on WASM before: the graphics processor is not what failed.
      this.#prefer = 'wasm';
    }
    if (this.#prefer === 'webgpu') {
      // A worker falls back by itself when WebGPU says no; here a driver hung it or took it down.
      this.#useWasm(fault);
      return;
    }
    this.#startFaults += 1;
    if (this.#startFaults < MAX_START_FAULTS) return;
    this.#startFaults = 0;
    this.#note = { ...fault, backend: 'wasm' };
    const given = [...this.#line];
    this.#line.clear();
    for (const task of given) task.finish(null);
  }

  #useWasm(fault: EngineFault): void {
    this.#prefer = 'wasm';
    this.#backend = null;
    this.#note = { ...fault, backend: 'webgpu' };
  }

  #retry(task: PoolTask): void {
    const tried = (this.#attempts.get(task) ?? 0) + 1;
    this.#attempts.set(task, tried);
    if (tried >= MAX_ATTEMPTS) task.finish(null);
    else this.#line.add(task);
  }

  #remove(member: Member): void {
    this.#options.timers.stop(member.timer);
    member.worker.terminate();
    this.#members.delete(member);
    this.#options.onChange();
  }
}
