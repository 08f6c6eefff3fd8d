import { describe, expect, it } from 'vitest';
import { failureFromStatus, mayDifferInPage } from './status.ts';

describe('failureFromStatus', () => {
  it.each([401, 403, 407])('%i asks for a login', (status) => {
    expect(failureFromStatus(status)).toEqual({
      state: 'failed',
      reason: 'needs-login',
      detail: `HTTP ${status}`,
    });
  });

  it.each([404, 410, 429, 500, 503])('%i is an HTTP error with its number', (status) => {
    expect(failureFromStatus(status)).toEqual({
      state: 'failed',
      reason: 'http-error',
      detail: `HTTP ${status}`,
    });
  });
});

describe('mayDifferInPage', () => {
  it.each([401, 403, 404, 451])('HTTP %i may', (status) => {
    expect(mayDifferInPage(failureFromStatus(status))).toBe(true);
  });

  it.each([500, 502, 503])('HTTP %i may not', (status) => {
    expect(mayDifferInPage(failureFromStatus(status))).toBe(false);
  });

  it('separates what the page can do from what it cannot', () => {
    for (const reason of ['network', 'not-an-image'] as const) {
      expect(mayDifferInPage({ state: 'failed', reason })).toBe(true);
    }
    for (const reason of ['private-address', 'too-many-bytes', 'timeout', 'corrupt'] as const) {
      expect(mayDifferInPage({ state: 'failed', reason })).toBe(false);
    }
  });
});
