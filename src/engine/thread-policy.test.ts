import { describe, expect, it } from 'vitest';
import { MOST_THREADS } from '../kernels/team.ts';
import { threadsFor } from './thread-policy.ts';

describe('threadsFor', () => {
  it('gives a picture that somebody waits for the whole machine, up to a limit', () => {
    expect(threadsFor({ priority: 'click', busy: 0, cores: 2 })).toBe(2);
    expect(threadsFor({ priority: 'hover', busy: 0, cores: 16 })).toBe(MOST_THREADS);
    expect(threadsFor({ priority: 'click', busy: 0, cores: 0 })).toBe(1);
  });

  it('gives one thread to pictures of a scan, and while others are screened', () => {
    expect(threadsFor({ priority: 'bulk', busy: 0, cores: 8 })).toBe(1);
    expect(threadsFor({ priority: 'visible', busy: 0, cores: 8 })).toBe(1);
    expect(threadsFor({ priority: 'click', busy: 1, cores: 8 })).toBe(1);
  });
});
