/** The bounded reader of image addresses: anonymous, capped in bytes and time, never into the local network. */
import { LIMITS } from '../core/limits.ts';
import { readRefusal } from '../core/net/address.ts';
import { failureFromStatus } from '../core/net/status.ts';
import { failure, type Result, success } from '../core/result.ts';
import type { Failed, FailureReason } from '../core/verdict.ts';

export interface UrlSource {
  url: string;
  /** Address of the frame that shows the image: decides which address classes are allowed. */
  pageUrl: string;
}

/** What the reader needs from its surroundings; tests bring their own. */
export interface ReadUrlEnvironment {
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  limits: Record<'imageBytes' | 'stallMs' | 'fetchMs', number>;
}

const BROWSER_ENVIRONMENT: ReadUrlEnvironment = {
  fetch: (url, init) => fetch(url, init),
  limits: LIMITS,
};

const failed = (reason: FailureReason): { ok: false; failure: Failed } =>
  failure({ state: 'failed', reason });

const parsedUrl = (url: string): URL | null => (URL.canParse(url) ? new URL(url) : null);

/** Aborts a download for one of three reasons and remembers which. */
class Deadline {
  readonly controller = new AbortController();
  reason: FailureReason | null = null;
  private stallTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly totalTimer: ReturnType<typeof setTimeout>;
  private readonly onAbort = () => this.end('cancelled');

  constructor(
    private readonly caller: AbortSignal,
    private readonly limits: ReadUrlEnvironment['limits'],
  ) {
    this.totalTimer = setTimeout(() => this.end('timeout'), limits.fetchMs);
    if (caller.aborted) this.end('cancelled');
    else caller.addEventListener('abort', this.onAbort, { once: true });
    this.progress();
  }

  /** The server has said something: the stall clock starts again. */
  progress(): void {
    clearTimeout(this.stallTimer);
    this.stallTimer = setTimeout(() => this.end('timeout'), this.limits.stallMs);
  }

  end(reason: FailureReason): void {
    this.reason ??= reason;
    this.controller.abort();
  }

  stop(): void {
    clearTimeout(this.stallTimer);
    clearTimeout(this.totalTimer);
    this.caller.removeEventListener('abort', this.onAbort);
  }
}

function joined(chunks: Uint8Array[], sizeBytes: number): Uint8Array {
  const whole = new Uint8Array(sizeBytes);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

async function readBody(
  response: Response,
  deadline: Deadline,
  limitBytes: number,
): Promise<Result<Uint8Array, Failed>> {
  if (Number(response.headers.get('content-length')) > limitBytes) {
    deadline.end('too-many-bytes');
    return failed('too-many-bytes');
  }
  if (response.body === null) return success(new Uint8Array(0));
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return success(joined(chunks, sizeBytes));
    deadline.progress();
    sizeBytes += value.length;
    if (sizeBytes > limitBytes) {
      deadline.end('too-many-bytes');
      return failed('too-many-bytes');
    }
    chunks.push(value);
  }
}

/** The guard before the request, and again for the address that redirects ended at. */
function addressRefusal(url: string, pageUrl: string): FailureReason | null {
  const image = parsedUrl(url);
  if (image === null) return 'bad-scheme';
  if (image.protocol === 'data:') return null;
  return readRefusal(image, parsedUrl(pageUrl));
}

/**
 * The bytes of an http(s) or `data:` address, at most `LIMITS.imageBytes`, or why not: `bad-scheme` and
 * `private-address` without any request, `needs-login` for 401/403/407, `http-error` with the status as detail,
 * `too-many-bytes` as soon as the size is known or exceeded, `timeout` after `LIMITS.stallMs` without a byte or
 * `LIMITS.fetchMs` in all, `not-allowed` when a request fails that no host access covers (fetch does not tell
 * a withheld permission from a dead server), `network` when one does, `cancelled` when `signal` aborts.
 * No cookies, no referrer. A redirect into the local network has been followed by the time it is seen
 * (fetch hides the location of an unfollowed one), but its body is not read.
 */
export async function readUrl(
  source: UrlSource,
  signal: AbortSignal,
  environment: ReadUrlEnvironment = BROWSER_ENVIRONMENT,
): Promise<Result<Uint8Array, Failed>> {
  const refused = addressRefusal(source.url, source.pageUrl);
  if (refused !== null) return failed(refused);
  const deadline = new Deadline(signal, environment.limits);
  try {
    const response = await environment.fetch(source.url, {
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      redirect: 'follow',
      signal: deadline.controller.signal,
    });
    deadline.progress();
    const moved = addressRefusal(response.url || source.url, source.pageUrl);
    if (moved !== null) {
      deadline.end(moved);
      return failed(moved);
    }
    if (!response.ok) {
      deadline.end('http-error');
      return failure(failureFromStatus(response.status));
    }
    return await readBody(response, deadline, environment.limits.imageBytes);
  } catch (error) {
    if (deadline.reason !== null) return failed(deadline.reason);
    // Fetch and its body reject with a TypeError for everything that went wrong on the way.
    if (error instanceof TypeError) return failed('network');
    throw error;
  } finally {
    deadline.stop();
  }
}
