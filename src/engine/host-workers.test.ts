/** How the host keeps its workers: how many, when one is replaced, and what becomes of the picture it had. */
import { describe, expect, it, vi } from 'vitest';
import { type FakeWorker, scored } from '../../test/support/fake-engine.ts';
import { HostBench, job, NO_GRAPHICS, picture, shown } from './host.testing.ts';
import { HEAP_BUDGET_BYTES, START_DEADLINE_MS, STOP_DEADLINE_MS, taskDeadlineMs } from './pool.ts';

describe('workers', () => {
  it('start lazily, one at a time, as many as cores allow', async () => {
    const bench = new HostBench({ cores: 4 });
    const { workers } = bench;
    for (let index = 0; index < 6; index++) bench.engine.run(job(`${index}`, picture(index)));
    await bench.recognised(6);
    expect(workers).toHaveLength(1);
    for (let index = 0; index < 3; index++) {
      expect(workers).toHaveLength(index + 1);
      workers[index]?.ready();
    }
    expect(workers).toHaveLength(3);
    expect(workers.every((each) => each.hasTask)).toBe(true);
  });

  it('is one alone on WebGPU', async () => {
    const bench = new HostBench({ cores: 8 });
    for (let index = 0; index < 3; index++) bench.engine.run(job(`${index}`, picture(index)));
    await bench.working(0, 'webgpu');
    await bench.recognised(3);
    expect(bench.workers).toHaveLength(1);
  });

  it('are replaced when their heap has grown or they say they are worn', async () => {
    const bench = new HostBench();
    bench.engine.run(job('a', picture(0)));
    const grown = await bench.working(0);
    grown.answer({ heapBytes: HEAP_BUDGET_BYTES + 1 });
    expect([bench.reason('a'), grown.ended]).toEqual(['scored', true]);
    bench.engine.run(job('b', picture(1)));
    const worn = await bench.working(1);
    worn.answer({ worn: true });
    expect([bench.reason('b'), worn.ended]).toEqual(['scored', true]);
  });

  const troubles: [string, (worker: FakeWorker, bench: HostBench) => void][] = [
    ['hangs', (each, { timers }) => timers.advance(taskDeadlineMs({ ...each.task, pixels: 12_000 }) + 1)],
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
    ['stops without being told', (each) => each.stopped()],
  ];

  it.each(troubles)('that %s is replaced and its picture tried once more', async (_name, trouble) => {
    const bench = new HostBench();
    bench.engine.run(job('a', picture()));
    const first = await bench.working(0);
    trouble(first, bench);
    expect(first.ended).toBe(true);
    const second = await bench.working(1);
    expect(shown(second)).toBe(0);
    first.say({ kind: 'ready', backend: 'wasm', kernels: 'simd', note: null });
    second.answer();
    expect(bench.reason('a')).toBe('scored');
    expect(bench.workers).toHaveLength(2);
  });

  it('failing twice on one picture give it up, and go on with the next', async () => {
    const bench = new HostBench();
    bench.engine.run(job('bad', picture(0)));
    for (const index of [0, 1]) (await bench.working(index)).crash('boom');
    expect(bench.reason('bad')).toBe('engine-failed');
    bench.engine.run(job('good', picture(1)));
    (await bench.working(2)).answer();
    expect(bench.reason('good')).toBe('scored');
  });

  it('leave WebGPU for good after two faults, and say so', async () => {
    const bench = new HostBench();
    bench.engine.run(job('bad', picture(0)));
    for (const index of [0, 1]) (await bench.working(index, 'webgpu')).crash('driver');
    bench.engine.run(job('good', picture(1)));
    expect((await bench.worker(2)).requests[0]).toMatchObject({ prefer: 'wasm' });
    const note = { backend: 'webgpu', reason: 'exception', detail: 'driver' };
    expect(bench.engine.status().info).toMatchObject({ backend: null, note });
  });

  it('that never start are given up: WebGPU first, then WASM twice', async () => {
    const bench = new HostBench();
    bench.engine.run(job('a', picture()));
    for (const [index, prefer] of ['webgpu', 'wasm', 'wasm'].entries()) {
      expect((await bench.worker(index)).requests[0]).toMatchObject({ prefer });
      bench.timers.advance(START_DEADLINE_MS);
    }
    expect(bench.reason('a')).toBe('engine-failed');
    expect(bench.workers.every((each) => each.ended)).toBe(true);
    expect(bench.engine.status().info.note).toEqual({ backend: 'wasm', reason: 'slow-start' });
    bench.engine.run(job('b', picture(1)));
    await bench.working(3);
  });
});

describe('a picture that nobody waits for any more', () => {
  /** A host whose worker is busy with a cancelled picture while another one waits. */
  async function cancelled(backend: 'wasm' | 'webgpu' = 'wasm') {
    const bench = new HostBench();
    bench.engine.run(job('left', picture(0)));
    const worker = await bench.working(0, backend);
    const { taskId } = worker.task;
    bench.engine.run(job('next', picture(1)));
    await bench.recognised(2);
    bench.engine.cancel(['left']);
    expect(worker.requests.at(-1)).toEqual({ kind: 'stop', taskId });
    return { bench, worker };
  }

  it('is stopped, and the worker goes on with the next', async () => {
    const { bench, worker } = await cancelled();
    worker.stopped();
    expect(shown(worker)).toBe(1);
    worker.answer();
    expect([...bench.outcomes.keys()]).toEqual(['next']);
    expect(bench.workers).toHaveLength(1);
  });

  it('may be done before the word to stop arrives', async () => {
    const { bench, worker } = await cancelled();
    worker.answer();
    expect(shown(worker)).toBe(1);
    worker.answer();
    expect([...bench.outcomes.keys()]).toEqual(['next']);
  });

  it('costs a worker that does not stop in time, and no trust in the graphics processor', async () => {
    const { bench, worker } = await cancelled('webgpu');
    bench.timers.advance(STOP_DEADLINE_MS);
    expect(worker.ended).toBe(true);
    const second = await bench.working(1, 'webgpu');
    expect(shown(second)).toBe(1);
    second.crash('driver');
    expect((await bench.worker(2)).requests[0]).toMatchObject({ prefer: 'webgpu' });
  });

  it('is not tried again by another worker when its own breaks', async () => {
    const { bench, worker } = await cancelled();
    worker.crash('out of memory');
    const second = await bench.working(1);
    expect(shown(second)).toBe(1);
    second.answer();
    bench.engine.run(job('after', picture(2)));
    await vi.waitFor(() => expect(shown(second)).toBe(2));
    expect(bench.workers).toHaveLength(2);
  });
});

describe('one worker more that cannot start', () => {
  /** A host whose first worker is busy on WASM, and whose second one has not started in time. */
  async function crowded(): Promise<HostBench> {
    const bench = new HostBench({ cores: 4 });
    for (let index = 0; index < 4; index++) bench.engine.run(job(`${index}`, picture(index)));
    (await bench.worker(0)).ready('wasm', NO_GRAPHICS);
    await bench.recognised(4);
    (await bench.worker(1)).say({ kind: 'broken', fault: { reason: 'exception', detail: 'out of memory' } });
    return bench;
  }

  it('leaves backend, note and waiting pictures to those that run', async () => {
    const bench = await crowded();
    const { workers } = bench;
    expect(bench.engine.status().info).toMatchObject({ backend: 'wasm', note: NO_GRAPHICS, workers: 1 });
    expect(workers).toHaveLength(2);
    for (let index = 0; index < 4; index++) workers[0]?.answer();
    expect(['0', '1', '2', '3'].map((jobId) => bench.reason(jobId))).toEqual(Array(4).fill('scored'));
    expect(workers).toHaveLength(2);
  });

  it('does not blame the graphics processor where there was none, nor give up at the first time', async () => {
    const bench = await crowded();
    const { workers } = bench;
    workers[0]?.answer({ worn: true });
    expect(workers).toHaveLength(3);
    workers[2]?.say({ kind: 'broken', fault: { reason: 'exception', detail: 'out of memory' } });
    expect(workers[3]?.requests[0]).toMatchObject({ prefer: 'wasm' });
    workers[3]?.ready('wasm');
    expect(bench.engine.status().info.note).toEqual(NO_GRAPHICS);
    for (let index = 0; index < 3; index++) workers[3]?.answer();
    expect(bench.outcomes.size).toBe(4);
    expect(workers).toHaveLength(4);
  });
});
