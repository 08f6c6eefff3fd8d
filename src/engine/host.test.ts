import { beforeEach, describe, expect, it, vi } from 'vitest';
import { exampleCard } from '../../test/support/example-card.ts';
import { FakeTimers, type FakeWorker, fakeWorkers, scored } from '../../test/support/fake-engine.ts';
import { pngOf, waves } from '../../test/support/pictures-by-hand.ts';
import { failure, type Result, success } from '../core/result.ts';
import type { Failed } from '../core/verdict.ts';
import { hexSha256 } from '../platform/hash.ts';
import type { EngineNote } from '../protocol/engine-fault.ts';
import type { EngineJob, EngineOutcome } from '../protocol/messages.ts';
import type { EngineInfo } from '../protocol/schemas.ts';
import { createEngineHost, type EngineHost, IDLE_MS, type Known } from './host.ts';
import { HEAP_BUDGET_BYTES, START_DEADLINE_MS, taskDeadlineMs } from './pool.ts';

const pictures = Array.from({ length: 8 }, (_, index) => pngOf(waves(120 + index, 100)));
const picture = (index = 0): Uint8Array<ArrayBuffer> => Uint8Array.from(pictures[index] ?? []);
const bigPicture = (): Uint8Array<ArrayBuffer> => {
  // Only the header counts here: 4000 x 2000 px.
  const png = picture();
  new DataView(png.buffer).setUint32(16, 4000);
  new DataView(png.buffer).setUint32(20, 2000);
  return png;
};

/** Every picture here is large enough for both. */
const CARDS = {
  fast: { ...exampleCard, id: 'fast' },
  strong: { ...exampleCard, id: 'strong', limits: { ...exampleCard.limits, minSidePx: 100 } },
};

let workers: FakeWorker[];
let timers: FakeTimers;
let outcomes: Map<string, EngineOutcome>;
/** What was said of a picture before the last word. */
let interims: Map<string, EngineOutcome>;
let started: string[];
let known: Map<string, Known>;
let onIdle: ReturnType<typeof vi.fn<() => void>>;
let onInfo: ReturnType<typeof vi.fn<(info: EngineInfo) => void>>;
/** Lookups in the cache: the last step before a picture goes to the workers. */
let lookups: number;
let reads: Map<string, { finish: (result: Result<Uint8Array, Failed>) => void; signal: AbortSignal }>;

function host(cores = 2): EngineHost {
  const fakes = fakeWorkers();
  workers = fakes.workers;
  return createEngineHost({
    cards: CARDS,
    readUrl: ({ url }, signal) => new Promise((finish) => reads.set(url, { finish, signal })),
    knownVerdicts: {
      find: async (sha256) => {
        lookups += 1;
        return known.get(sha256) ?? null;
      },
    },
    onStarted: (jobId) => started.push(jobId),
    onDone: (outcome) => (outcome.interim ? interims : outcomes).set(outcome.jobId, outcome),
    ...{ onInfo, onIdle, workerFactory: fakes.workerFactory, cores, timers },
  });
}

type Changes = Partial<Pick<EngineJob, 'priority' | 'effort'>>;
const job = (jobId: string, bytes: Uint8Array<ArrayBuffer>, changes: Changes = {}): EngineJob => ({
  ...{ jobId, priority: 'visible', effort: 'quick', source: { kind: 'bytes', bytes } },
  ...changes,
});
const urlJob = (jobId: string, changes: Changes = {}): EngineJob => ({
  ...{ jobId, priority: 'visible', effort: 'quick' },
  source: { kind: 'url', url: `https://a.test/${jobId}`, pageUrl: 'https://a.test/' },
  ...changes,
});
const reason = (jobId: string): string | undefined => {
  const verdict = outcomes.get(jobId)?.verdict;
  return verdict?.state === 'failed' ? verdict.reason : verdict?.state;
};
/** The worker at `index`, once it exists. */
const worker = (index: number): Promise<FakeWorker> =>
  vi.waitFor(() => {
    const found = workers[index];
    if (found === undefined) throw new Error(`no worker ${index}`);
    return found;
  });
/** Lets promises that can settle do so. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** Waits until `count` pictures since the start of the test have gone as far as the workers' line. */
const recognised = async (count: number): Promise<void> => {
  await vi.waitFor(() => expect(lookups).toBe(count), { interval: 5 });
  await settle();
};
/** Index of the picture that a worker was given. */
const shown = (each: FakeWorker | undefined): number =>
  pictures.findIndex((bytes) => Buffer.compare(bytes, each?.task.bytes ?? new Uint8Array()) === 0);

const NO_GRAPHICS: EngineNote = { backend: 'webgpu', reason: 'no-adapter' };

beforeEach(() => {
  timers = new FakeTimers();
  outcomes = new Map();
  interims = new Map();
  started = [];
  known = new Map();
  reads = new Map();
  lookups = 0;
  onIdle = vi.fn();
  onInfo = vi.fn();
});

describe('an ordinary job', () => {
  it('is screened by a worker and reported once', async () => {
    const engine = host();
    engine.run(job('a', picture()));
    expect(started).toEqual(['a']);
    expect(engine.status().inHand).toEqual(['a']);
    const first = await worker(0);
    expect(first.requests).toEqual([{ kind: 'start', prefer: 'webgpu', allowFallbackAdapter: false }]);
    first.ready('wasm', NO_GRAPHICS);
    expect(first.task).toMatchObject({
      effort: 'full',
      role: 'fast',
      bytes: picture(),
      sha256: await hexSha256(picture()),
    });
    first.answer();
    expect(outcomes.get('a')).toMatchObject({ verdict: { state: 'scored' }, fromCache: false });
    expect(engine.status()).toMatchObject({
      inHand: [],
      info: { backend: 'wasm', note: NO_GRAPHICS, workers: 1 },
    });
    expect(onInfo).toHaveBeenLastCalledWith(expect.objectContaining({ backend: 'wasm', workers: 1 }));
  });

  it('ends without a worker where header, size or cache decide', async () => {
    const engine = host();
    const sha256 = await hexSha256(picture());
    known.set(sha256, { ...scored(sha256), thumbnail: null });
    engine.run(job('known', picture()));
    engine.run(job('page', new TextEncoder().encode('<!doctype html>')));
    engine.run(job('cut', picture().slice(0, 200)));
    engine.run(job('small', pngOf(waves(97, 300)) as Uint8Array<ArrayBuffer>));
    await vi.waitFor(() => expect(outcomes.size).toBe(4));
    expect(outcomes.get('known')).toMatchObject({ verdict: { state: 'scored' }, fromCache: true });
    expect(reason('page')).toBe('not-an-image');
    expect(reason('cut')).toBe('truncated');
    expect(outcomes.get('small')?.verdict).toMatchObject({ state: 'abstained', reason: 'too-small' });
    expect(workers).toHaveLength(0);
  });

  it('looks again when only a sample is known and a full look is asked for', async () => {
    const engine = host();
    const sha256 = await hexSha256(picture());
    known.set(sha256, { ...scored(sha256, { coverage: 0.4 }), thumbnail: null });
    engine.run(job('quick', picture()));
    engine.run(job('full', picture(), { effort: 'full' }));
    await vi.waitFor(() => expect(outcomes.get('quick')?.fromCache).toBe(true));
    (await worker(0)).ready();
    expect((await worker(0)).task.effort).toBe('full');
  });
});

describe('reading', () => {
  it('keeps six requests in flight and serves the most urgent first', async () => {
    const engine = host();
    for (let index = 0; index < 6; index++) engine.run(urlJob(`first-${index}`));
    engine.run(urlJob('bulk', { priority: 'bulk' }));
    engine.run(urlJob('visible'));
    engine.run(urlJob('click', { priority: 'click' }));
    engine.run(urlJob('raised', { priority: 'bulk' }));
    engine.run(urlJob('raised', { priority: 'hover' }));
    expect(reads.size).toBe(6);
    for (let index = 0; index < 4; index++) {
      reads.get(`https://a.test/first-${index}`)?.finish(failure({ state: 'failed', reason: 'network' }));
    }
    await vi.waitFor(() => expect(started).toHaveLength(10));
    expect(started.slice(6)).toEqual(['click', 'raised', 'visible', 'bulk']);
    expect(reason('first-0')).toBe('network');
  });

  it('aborts a cancelled request, says nothing about it, and takes the job again when asked', async () => {
    const engine = host();
    engine.run(urlJob('a'));
    const first = reads.get('https://a.test/a');
    engine.cancel(['a', 'unknown']);
    expect(first?.signal.aborted).toBe(true);
    engine.run(urlJob('a'));
    first?.finish(failure({ state: 'failed', reason: 'cancelled' }));
    await settle();
    expect(outcomes.size).toBe(0);
    reads.get('https://a.test/a')?.finish(success(new Uint8Array()));
    await vi.waitFor(() => expect(reason('a')).toBe('not-an-image'));
  });
});

describe('sharing', () => {
  it('computes equal bytes once for all who ask, at the urgency of the most urgent', async () => {
    const engine = host();
    engine.run(job('busy', picture(1)));
    (await worker(0)).ready();
    await vi.waitFor(() => expect(workers[0]?.hasTask).toBe(true));
    engine.run(job('other', picture(2)));
    engine.run(job('a', picture(3), { priority: 'bulk' }));
    await recognised(3);
    engine.run(job('b', picture(3), { priority: 'click' }));
    await recognised(4);
    workers[0]?.answer();
    expect(shown(workers[0])).toBe(3);
    workers[0]?.answer();
    expect([reason('a'), reason('b'), reason('other')]).toEqual(['scored', undefined, undefined]);
    // Whoever clicked hears the strong model as well.
    expect(workers[0]?.task).toMatchObject({ role: 'strong' });
    workers[0]?.answer();
    expect([reason('b'), reason('other')]).toEqual(['scored', undefined]);
    workers[0]?.answer();
    expect(reason('other')).toBe('scored');
  });

  it('goes on for the others when one of them cancels, and stops waiting when all have', async () => {
    const engine = host();
    engine.run(job('busy', picture(1)));
    (await worker(0)).ready();
    await settle();
    engine.run(job('a', picture(3)));
    engine.run(job('b', picture(3)));
    engine.run(job('c', picture(4)));
    await recognised(4);
    engine.cancel(['a', 'c']);
    workers[0]?.answer();
    expect(shown(workers[0])).toBe(3);
    workers[0]?.answer();
    expect([reason('a'), reason('b'), reason('c')]).toEqual([undefined, 'scored', undefined]);
    expect(engine.status().inHand).toEqual([]);
    expect(workers).toHaveLength(1);
  });

  it('ends a worker that would stay busy with a cancelled picture, not one that is soon done', async () => {
    const engine = host();
    engine.run(job('short', picture()));
    (await worker(0)).ready();
    await settle();
    engine.cancel(['short']);
    expect(workers[0]?.ended).toBe(false);
    workers[0]?.answer();
    engine.run(job('long', bigPicture(), { effort: 'full' }));
    await vi.waitFor(() => expect(workers[0]?.task.bytes).toEqual(bigPicture()));
    engine.cancel(['long']);
    expect(workers[0]?.ended).toBe(true);
    expect(outcomes.size).toBe(0);
  });
});

describe('workers', () => {
  it('start lazily, one at a time, as many as cores allow', async () => {
    const engine = host(4);
    for (let index = 0; index < 6; index++) engine.run(job(`${index}`, picture(index)));
    await recognised(6);
    expect(workers).toHaveLength(1);
    for (let index = 0; index < 3; index++) {
      expect(workers).toHaveLength(index + 1);
      workers[index]?.ready();
    }
    expect(workers).toHaveLength(3);
    expect(workers.every((each) => each.hasTask)).toBe(true);
  });

  it('is one alone on WebGPU', async () => {
    const engine = host(8);
    for (let index = 0; index < 3; index++) engine.run(job(`${index}`, picture(index)));
    (await worker(0)).ready('webgpu');
    await recognised(3);
    expect(workers).toHaveLength(1);
  });

  it('are replaced when their heap has grown or they say they are worn', async () => {
    const engine = host();
    engine.run(job('a', picture(0)));
    (await worker(0)).ready();
    await settle();
    workers[0]?.answer({ heapBytes: HEAP_BUDGET_BYTES + 1 });
    expect(reason('a')).toBe('scored');
    expect(workers[0]?.ended).toBe(true);
    engine.run(job('b', picture(1)));
    (await worker(1)).ready();
    await vi.waitFor(() => expect(workers[1]?.hasTask).toBe(true));
    workers[1]?.answer({ worn: true });
    expect([reason('b'), workers[1]?.ended]).toEqual(['scored', true]);
  });

  const troubles: [string, (worker: FakeWorker) => void][] = [
    ['hangs', (each) => timers.advance(taskDeadlineMs({ ...each.task, pixels: 12_000 }) + 1)],
    ['crashes', (each) => each.crash('out of memory')],
    ['loses its device', (each) => each.say({ kind: 'broken', fault: { reason: 'device-lost' } })],
    ['answers garbage', (each) => each.say({ kind: 'screened', taskId: each.task.taskId, verdict: 7 })],
    [
      'says NaN',
      (each) => each.answer({ verdict: { ...scored(each.task.sha256).verdict, probability: Number.NaN } }),
    ],
    ['returns another grid', (each) => each.answer({ map: { ...scored('').map, rows: 9, columns: 7 } })],
    ['speaks of another picture', (each) => each.answer(scored('0'.repeat(64)))],
    [
      'returns a score outside its band',
      (each) => each.answer({ verdict: { ...scored(each.task.sha256).verdict, probability: 0.9 } }),
    ],
    ['answers an older question', (each) => each.answer({ taskId: each.task.taskId + 1 })],
  ];

  it.each(troubles)('that %s is replaced and its picture tried once more', async (_name, trouble) => {
    const engine = host();
    engine.run(job('a', picture()));
    const first = await worker(0);
    first.ready();
    await vi.waitFor(() => expect(first.hasTask).toBe(true));
    trouble(first);
    expect(first.ended).toBe(true);
    const second = await worker(1);
    second.ready();
    expect(shown(second)).toBe(0);
    first.say({ kind: 'ready', backend: 'wasm', kernels: 'simd', note: null });
    second.answer();
    expect(reason('a')).toBe('scored');
    expect(workers).toHaveLength(2);
  });

  it('failing twice on one picture give it up, and go on with the next', async () => {
    const engine = host();
    engine.run(job('bad', picture(0)));
    for (const index of [0, 1]) {
      (await worker(index)).ready();
      await vi.waitFor(() => expect(workers[index]?.hasTask).toBe(true));
      workers[index]?.crash('boom');
    }
    expect(reason('bad')).toBe('engine-failed');
    engine.run(job('good', picture(1)));
    (await worker(2)).ready();
    await vi.waitFor(() => expect(workers[2]?.hasTask).toBe(true));
    workers[2]?.answer();
    expect(reason('good')).toBe('scored');
  });

  it('leave WebGPU for good after two faults, and say so', async () => {
    const engine = host();
    engine.run(job('bad', picture(0)));
    for (const index of [0, 1]) {
      (await worker(index)).ready('webgpu');
      await vi.waitFor(() => expect(workers[index]?.hasTask).toBe(true));
      workers[index]?.crash('driver');
    }
    engine.run(job('good', picture(1)));
    expect((await worker(2)).requests[0]).toMatchObject({ prefer: 'wasm' });
    const note = { backend: 'webgpu', reason: 'exception', detail: 'driver' };
    expect(engine.status().info).toMatchObject({ backend: null, note });
  });

  it('that never start are given up: WebGPU first, then WASM twice', async () => {
    const engine = host();
    engine.run(job('a', picture()));
    for (const [index, prefer] of ['webgpu', 'wasm', 'wasm'].entries()) {
      expect((await worker(index)).requests[0]).toMatchObject({ prefer });
      timers.advance(START_DEADLINE_MS);
    }
    expect(reason('a')).toBe('engine-failed');
    expect(workers.every((each) => each.ended)).toBe(true);
    expect(engine.status().info.note).toEqual({ backend: 'wasm', reason: 'slow-start' });
    engine.run(job('b', picture(1)));
    (await worker(3)).ready();
    await vi.waitFor(() => expect(workers[3]?.hasTask).toBe(true));
  });
});

describe('one worker more that cannot start', () => {
  /** A host whose first worker is busy on WASM, and whose second one has not started in time. */
  async function crowded(): Promise<EngineHost> {
    const engine = host(4);
    for (let index = 0; index < 4; index++) engine.run(job(`${index}`, picture(index)));
    (await worker(0)).ready('wasm', NO_GRAPHICS);
    await recognised(4);
    (await worker(1)).say({ kind: 'broken', fault: { reason: 'exception', detail: 'out of memory' } });
    return engine;
  }

  it('leaves backend, note and waiting pictures to those that run', async () => {
    const engine = await crowded();
    expect(engine.status().info).toMatchObject({ backend: 'wasm', note: NO_GRAPHICS, workers: 1 });
    expect(workers).toHaveLength(2);
    for (let index = 0; index < 4; index++) workers[0]?.answer();
    expect(['0', '1', '2', '3'].map(reason)).toEqual(Array(4).fill('scored'));
    expect(workers).toHaveLength(2);
  });

  it('does not blame the graphics processor where there was none, nor give up at the first time', async () => {
    const engine = await crowded();
    workers[0]?.answer({ worn: true });
    expect(workers).toHaveLength(3);
    workers[2]?.say({ kind: 'broken', fault: { reason: 'exception', detail: 'out of memory' } });
    expect(workers[3]?.requests[0]).toMatchObject({ prefer: 'wasm' });
    workers[3]?.ready('wasm');
    expect(engine.status().info.note).toEqual(NO_GRAPHICS);
    for (let index = 0; index < 3; index++) workers[3]?.answer();
    expect(outcomes.size).toBe(4);
    expect(workers).toHaveLength(4);
  });
});

describe('idling', () => {
  it('ends the workers a minute after the last job, unless another comes', async () => {
    const engine = host();
    engine.run(job('a', picture()));
    (await worker(0)).ready();
    await settle();
    workers[0]?.answer();
    timers.advance(IDLE_MS - 1);
    engine.run(job('b', picture(1)));
    await vi.waitFor(() => expect(shown(workers[0])).toBe(1));
    timers.advance(10_000);
    workers[0]?.answer();
    timers.advance(IDLE_MS - 1);
    expect(onIdle).not.toHaveBeenCalled();
    timers.advance(1);
    expect(onIdle).toHaveBeenCalledTimes(1);
    expect(workers[0]?.ended).toBe(true);
    expect(engine.status().info.workers).toBe(0);
  });
});
