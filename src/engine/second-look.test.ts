/** How the host lets two models look: who is asked, what is said meanwhile, and what becomes of it without the strong one. */
import { describe, expect, it, vi } from 'vitest';
import { type FakeWorker, scored } from '../../test/support/fake-engine.ts';
import { pngOf, waves } from '../../test/support/pictures-by-hand.ts';
import { hexSha256 } from '../platform/hash.ts';
import type { EngineJob } from '../protocol/messages.ts';
import { HostBench, job } from './host.testing.ts';
import { IDLE_MS } from './host.ts';

const picture = Uint8Array.from(pngOf(waves(200, 160)));
const facts = { widthPx: 200, heightPx: 160, format: 'png', sizeBytes: 10 };
const sha256 = await hexSha256(picture);

/** A score of the picture by that model. */
const word = (role: 'fast' | 'strong', level: 'none' | 'unsure' = 'none', coverage = 1) => {
  const { verdict, map } = scored(sha256, { role, level, coverage });
  return { verdict: { ...verdict, facts }, map: { ...map, widthPx: 200, heightPx: 160 } };
};
const asked = (priority: EngineJob['priority'], jobId: string = priority): EngineJob =>
  job(jobId, picture, { priority });
const speakers = ({ said }: HostBench) =>
  said.map(({ jobId, interim, verdict }) => {
    const by = verdict.state === 'scored' ? verdict.role : verdict.state;
    return `${jobId}: ${by}${interim ? ', for now' : ''}`;
  });
/** The strong model takes nothing below 150 px. */
const hostFor = () => new HostBench({ strongFromPx: 150 });

/** A host with one job, and the worker that has the fast model's task. */
async function begun(
  priority: EngineJob['priority'],
  backend: 'wasm' | 'webgpu' = 'wasm',
): Promise<{ bench: HostBench; worker: FakeWorker }> {
  const bench = hostFor();
  bench.engine.run(asked(priority));
  return { bench, worker: await bench.working(0, backend) };
}

describe('a picture that somebody waits for', () => {
  it('shows the fast model’s word at once and the strong one’s when it is there', async () => {
    const { bench, worker } = await begun('hover');
    expect(worker.task.role).toBe('fast');
    worker.answer(word('fast'));
    expect(speakers(bench)).toEqual(['hover: fast, for now']);
    expect(bench.engine.status().inHand).toEqual(['hover']);
    expect(worker.task.role).toBe('strong');
    worker.answer(word('strong'));
    expect(speakers(bench)).toEqual(['hover: fast, for now', 'hover: strong']);
    expect(bench.said[1]?.map).toEqual(word('strong').map);
    expect(bench.engine.status().inHand).toEqual([]);
  });

  it('goes straight to the strong model where the fast one’s word is kept', async () => {
    const bench = hostFor();
    bench.known.set(sha256, { ...word('fast'), thumbnail: null });
    bench.engine.run(asked('click'));
    const worker = await bench.working(0);
    expect(worker.task.role).toBe('strong');
    expect(speakers(bench)).toEqual(['click: fast, for now']);
    expect(bench.said[0]?.fromCache).toBe(true);
    worker.answer(word('strong'));
    expect(bench.said[1]).toMatchObject({ verdict: { role: 'strong' }, fromCache: false });
  });

  it('is told at once of a strong look that is under way for another', async () => {
    const { bench, worker } = await begun('hover');
    worker.answer(word('fast'));
    bench.engine.run(asked('click'));
    await vi.waitFor(() => expect(bench.said).toHaveLength(2));
    worker.answer(word('strong'));
    expect(speakers(bench).slice(1)).toEqual(['click: fast, for now', 'hover: strong', 'click: strong']);
    expect(worker.requests.filter(({ kind }) => kind === 'screen')).toHaveLength(2);
  });

  it('is left by the strong model as soon as nobody waits any more', async () => {
    const { bench, worker } = await begun('hover');
    worker.answer(word('fast'));
    bench.engine.run(asked('click'));
    await vi.waitFor(() => expect(bench.said).toHaveLength(2));
    bench.engine.cancel(['hover']);
    expect(worker.requests.at(-1)).toMatchObject({ kind: 'screen', role: 'strong' });
    bench.engine.cancel(['click']);
    expect(worker.requests.at(-1)).toEqual({ kind: 'stop', taskId: worker.task.taskId });
    worker.stopped();
    expect(speakers(bench)).toEqual(['hover: fast, for now', 'click: fast, for now']);
    expect(worker.ended).toBe(false);
  });

  it('keeps the fast model’s word where the strong one says nothing better', async () => {
    const { bench, worker } = await begun('hover');
    worker.answer(word('fast'));
    const abstained = { state: 'abstained', reason: 'too-flat', facts, model: 'strong@1/p1', sha256 };
    worker.answer({ verdict: abstained, map: null });
    expect(speakers(bench)).toEqual(['hover: fast, for now', 'hover: fast']);
  });

  it('keeps the fast model’s word where two workers fail on the strong one', async () => {
    const { bench, worker } = await begun('hover');
    worker.answer(word('fast'));
    worker.crash('out of memory');
    const second = await bench.working(1);
    expect(second.task.role).toBe('strong');
    second.crash('out of memory');
    expect(speakers(bench)).toEqual(['hover: fast, for now', 'hover: fast']);
  });

  it('is left to the fast model where it is too small for the strong one', async () => {
    const { bench, worker } = await begun('hover');
    worker.answer({
      ...word('fast'),
      verdict: { ...word('fast').verdict, facts: { ...facts, heightPx: 149 } },
      map: { ...word('fast').map, heightPx: 149 },
    });
    expect(speakers(bench)).toEqual(['hover: fast']);
  });
});

describe('a picture of a scan', () => {
  it('is left to the fast model where that is sure', async () => {
    const { bench, worker } = await begun('bulk');
    worker.answer(word('fast', 'none'));
    expect(speakers(bench)).toEqual(['bulk: fast']);
  });

  it('goes to the strong model where the fast one is not, without a word between', async () => {
    const { bench, worker } = await begun('visible');
    worker.answer(word('fast', 'unsure'));
    expect(bench.said).toEqual([]);
    expect(worker.task.role).toBe('strong');
    worker.answer(word('strong', 'unsure'));
    expect(speakers(bench)).toEqual(['visible: strong']);
  });

  it('goes to the strong model on a graphics processor', async () => {
    const { worker } = await begun('bulk', 'webgpu');
    const { verdict, map } = word('fast', 'none');
    worker.answer({ verdict: { ...verdict, backend: 'webgpu' }, map });
    expect(worker.task.role).toBe('strong');
  });
});

describe('without a strong model', () => {
  it('the fast one speaks alone, with a note, until the workers are released', async () => {
    const { bench, worker } = await begun('hover');
    worker.answer(word('fast'));
    const fault = { reason: 'bad-weights' as const, detail: 'they cannot be read' };
    worker.say({ kind: 'unable', taskId: worker.task.taskId, fault });
    expect(speakers(bench)).toEqual(['hover: fast, for now', 'hover: fast']);
    const strongOf = () => bench.engine.status().info.models.find(({ role }) => role === 'strong');
    expect(strongOf()?.fault).toEqual(fault);
    expect(worker.ended).toBe(false);

    bench.engine.run(asked('click'));
    await vi.waitFor(() => expect(worker.requests.at(-1)).toMatchObject({ kind: 'screen', taskId: 2 }));
    worker.answer(word('fast'));
    expect(speakers(bench).at(-1)).toBe('click: fast');

    bench.timers.advance(IDLE_MS);
    bench.engine.run(asked('click', 'later'));
    const fresh = await bench.working(1);
    fresh.answer(word('fast'));
    expect(fresh.task.role).toBe('strong');
    fresh.answer(word('strong'));
    expect(strongOf()?.fault).toBeNull();
  });

  it('on a graphics processor that computes only the fast one right, both run on WebAssembly', async () => {
    const { bench, worker } = await begun('hover', 'webgpu');
    worker.answer(word('fast'));
    const fault = { reason: 'wrong-result' as const, detail: '0.4' };
    worker.say({ kind: 'unable', taskId: worker.task.taskId, fault });
    expect(worker.ended).toBe(true);
    const second = await bench.worker(1);
    expect(second.requests[0]).toMatchObject({ prefer: 'wasm' });
    second.ready();
    expect(second.task.role).toBe('strong');
    second.answer(word('strong'));
    expect(speakers(bench).at(-1)).toBe('hover: strong');
    expect(bench.engine.status().info.note).toEqual({ ...fault, backend: 'webgpu' });
  });
});
