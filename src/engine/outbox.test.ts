import { describe, expect, it, vi } from 'vitest';
import type { EngineOutcome } from '../protocol/messages.ts';
import { Outbox } from './outbox.ts';

const outcome = (jobId: string): EngineOutcome => ({
  ...{
    jobId,
    verdict: { state: 'failed', reason: 'corrupt' },
    map: null,
    thumbnail: null,
    fromCache: false,
    interim: false,
  },
});

describe('the outbox', () => {
  it('forgets what arrived and keeps what did not, until it is collected', async () => {
    const send = vi.fn(async (_name: string, { jobId }: { jobId: string }) => {
      if (jobId === 'lost') throw new Error('nobody listens');
      return {};
    });
    const outbox = new Outbox(send as never);
    await outbox.deliver(outcome('arrived'));
    expect(outbox.isEmpty).toBe(true);
    await outbox.deliver(outcome('lost'));
    expect(outbox.isEmpty).toBe(false);
    expect(outbox.collect()).toEqual([outcome('lost')]);
    expect(outbox.collect()).toEqual([]);
  });

  it('offers an outcome that is still on its way, so that no restart misses it', async () => {
    let arrive: (reply: object) => void = () => undefined;
    const outbox = new Outbox(
      (() =>
        new Promise((resolve) => {
          arrive = resolve;
        })) as never,
    );
    const delivered = outbox.deliver(outcome('a'));
    expect(outbox.collect()).toEqual([outcome('a')]);
    arrive({});
    await delivered;
    expect(outbox.isEmpty).toBe(true);
  });
});
