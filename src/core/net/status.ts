/** What an HTTP status means for a person who wants the picture, and back. */
import type { Failed } from '../verdict.ts';

/** Authentication wanted, refused, or wanted by a proxy (RFC 9110, 15.5.2, 15.5.4, 15.5.8). */
const LOGIN_STATUSES: readonly number[] = [401, 403, 407];

/** The failure for an HTTP `status` outside 200..299; `detail` carries the number. */
export function failureFromStatus(status: number): Failed {
  const reason = LOGIN_STATUSES.includes(status) ? 'needs-login' : 'http-error';
  return { state: 'failed', reason, detail: `HTTP ${status}` };
}

/**
 * Whether the answer may be different for the page itself, which has cookies, a referrer and its own origin:
 * a refused request, no answer at all, or a page (a log-in form, most often) where a picture
 * should be. Servers in trouble (5xx) would only be asked twice.
 */
export function mayDifferInPage(failed: Failed): boolean {
  switch (failed.reason) {
    case 'needs-login':
    case 'network':
    case 'not-an-image':
      return true;
    case 'http-error':
      return /^HTTP 4\d\d$/.test(failed.detail ?? '');
    default:
      return false;
  }
}
