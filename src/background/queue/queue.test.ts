import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failure, success } from '../../core/result.ts';
import type { Verdict } from '../../core/verdict.ts';
import { aJob, aScore, aSubscriber } from '../../platform/testing/rows.ts';
import type { EngineJob, EngineOutcome } from '../../protocol/messages.ts';
import type { EngineStatus } from '../engine-link.ts';
import { type Delivery, Queue, type QueueEnvironment } from './queue.ts';
import { type Want, withoutAsked } from './rows.ts';

const want = (index: number, changes: Partial<Want> = {}): Want => ({
  effort: 'quick',
  url: `https://cdn.example/${index}.jpg`,
  pageUrl: 'https://a.example/',
  subscriber: aSubscriber({ id: index }),
  ...changes,
});

const outcome = (jobId: string, verdict: Verdict): EngineOutcome => ({
  jobId,
  verdict,
  map: null,
  thumbnail: null,
  fromCache: false,
  interim: false,
});

const info = {
  backend: null,
  note: null,
  workers: 1,
  models: [],
};

let jobs: EngineJob[];
let cancelled: string[];
let delivered: Delivery[];
let stored: Map<string, unknown>;
let status: EngineStatus | null;
let environment: QueueEnvironment;

beforeEach(() => {
  // Timers of an earlier test's queue must not write into this one's lists.
  const jobsHere: EngineJob[] = [];
  const deliveredHere: Delivery[] = [];
  jobs = jobsHere;
  cancelled = [];
  delivered = deliveredHere;
  stored = new Map();
  status = null;
  environment = {
    engine: {
      run: async (job) => {
        jobsHere.push(job);
      },
      cancel: async (jobIds) => {
        cancelled.push(...jobIds);
      },
      status: async () => status,
    },
    readInPage: async () => success(new Uint8Array([1])),
    isPermitted: async () => true,
    keep: vi.fn(async ({ verdict }) => verdict),
    deliver: async (deliveries) => {
      deliveredHere.push(...deliveries);
    },
    save: async ({ put, remove }) => {
      for (const row of put) stored.set(row.key, row);
      for (const key of remove) stored.delete(key);
    },
    changed: () => {},
    reportBug: (error) => {
      throw error;
    },
  };
});

afterEach(() => {
  vi.useRealTimers();
});

const sentJobs = async (count: number): Promise<EngineJob[]> => {
  await vi.waitFor(() => expect(jobs).toHaveLength(count));
  return jobs;
};
const nth = async (index: number): Promise<EngineJob> => {
  const job = (await sentJobs(Math.max(jobs.length, index + 1)))[index];
  if (job === undefined) throw new Error(`no job ${index}`);
  return job;
};
const deliveredTo = (id: number) =>
  delivered.filter(({ subscriber }) => subscriber.id === id).map(({ state }) => state);

describe('a picture', () => {
  it('goes to the engine and comes back to everybody who asked', async () => {
    const queue = new Queue(environment);
    const shared = want(1, { subscriber: aSubscriber({ id: 2 }) });
    expect(await queue.request([want(1), shared])).toEqual([{ state: 'queued' }, { state: 'queued' }]);
    const job = await nth(0);
    expect(job).toMatchObject({ priority: 'hover', source: { kind: 'url' } });
    queue.started(job.jobId);
    await queue.done(outcome(job.jobId, aScore()));
    expect(deliveredTo(1)).toEqual([{ state: 'running' }, aScore()]);
    expect(deliveredTo(2)).toEqual([{ state: 'running' }, aScore()]);
    expect(environment.keep).toHaveBeenCalledWith(
      expect.objectContaining({ jobId: job.jobId }),
      'https://cdn.example/1.jpg',
    );
    expect(queue.size).toBe(0);
    await vi.waitFor(() => expect(stored.size).toBe(0));
  });

  it('is told of one model’s word while the other looks, and waits on', async () => {
    const queue = new Queue(environment);
    await queue.request([want(1)]);
    const { jobId } = await nth(0);
    const first = aScore({ role: 'fast' });
    await queue.done({ ...outcome(jobId, first), interim: true });
    expect(deliveredTo(1)).toEqual([{ ...first, provisional: true }]);
    expect(queue.size).toBe(1);
    await queue.done(outcome(jobId, aScore({ role: 'strong' })));
    expect(deliveredTo(1).at(-1)).toEqual(aScore({ role: 'strong' }));
    expect(queue.size).toBe(0);
    // Overtaken by the last word: not shown any more.
    await queue.done({ ...outcome(jobId, first), interim: true });
    expect(deliveredTo(1)).toHaveLength(2);
  });

  it('is shown the best that is known of it, whoever has found that out', async () => {
    environment.keep = async () => aScore({ role: 'strong' });
    const queue = new Queue(environment);
    await queue.request([want(1)]);
    await queue.done(outcome((await nth(0)).jobId, aScore({ role: 'fast' })));
    expect(deliveredTo(1)).toEqual([aScore({ role: 'strong' })]);
  });

  it('keeps its stored row until its answer has arrived', async () => {
    let arrived = () => {};
    environment.deliver = () =>
      new Promise((resolve) => {
        arrived = resolve;
      });
    const queue = new Queue(environment);
    await queue.request([want(1)]);
    await queue.done(outcome((await nth(0)).jobId, aScore()));
    expect(queue.size).toBe(0);
    expect(stored.size).toBe(1);
    arrived();
    await vi.waitFor(() => expect(stored.size).toBe(0));
  });

  it('is durable before the request is answered', async () => {
    const queue = new Queue(environment);
    await queue.request([want(1), want(2)]);
    expect(stored.size).toBe(2);
  });

  it('answered while its request is still being written is not called queued afterwards', async () => {
    let written = () => {};
    const save = environment.save;
    environment.save = () =>
      new Promise((resolve) => {
        written = resolve;
      });
    const queue = new Queue(environment);
    const requested = queue.request([want(1)]);
    const firstWritten = written;
    environment.save = save;
    // Another event hands waiting rows out in the meantime.
    queue.leave((subscriber) => subscriber);
    await queue.done(outcome((await nth(0)).jobId, aScore()));
    expect(deliveredTo(1)).toEqual([aScore()]);
    firstWritten();
    expect(await requested).toEqual([null]);
  });

  it('is handed out only after its request was answered', async () => {
    const queue = new Queue(environment);
    await queue.request([want(1)]);
    expect(jobs).toEqual([]);
    await sentJobs(1);
  });

  it('that fails is delivered', async () => {
    const queue = new Queue(environment);
    await queue.request([want(1)]);
    const failed: Verdict = { state: 'failed', reason: 'corrupt' };
    await queue.done(outcome((await nth(0)).jobId, failed));
    expect(deliveredTo(1)).toEqual([failed]);
  });
});

describe('a picture of a site without access', () => {
  beforeEach(() => {
    environment.isPermitted = async () => false;
  });

  it('is never asked for by the extension, but read by the page', async () => {
    environment.readInPage = vi.fn(async () => success(new Uint8Array([7])));
    const queue = new Queue(environment);
    await queue.request([want(1, { subscriber: aSubscriber({ id: 1, pageReadable: false }) })]);
    const job = await nth(0);
    expect(job.source).toEqual({ kind: 'bytes', bytes: new Uint8Array([7]) });
    await queue.done(outcome(job.jobId, aScore()));
    expect(deliveredTo(1).at(-1)).toEqual(aScore());
    expect(environment.keep).toHaveBeenCalledWith(expect.anything(), null);
  });

  it('that its site keeps from pages is not allowed', async () => {
    environment.readInPage = async () => failure('not-allowed');
    const queue = new Queue(environment);
    await queue.request([want(1)]);
    await vi.waitFor(() => expect(deliveredTo(1)).toEqual([{ state: 'failed', reason: 'not-allowed' }]));
    expect(jobs).toEqual([]);
    expect(queue.size).toBe(0);
  });
});

describe('the engine', () => {
  it('gets a few jobs at a time, and the next as they finish', async () => {
    const queue = new Queue(environment);
    const scan = Array.from({ length: 20 }, (_, index) =>
      want(index, { subscriber: aSubscriber({ id: index, asked: null, scanned: 'bulk' }) }),
    );
    await queue.request(scan);
    await sentJobs(8);
    await queue.done(outcome((await nth(0)).jobId, aScore()));
    await sentJobs(9);
    await queue.request([want(99)]);
    await sentJobs(10);
    expect(jobs[9]?.priority).toBe('hover');
    expect(queue.outstanding(1)).toHaveLength(19);
  });

  it('hears when a picture in its hands becomes more urgent', async () => {
    const queue = new Queue(environment);
    await queue.request([want(1, { subscriber: aSubscriber({ id: 1, asked: null, scanned: 'bulk' }) })]);
    const first = await nth(0);
    expect(first.priority).toBe('bulk');
    await queue.request([want(1, { subscriber: aSubscriber({ id: 1, asked: 'click' }) })]);
    expect(await nth(1)).toMatchObject({ jobId: first.jobId, priority: 'click' });
    await queue.request([want(1, { subscriber: aSubscriber({ id: 1, asked: 'hover' }) })]);
    expect(jobs).toHaveLength(2);
  });

  it('is told to stop what nobody waits for any more', async () => {
    const queue = new Queue(environment);
    await queue.request([want(1)]);
    const { jobId } = await nth(0);
    expect(queue.leave(withoutAsked)).toHaveLength(1);
    expect(cancelled).toEqual([jobId]);
    await queue.done(outcome(jobId, { state: 'failed', reason: 'cancelled' }));
    expect(delivered).toEqual([]);
  });

  it('is told to stop what an element showed before', async () => {
    const queue = new Queue(environment);
    await queue.request([want(1)]);
    const { jobId } = await nth(0);
    await queue.request([want(2, { subscriber: aSubscriber({ id: 1, generation: 1 }) })]);
    expect(cancelled).toEqual([jobId]);
  });

  it('that cannot be reached is tried again after a pause, and given up after three times', async () => {
    vi.useFakeTimers();
    let tries = 0;
    environment.engine.run = async () => {
      tries += 1;
      throw new Error('no receiver');
    };
    const queue = new Queue(environment);
    await queue.request([want(1)]);
    await vi.advanceTimersByTimeAsync(100);
    expect(tries).toBe(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(tries).toBe(2);
    await vi.advanceTimersByTimeAsync(400);
    expect(deliveredTo(1)).toEqual([{ state: 'failed', reason: 'engine-failed' }]);
    expect(tries).toBe(3);
    expect(queue.size).toBe(0);
  });
});

describe('a picture the background may not read', () => {
  const readable = (index: number) =>
    want(index, { subscriber: aSubscriber({ id: index, pageReadable: true }) });
  const login: Verdict = { state: 'failed', reason: 'needs-login', detail: 'HTTP 401' };

  it('is read by the page when the page may, and not remembered by its address', async () => {
    const queue = new Queue(environment);
    await queue.request([readable(1)]);
    await queue.done(outcome((await nth(0)).jobId, login));
    const second = await nth(1);
    expect(second.source).toEqual({ kind: 'bytes', bytes: new Uint8Array([1]) });
    await queue.done(outcome(second.jobId, aScore()));
    expect(deliveredTo(1)).toEqual([aScore()]);
    expect(environment.keep).toHaveBeenCalledWith(expect.anything(), null);
  });

  it('fails for those whose page may not either', async () => {
    const queue = new Queue(environment);
    await queue.request([readable(1), want(1, { subscriber: aSubscriber({ tabId: 2, id: 5 }) })]);
    await queue.done(outcome((await nth(0)).jobId, login));
    expect(deliveredTo(5)).toEqual([login]);
    expect(deliveredTo(1)).toEqual([]);
  });

  it('ends with the reason of the page', async () => {
    environment.readInPage = async () => failure('tainted-canvas');
    const queue = new Queue(environment);
    await queue.request([want(1, { url: null })]);
    await vi.waitFor(() => expect(deliveredTo(1)).toEqual([{ state: 'failed', reason: 'tainted-canvas' }]));
    expect(jobs).toEqual([]);
  });

  it('is read through another element when one is gone', async () => {
    environment.readInPage = async ({ id }) => (id === 1 ? failure('gone') : success(new Uint8Array([2])));
    const queue = new Queue(environment);
    await queue.request([readable(1), want(1, { subscriber: aSubscriber({ id: 2, pageReadable: true }) })]);
    await queue.done(outcome((await nth(0)).jobId, login));
    expect((await nth(1)).source).toMatchObject({ kind: 'bytes' });
    expect(deliveredTo(1)).toEqual([{ state: 'failed', reason: 'gone' }]);
  });

  it('is dropped when its frame is gone', async () => {
    environment.readInPage = async () => null;
    const queue = new Queue(environment);
    await queue.request([want(1, { url: null })]);
    await vi.waitFor(() => expect(queue.size).toBe(0));
    expect(delivered).toEqual([]);
  });
});

describe('a background that starts again', () => {
  const sent = (index: number) =>
    aJob({
      key: `key-${index}`,
      jobId: `job-${index}`,
      sequence: index,
      state: 'sent',
      attempts: 1,
      subscribers: [aSubscriber({ id: index })],
    });

  it('collects outcomes, keeps what the engine has, and sends the rest again', async () => {
    status = { inHand: ['job-2', 'orphan'], undelivered: [outcome('job-1', aScore())], info };
    const queue = new Queue(environment);
    await queue.load([sent(1), sent(2), sent(3)]);
    expect(deliveredTo(1)).toEqual([aScore()]);
    expect((await sentJobs(1)).map(({ jobId }) => jobId)).toEqual(['job-3']);
    expect(cancelled).toEqual(['orphan']);
    await queue.request([want(9)]);
    expect(queue.size).toBe(3);
  });

  it('takes the other outcomes, and sends the rest, when one cannot be kept', async () => {
    const bug = new Error('not a DOMException');
    environment.reportBug = vi.fn();
    environment.keep = async ({ jobId, verdict }) => {
      if (jobId === 'job-1') throw bug;
      return verdict;
    };
    const undelivered = [outcome('job-1', aScore()), outcome('job-2', aScore())];
    status = { inHand: [], undelivered, info };
    const queue = new Queue(environment);
    await queue.load([sent(1), sent(2), sent(3)]);
    expect(environment.reportBug).toHaveBeenCalledWith(bug);
    expect(deliveredTo(2)).toEqual([aScore()]);
    expect((await sentJobs(2)).map(({ jobId }) => jobId)).toEqual(['job-1', 'job-3']);
  });

  it('sends everything again when the engine has died as well', async () => {
    const queue = new Queue(environment);
    await queue.load([sent(1), sent(2)]);
    expect((await sentJobs(2)).map(({ jobId }) => jobId)).toEqual(['job-1', 'job-2']);
  });

  it('gives up a picture that took the engine down with it each time', async () => {
    const queue = new Queue(environment);
    await queue.load([{ ...sent(1), attempts: 3 }]);
    expect(deliveredTo(1)).toEqual([{ state: 'failed', reason: 'engine-failed' }]);
  });

  it('leaves alone what is just on its way', async () => {
    let arrive = () => {};
    environment.engine.run = (job) => {
      jobs.push(job);
      return new Promise((resolve) => {
        arrive = resolve;
      });
    };
    const queue = new Queue(environment);
    await queue.request([want(1)]);
    await sentJobs(1);
    status = { inHand: [], undelivered: [], info };
    await queue.reconcile();
    arrive();
    expect(jobs).toHaveLength(1);
  });
});
