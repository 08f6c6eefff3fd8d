import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { coalesce } from './coalesce.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('makes one further run of all wishes that come during a run, never two runs at once', async () => {
  let running = 0;
  let most = 0;
  let runs = 0;
  const wish = coalesce(async () => {
    runs++;
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 40));
    running--;
  });
  for (let index = 0; index < 50; index++) wish();
  await vi.advanceTimersByTimeAsync(20);
  wish();
  wish();
  await vi.advanceTimersByTimeAsync(5_000);
  expect([runs, most]).toEqual([2, 1]);
});

it('rests as long as the work took, at least the given time, and then serves again', async () => {
  const starts: number[] = [];
  const tookMs = [10, 700, 10];
  const wish = coalesce(async () => {
    starts.push(performance.now());
    await new Promise((resolve) => setTimeout(resolve, tookMs[starts.length - 1]));
  }, 100);
  const startedAt = performance.now();
  wish();
  const again = setInterval(wish, 5);
  await vi.advanceTimersByTimeAsync(1_600);
  clearInterval(again);
  expect(starts.slice(0, 3).map((at) => Math.round(at - startedAt))).toEqual([0, 110, 1_510]);
});
