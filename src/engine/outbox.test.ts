import { afterEach, describe, expect, it, vi } from 'vitest';
import type { EngineOutcome } from '../protocol/messages.ts';
import { KNOCK_MS, KNOCKS, Outbox } from './outbox.ts';

afterEach(() => {
  vi.useRealTimers();
});

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
    const outbox = new Outbox(send as never, () => undefined);
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
      () => undefined,
    );
    const delivered = outbox.deliver(outcome('a'));
    expect(outbox.collect()).toEqual([outcome('a')]);
    arrive({});
    await delivered;
    expect(outbox.isEmpty).toBe(true);
  });

  describe('nobody listens to', () => {
    const open = () => {
      vi.useFakeTimers();
      const sent: string[] = [];
      const listener = { isThere: false, hear: () => undefined as unknown };
      const onEmpty = vi.fn();
      const send = async (_name: string, { jobId }: { jobId: string }) => {
        sent.push(jobId);
        if (!listener.isThere) throw new Error('nobody listens');
        listener.hear();
        return {};
      };
      const outbox = new Outbox(send as never, onEmpty);
      return { outbox, sent, listener, onEmpty };
    };

    it('tries again with one outcome, and once that arrives with the rest', async () => {
      const { outbox, sent, listener, onEmpty } = open();
      await Promise.all([outbox.deliver(outcome('a')), outbox.deliver(outcome('b'))]);
      await vi.advanceTimersByTimeAsync(KNOCK_MS);
      expect(sent).toEqual(['a', 'b', 'a']);
      expect(onEmpty).not.toHaveBeenCalled();
      listener.isThere = true;
      await vi.advanceTimersByTimeAsync(2 * KNOCK_MS);
      expect(sent).toEqual(['a', 'b', 'a', 'a', 'b']);
      expect(onEmpty).toHaveBeenCalledTimes(1);
      expect([outbox.isEmpty, vi.getTimerCount()]).toEqual([true, 0]);
    });

    it('waits twice as long before each further knock', async () => {
      const { outbox, sent } = open();
      await outbox.deliver(outcome('a'));
      for (let knock = 0; knock < KNOCKS; knock += 1) {
        await vi.advanceTimersByTimeAsync(KNOCK_MS * 2 ** knock - 1);
        expect(sent).toHaveLength(1 + knock);
        await vi.advanceTimersByTimeAsync(1);
        expect(sent).toHaveLength(2 + knock);
      }
    });

    it('tries again beside a sending that never settles', async () => {
      vi.useFakeTimers();
      const send = vi.fn(() => new Promise<object>(() => undefined));
      const outbox = new Outbox(send as never, () => undefined);
      void outbox.deliver(outcome('a'));
      await vi.advanceTimersByTimeAsync(KNOCK_MS);
      expect(send).toHaveBeenCalledTimes(2);
      send.mockResolvedValue({});
      await vi.advanceTimersByTimeAsync(2 * KNOCK_MS);
      expect([send.mock.calls.length, outbox.isEmpty, vi.getTimerCount()]).toEqual([3, true, 0]);
    });

    it('leaves the rest to a background that starts with the first and asks for it', async () => {
      const { outbox, sent, listener } = open();
      await Promise.all([outbox.deliver(outcome('a')), outbox.deliver(outcome('b'))]);
      listener.isThere = true;
      listener.hear = () => outbox.collect();
      await vi.advanceTimersByTimeAsync(KNOCK_MS);
      expect(sent).toEqual(['a', 'b', 'a']);
      expect(vi.getTimerCount()).toBe(0);
    });

    it('does not try again with what was collected', async () => {
      const { outbox, sent } = open();
      await outbox.deliver(outcome('a'));
      const delivered = outbox.deliver(outcome('b'));
      expect(outbox.collect()).toHaveLength(2);
      expect(await delivered).toBe(false);
      expect([sent, vi.getTimerCount()]).toEqual([['a', 'b'], 0]);
    });

    it('gives up after a while, and begins anew with the next outcome that arrives', async () => {
      const { outbox, sent, listener } = open();
      await outbox.deliver(outcome('a'));
      await vi.advanceTimersByTimeAsync(100 * KNOCK_MS);
      expect(sent).toHaveLength(1 + KNOCKS);
      listener.isThere = true;
      await outbox.deliver(outcome('b'));
      listener.isThere = false;
      await outbox.deliver(outcome('c'));
      await vi.advanceTimersByTimeAsync(KNOCK_MS);
      expect(sent.slice(1 + KNOCKS)).toEqual(['b', 'c', 'a']);
    });
  });
});
