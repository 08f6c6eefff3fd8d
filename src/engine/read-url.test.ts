import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LIMITS } from '../core/limits.ts';
import { type ReadUrlEnvironment, readUrl } from './read-url.ts';

const PICTURE = Uint8Array.from({ length: 70_000 }, (_, index) => index % 251);
const never = new AbortController().signal;

let server: Server;
let base = '';
let sentBytes = 0;
let connectionClosed: Promise<void> = Promise.resolve();
const seen: IncomingMessage[] = [];

/** Sends zeros as fast as the reader takes them, for ever. */
function pour(response: ServerResponse): void {
  const chunk = Buffer.alloc(2 ** 20);
  const push = () => {
    while (!response.destroyed) {
      sentBytes += chunk.length;
      if (!response.write(chunk)) {
        response.once('drain', push);
        return;
      }
    }
  };
  push();
}

const ROUTES: Record<string, (response: ServerResponse) => void> = {
  '/picture': (response) => response.end(PICTURE),
  '/hang': () => {},
  '/headers-then-hang': (response) => {
    response.writeHead(200, { 'content-type': 'image/jpeg' });
    response.write(PICTURE.subarray(0, 10));
  },
  '/drip': (response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('x'), 10);
    response.on('close', () => clearInterval(timer));
  },
  '/endless': (response) => {
    response.writeHead(200, { 'content-type': 'image/jpeg' });
    pour(response);
  },
  '/declared-300-mb': (response) => {
    response.writeHead(200, { 'content-length': String(300 * 2 ** 20) });
    pour(response);
  },
  '/html': (response) => response.end('<!doctype html><title>log in</title>'),
  '/login': (response) => response.writeHead(401).end('no'),
  '/gone': (response) => response.writeHead(404).end('no'),
  '/broken': (response) => response.writeHead(503).end('no'),
  '/redirect': (response) => response.writeHead(302, { location: '/picture' }).end(),
  '/loop': (response) => response.writeHead(302, { location: '/loop' }).end(),
  '/cut': (response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('short', () => response.destroy());
  },
};

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(request);
    connectionClosed = new Promise((resolve) => response.on('close', resolve));
    ROUTES[request.url ?? '']?.(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
afterEach(() => {
  seen.length = 0;
  sentBytes = 0;
});

const environment = (limits: Partial<ReadUrlEnvironment['limits']> = {}): ReadUrlEnvironment => ({
  fetch: (url, init) => fetch(url, init),
  limits: { ...LIMITS, ...limits },
});

const read = (path: string, limits: Partial<ReadUrlEnvironment['limits']> = {}) =>
  readUrl({ url: base + path, pageUrl: 'http://127.0.0.1/' }, never, environment(limits));

const refused = (reason: string, detail?: string) => ({
  ok: false,
  failure: { state: 'failed', reason, ...(detail === undefined ? {} : { detail }) },
});

describe('readUrl reads', () => {
  it('the whole body, byte for byte', async () => {
    expect(await read('/picture')).toEqual({ ok: true, value: PICTURE });
  });

  it('without cookies or referrer', async () => {
    await read('/picture');
    expect(seen).toHaveLength(1);
    expect(seen[0]?.headers).not.toHaveProperty('cookie');
    expect(seen[0]?.headers).not.toHaveProperty('referer');
  });

  it('through a redirect that stays where the page may read', async () => {
    expect(await read('/redirect')).toEqual({ ok: true, value: PICTURE });
  });

  it('HTML as it comes: what it is, the sniffer says', async () => {
    const result = await read('/html');
    expect(result.ok && new TextDecoder().decode(result.value)).toContain('log in');
  });

  it('data: addresses', async () => {
    const source = { url: 'data:image/png;base64,AQID', pageUrl: 'https://a.example/' };
    expect(await readUrl(source, never)).toEqual({ ok: true, value: new Uint8Array([1, 2, 3]) });
  });
});

describe('readUrl refuses', () => {
  it.each([
    ['/login', 'needs-login', 'HTTP 401'],
    ['/gone', 'http-error', 'HTTP 404'],
    ['/broken', 'http-error', 'HTTP 503'],
  ])('%s: %s', async (path, reason, detail) => {
    expect(await read(path)).toEqual(refused(reason, detail));
  });

  it('a server that never answers', async () => {
    expect(await read('/hang', { stallMs: 40 })).toEqual(refused('timeout'));
  });

  it('a body that stops coming', async () => {
    expect(await read('/headers-then-hang', { stallMs: 40 })).toEqual(refused('timeout'));
  });

  it('a drip that never stalls but takes too long', async () => {
    expect(await read('/drip', { stallMs: 5000, fetchMs: 120 })).toEqual(refused('timeout'));
  });

  it('a stream past the limit, and hangs up soon after it', async () => {
    const limit = 4 * 2 ** 20;
    expect(await read('/endless', { imageBytes: limit })).toEqual(refused('too-many-bytes'));
    await connectionClosed;
    // Both ends buffer some megabytes; what matters is that it ends near the limit and not near 300 MB.
    expect(sentBytes).toBeLessThan(limit + 64 * 2 ** 20);
  });

  it('a declared size past the limit without reading the body', async () => {
    expect(await read('/declared-300-mb')).toEqual(refused('too-many-bytes'));
    await connectionClosed;
    expect(sentBytes).toBeLessThan(64 * 2 ** 20);
  });

  it.each(['/loop', '/cut'])('%s: no answer', async (path) => {
    expect(await read(path)).toEqual(refused('network'));
  });

  it('to go on when the caller cancels', async () => {
    const caller = new AbortController();
    const source = { url: `${base}/hang`, pageUrl: 'http://127.0.0.1/' };
    const reading = readUrl(source, caller.signal, environment());
    caller.abort();
    expect(await reading).toEqual(refused('cancelled'));
    expect(await readUrl(source, caller.signal, environment())).toEqual(refused('cancelled'));
  });
});

describe('readUrl keeps public pages out of the local network', () => {
  it('asks nothing when the address itself is refused', async () => {
    const source = { url: `${base}/picture`, pageUrl: 'https://a.example/' };
    expect(await readUrl(source, never)).toEqual(refused('private-address'));
    expect(seen).toHaveLength(0);
  });

  it('reads no byte after a redirect into it', async () => {
    let aborted = false;
    let bodyRead = false;
    const body = new ReadableStream<Uint8Array>(
      {
        pull: () => {
          bodyRead = true;
        },
      },
      { highWaterMark: 0 },
    );
    const response = new Response(body);
    Object.defineProperty(response, 'url', { value: 'http://192.168.1.1/secret.jpg' });
    const result = await readUrl({ url: 'https://cdn.example/a.jpg', pageUrl: 'https://a.example/' }, never, {
      fetch: async (_url, init) => {
        init.signal?.addEventListener('abort', () => {
          aborted = true;
        });
        return response;
      },
      limits: LIMITS,
    });
    expect(result).toEqual(refused('private-address'));
    expect(aborted).toBe(true);
    expect(bodyRead).toBe(false);
  });

  it('refuses schemes that are not pictures on the web', async () => {
    for (const url of ['file:///etc/passwd', 'ftp://a.example/x', 'not a url']) {
      const source = { url, pageUrl: 'https://a.example/' };
      expect(await readUrl(source, never)).toEqual(refused('bad-scheme'));
    }
  });
});
