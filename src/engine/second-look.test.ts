/** How the host lets two models look: who is asked, what is said meanwhile, and what becomes of it without the strong one. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { exampleCard } from '../../test/support/example-card.ts';
import { FakeTimers, type FakeWorker, fakeWorkers, scored } from '../../test/support/fake-engine.ts';
import { pngOf, waves } from '../../test/support/pictures-by-hand.ts';
import { hexSha256 } from '../platform/hash.ts';
import type { EngineJob, EngineOutcome } from '../protocol/messages.ts';
import { createEngineHost, IDLE_MS, type Known } from './host.ts';

const CARDS = {
  fast: { ...exampleCard, id: 'fast' },
  strong: { ...exampleCard, id: 'strong', limits: { ...exampleCard.limits, minSidePx: 150 } },
};
const picture = Uint8Array.from(pngOf(waves(200, 160)));
const facts = { widthPx: 200, heightPx: 160, format: 'png', sizeBytes: 10 };
const sha256 = await hexSha256(picture);

let workers: FakeWorker[];
let timers: FakeTimers;
let said: EngineOutcome[];
let known: Map<string, Known>;

/** A score of the picture by that model. */
const word = (role: 'fast' | 'strong', level: 'none' | 'unsure' = 'none', coverage = 1) => {
  const { verdict, map } = scored(sha256, { role, level, coverage });
  return { verdict: { ...verdict, facts }, map: { ...map, widthPx: 200, heightPx: 160 } };
};
const job = (priority: EngineJob['priority'], jobId: string = priority): EngineJob => ({
  ...{ jobId, priority, effort: 'quick', source: { kind: 'bytes', bytes: picture } },
});
const speakers = () =>
  said.map(({ jobId, interim, verdict }) => {
    const by = verdict.state === 'scored' ? verdict.role : verdict.state;
    return `${jobId}: ${by}${interim ? ', for now' : ''}`;
  });

function host() {
  const fakes = fakeWorkers();
  workers = fakes.workers;
  return createEngineHost({
    cards: CARDS,
    readUrl: async () => {
      throw new Error('nothing is read here');
    },
    knownVerdicts: { find: async (hash) => known.get(hash) ?? null },
    onStarted: () => undefined,
    onDone: (outcome) => void said.push(outcome),
    onInfo: () => undefined,
    onIdle: () => undefined,
    ...{ workerFactory: fakes.workerFactory, cores: 2, timers },
  });
}
const working = async (index = 0): Promise<FakeWorker> => {
  await vi.waitFor(() => expect(workers.length).toBeGreaterThan(index));
  const worker = workers[index];
  if (worker === undefined) throw new Error('no worker');
  return worker;
};
/** Starts a host with one job, up to the fast model's task. */
async function begun(priority: EngineJob['priority'], backend: 'wasm' | 'webgpu' = 'wasm') {
  const engine = host();
  engine.run(job(priority));
  const worker = await working();
  worker.ready(backend);
  await vi.waitFor(() => expect(worker.hasTask).toBe(true));
  return { engine, worker };
}

beforeEach(() => {
  timers = new FakeTimers();
  said = [];
  known = new Map();
});

describe('a picture that somebody waits for', () => {
  it('shows the fast model’s word at once and the strong one’s when it is there', async () => {
    const { engine, worker } = await begun('hover');
    expect(worker.task.role).toBe('fast');
    worker.answer(word('fast'));
    expect(speakers()).toEqual(['hover: fast, for now']);
    expect(engine.status().inHand).toEqual(['hover']);
    expect(worker.task.role).toBe('strong');
    worker.answer(word('strong'));
    expect(speakers()).toEqual(['hover: fast, for now', 'hover: strong']);
    expect(said[1]?.map).toEqual(word('strong').map);
    expect(engine.status().inHand).toEqual([]);
  });

  it('goes straight to the strong model where the fast one’s word is kept', async () => {
    known.set(sha256, { ...word('fast'), thumbnail: null });
    const { worker } = await begun('click');
    expect(worker.task.role).toBe('strong');
    expect(speakers()).toEqual(['click: fast, for now']);
    expect(said[0]?.fromCache).toBe(true);
    worker.answer(word('strong'));
    expect(said[1]).toMatchObject({ verdict: { role: 'strong' }, fromCache: false });
  });

  it('is told at once of a strong look that is under way for another', async () => {
    const { engine, worker } = await begun('hover');
    worker.answer(word('fast'));
    engine.run(job('click'));
    await vi.waitFor(() => expect(said).toHaveLength(2));
    worker.answer(word('strong'));
    expect(speakers().slice(1)).toEqual(['click: fast, for now', 'hover: strong', 'click: strong']);
    expect(worker.requests.filter(({ kind }) => kind === 'screen')).toHaveLength(2);
  });

  it('keeps the fast model’s word where the strong one says nothing better', async () => {
    const { worker } = await begun('hover');
    worker.answer(word('fast'));
    const abstained = { state: 'abstained', reason: 'too-flat', facts, model: 'strong@1/p1', sha256 };
    worker.answer({ verdict: abstained, map: null });
    expect(speakers()).toEqual(['hover: fast, for now', 'hover: fast']);
  });

  it('keeps the fast model’s word where two workers fail on the strong one', async () => {
    const { worker } = await begun('hover');
    worker.answer(word('fast'));
    worker.crash('out of memory');
    const second = await working(1);
    second.ready();
    expect(second.task.role).toBe('strong');
    second.crash('out of memory');
    expect(speakers()).toEqual(['hover: fast, for now', 'hover: fast']);
  });

  it('is left to the fast model where it is too small for the strong one', async () => {
    const { worker } = await begun('hover');
    worker.answer({
      ...word('fast'),
      verdict: { ...word('fast').verdict, facts: { ...facts, heightPx: 149 } },
      map: { ...word('fast').map, heightPx: 149 },
    });
    expect(speakers()).toEqual(['hover: fast']);
  });
});

describe('a picture of a scan', () => {
  it('is left to the fast model where that is sure', async () => {
    const { worker } = await begun('bulk');
    worker.answer(word('fast', 'none'));
    expect(speakers()).toEqual(['bulk: fast']);
  });

  it('goes to the strong model where the fast one is not, without a word between', async () => {
    const { worker } = await begun('visible');
    worker.answer(word('fast', 'unsure'));
    expect(said).toEqual([]);
    expect(worker.task.role).toBe('strong');
    worker.answer(word('strong', 'unsure'));
    expect(speakers()).toEqual(['visible: strong']);
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
    const { engine, worker } = await begun('hover');
    worker.answer(word('fast'));
    const fault = { reason: 'bad-weights' as const, detail: 'they cannot be read' };
    worker.say({ kind: 'unable', taskId: worker.task.taskId, fault });
    expect(speakers()).toEqual(['hover: fast, for now', 'hover: fast']);
    const strongOf = () => engine.status().info.models.find(({ role }) => role === 'strong');
    expect(strongOf()?.fault).toEqual(fault);
    expect(worker.ended).toBe(false);

    engine.run(job('click'));
    await vi.waitFor(() => expect(worker.requests.at(-1)).toMatchObject({ kind: 'screen', taskId: 2 }));
    worker.answer(word('fast'));
    expect(speakers().at(-1)).toBe('click: fast');

    timers.advance(IDLE_MS);
    engine.run(job('click', 'later'));
    const fresh = await working(1);
    fresh.ready();
    await vi.waitFor(() => expect(fresh.hasTask).toBe(true));
    fresh.answer(word('fast'));
    expect(fresh.task.role).toBe('strong');
    fresh.answer(word('strong'));
    expect(strongOf()?.fault).toBeNull();
  });

  it('on a graphics processor that computes only the fast one right, both run on WebAssembly', async () => {
    const { engine, worker } = await begun('hover', 'webgpu');
    worker.answer(word('fast'));
    const fault = { reason: 'wrong-result' as const, detail: '0.4' };
    worker.say({ kind: 'unable', taskId: worker.task.taskId, fault });
    expect(worker.ended).toBe(true);
    const second = await working(1);
    expect(second.requests[0]).toMatchObject({ prefer: 'wasm' });
    second.ready();
    expect(second.task.role).toBe('strong');
    second.answer(word('strong'));
    expect(speakers().at(-1)).toBe('hover: strong');
    expect(engine.status().info.note).toEqual({ ...fault, backend: 'webgpu' });
  });
});
