/** What the host makes of jobs: reading, recognising, sharing, cancelling. */
import { describe, expect, it, vi } from 'vitest';
import { scored } from '../../test/support/fake-engine.ts';
import { pngOf, waves } from '../../test/support/pictures-by-hand.ts';
import { failure, success } from '../core/result.ts';
import { hexSha256 } from '../platform/hash.ts';
import type { EngineJob } from '../protocol/messages.ts';
import { HostBench, job, NO_GRAPHICS, picture, settle, shown } from './host.testing.ts';
import { IDLE_MS } from './host.ts';

const urlJob = (jobId: string, priority: EngineJob['priority'] = 'visible'): EngineJob => ({
  ...{ jobId, priority, effort: 'quick' },
  source: { kind: 'url', url: `https://a.test/${jobId}`, pageUrl: 'https://a.test/' },
});

describe('an ordinary job', () => {
  it('is screened by a worker and reported once', async () => {
    const bench = new HostBench();
    const { engine } = bench;
    engine.run(job('a', picture()));
    expect(bench.started).toEqual(['a']);
    expect(engine.status().inHand).toEqual(['a']);
    const first = await bench.worker(0);
    expect(first.requests).toEqual([{ kind: 'start', prefer: 'webgpu', allowFallbackAdapter: false }]);
    first.ready('wasm', NO_GRAPHICS);
    expect(first.task).toMatchObject({
      effort: 'full',
      role: 'fast',
      bytes: picture(),
      sha256: await hexSha256(picture()),
    });
    first.answer();
    expect(bench.outcomes.get('a')).toMatchObject({ verdict: { state: 'scored' }, fromCache: false });
    expect(engine.status()).toMatchObject({
      inHand: [],
      info: { backend: 'wasm', note: NO_GRAPHICS, workers: 1 },
    });
    expect(bench.onInfo).toHaveBeenLastCalledWith(expect.objectContaining({ backend: 'wasm', workers: 1 }));
  });

  it('ends without a worker where header, size or cache decide', async () => {
    const bench = new HostBench();
    const { engine } = bench;
    const sha256 = await hexSha256(picture());
    bench.known.set(sha256, { ...scored(sha256), thumbnail: null });
    engine.run(job('known', picture()));
    engine.run(job('page', new TextEncoder().encode('<!doctype html>')));
    engine.run(job('cut', picture().slice(0, 200)));
    engine.run(job('small', pngOf(waves(97, 300)) as Uint8Array<ArrayBuffer>));
    await vi.waitFor(() => expect(bench.outcomes.size).toBe(4));
    expect(bench.outcomes.get('known')).toMatchObject({ verdict: { state: 'scored' }, fromCache: true });
    expect(bench.reason('page')).toBe('not-an-image');
    expect(bench.reason('cut')).toBe('truncated');
    expect(bench.outcomes.get('small')?.verdict).toMatchObject({ state: 'abstained', reason: 'too-small' });
    expect(bench.workers).toHaveLength(0);
  });

  it('looks again when only a sample is known and a full look is asked for', async () => {
    const bench = new HostBench();
    const sha256 = await hexSha256(picture());
    bench.known.set(sha256, { ...scored(sha256, { coverage: 0.4 }), thumbnail: null });
    bench.engine.run(job('quick', picture()));
    bench.engine.run(job('full', picture(), { effort: 'full' }));
    await vi.waitFor(() => expect(bench.outcomes.get('quick')?.fromCache).toBe(true));
    expect((await bench.working(0)).task.effort).toBe('full');
  });
});

describe('reading', () => {
  it('keeps six requests in flight and serves the most urgent first', async () => {
    const bench = new HostBench();
    const { engine, reads, started } = bench;
    for (let index = 0; index < 6; index++) engine.run(urlJob(`first-${index}`));
    engine.run(urlJob('bulk', 'bulk'));
    engine.run(urlJob('visible'));
    engine.run(urlJob('click', 'click'));
    engine.run(urlJob('raised', 'bulk'));
    engine.run(urlJob('raised', 'hover'));
    expect(reads.size).toBe(6);
    for (let index = 0; index < 4; index++) {
      reads.get(`https://a.test/first-${index}`)?.finish(failure({ state: 'failed', reason: 'network' }));
    }
    await vi.waitFor(() => expect(started).toHaveLength(10));
    expect(started.slice(6)).toEqual(['click', 'raised', 'visible', 'bulk']);
    expect(bench.reason('first-0')).toBe('network');
  });

  it('aborts a cancelled request, says nothing about it, and takes the job again when asked', async () => {
    const bench = new HostBench();
    const { engine, reads } = bench;
    engine.run(urlJob('a'));
    const first = reads.get('https://a.test/a');
    engine.cancel(['a', 'unknown']);
    expect(first?.signal.aborted).toBe(true);
    engine.run(urlJob('a'));
    first?.finish(failure({ state: 'failed', reason: 'cancelled' }));
    await settle();
    expect(bench.outcomes.size).toBe(0);
    reads.get('https://a.test/a')?.finish(success(new Uint8Array()));
    await vi.waitFor(() => expect(bench.reason('a')).toBe('not-an-image'));
  });
});

describe('sharing', () => {
  /** A host whose only worker is busy with another picture. */
  async function occupied() {
    const bench = new HostBench();
    bench.engine.run(job('busy', picture(1)));
    return { bench, worker: await bench.working(0) };
  }

  it('computes equal bytes once for all who ask, at the urgency of the most urgent', async () => {
    const { bench, worker } = await occupied();
    bench.engine.run(job('other', picture(2)));
    bench.engine.run(job('a', picture(3), { priority: 'bulk' }));
    await bench.recognised(3);
    bench.engine.run(job('b', picture(3), { priority: 'click' }));
    await bench.recognised(4);
    worker.answer();
    expect(shown(worker)).toBe(3);
    worker.answer();
    const reasons = () => ['a', 'b', 'other'].map((jobId) => bench.reason(jobId));
    expect(reasons()).toEqual(['scored', undefined, undefined]);
    // Whoever clicked hears the strong model as well.
    expect(worker.task).toMatchObject({ role: 'strong' });
    worker.answer();
    expect(reasons()).toEqual(['scored', 'scored', undefined]);
    worker.answer();
    expect(bench.reason('other')).toBe('scored');
  });

  it('goes on for the others when one of them cancels, and stops waiting when all have', async () => {
    const { bench, worker } = await occupied();
    bench.engine.run(job('a', picture(3)));
    bench.engine.run(job('b', picture(3)));
    bench.engine.run(job('c', picture(4)));
    await bench.recognised(4);
    bench.engine.cancel(['a', 'c']);
    worker.answer();
    expect(shown(worker)).toBe(3);
    worker.answer();
    const reasons = ['a', 'b', 'c'].map((jobId) => bench.reason(jobId));
    expect(reasons).toEqual([undefined, 'scored', undefined]);
    expect(bench.engine.status().inHand).toEqual([]);
    expect(bench.workers).toHaveLength(1);
  });
});

describe('idling', () => {
  it('ends the workers a minute after the last job, unless another comes', async () => {
    const bench = new HostBench();
    const { engine, timers } = bench;
    engine.run(job('a', picture()));
    const worker = await bench.working(0);
    worker.answer();
    timers.advance(IDLE_MS - 1);
    engine.run(job('b', picture(1)));
    await vi.waitFor(() => expect(shown(worker)).toBe(1));
    timers.advance(10_000);
    worker.answer();
    timers.advance(IDLE_MS - 1);
    expect(bench.onIdle).not.toHaveBeenCalled();
    timers.advance(1);
    expect(bench.onIdle).toHaveBeenCalledTimes(1);
    expect(worker.ended).toBe(true);
    expect(engine.status().info.workers).toBe(0);
  });
});
