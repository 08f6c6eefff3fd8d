import { afterEach, describe, expect, it, vi } from 'vitest';
import { browserThreads } from './kernel-threads.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('browserThreads', () => {
  it.each([
    { isolated: true, cores: 2, most: 2 },
    { isolated: true, cores: 64, most: 4 },
    { isolated: true, cores: 1, most: undefined },
    { isolated: false, cores: 8, most: undefined },
    { isolated: undefined, cores: 8, most: undefined },
  ])('are $most on $cores cores, isolated: $isolated', ({ isolated, cores, most }) => {
    vi.stubGlobal('crossOriginIsolated', isolated);
    vi.stubGlobal('navigator', { hardwareConcurrency: cores });
    expect(browserThreads()?.most).toBe(most);
  });
});

describe('a helper that breaks', () => {
  it('is lost, and its error stays with it', () => {
    const started: { onerror: (event: Event) => void }[] = [];
    vi.stubGlobal('crossOriginIsolated', true);
    vi.stubGlobal('navigator', { hardwareConcurrency: 2 });
    vi.stubGlobal(
      'Worker',
      class {
        onerror = (_: Event): void => undefined;
        constructor() {
          started.push(this);
        }
      },
    );
    const onLost = vi.fn();
    browserThreads()?.startHelper(onLost);
    const event = new Event('error', { cancelable: true });
    expect(onLost).not.toHaveBeenCalled();
    started[0]?.onerror(event);
    expect(onLost).toHaveBeenCalledTimes(1);
    expect(event.defaultPrevented).toBe(true);
  });
});
