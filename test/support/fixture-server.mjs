/**
 * One loopback server for every fixture. A browser started with `HOST_FLAGS` reaches it under two public-looking
 * names, so that pages and pictures come from different origins and nothing else can be reached at all.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { pictureRoutes } from './fixture-routes.mjs';

/**
 * @typedef {import('node:http').IncomingMessage} Request
 * @typedef {import('node:http').ServerResponse} Response
 * @typedef {{ host: string, path: string, headers: import('node:http').IncomingHttpHeaders }} Logged
 * @typedef {{ port: number }} Place
 * @typedef {(request: Request, response: Response, place: Place & { url: URL }) => void | Promise<void>} Route
 */

/** Chromium flags: two names for loopback, and no way out for any other name or address. */
export const HOST_FLAGS = [
  '--host-resolver-rules=MAP site.test 127.0.0.1, MAP cdn.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  '--no-proxy-server',
];

const PAGES = fileURLToPath(new URL('../fixtures/pages/', import.meta.url));

/**
 * Starts the fixtures.
 *
 * - `site` and `cdn` are the origins; `url(path)` is on `site`.
 * - `readByScripts(path)` lists the logged requests below `path` that came from a `fetch`, not from an element.
 * - `forget()` empties the log.
 */
export async function startFixtures() {
  /** @type {Logged[]} */
  const log = [];
  const server = createServer(async (request, response) => {
    const host = request.headers.host ?? '';
    const url = new URL(request.url ?? '/', `http://${host}`);
    log.push({ host: url.hostname, path: url.pathname + url.search, headers: request.headers });
    try {
      await answer(request, response, { url, port: portOf(server) });
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const port = portOf(server);
  const site = `http://site.test:${port}`;
  return {
    port,
    site,
    cdn: `http://cdn.test:${port}`,
    log,
    url: (/** @type {string} */ path) => site + path,
    // Elements ask for the types they can show. (`Sec-Fetch-Dest` would say it, but is sent to HTTPS only.)
    readByScripts: (path = '/') =>
      log.filter((entry) => entry.headers.accept === '*/*' && entry.path.startsWith(path)),
    forget: () => {
      log.length = 0;
    },
    close: () =>
      new Promise((/** @type {(value: void) => void} */ resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** @param {import('node:http').Server} server */
function portOf(server) {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

/** @type {Route} */
async function answer(request, response, place) {
  const { pathname } = place.url;
  if (pathname.endsWith('.html')) return page(request, response, place);
  const route = Object.entries(pictureRoutes).find(([prefix]) => pathname.startsWith(prefix));
  if (route === undefined)
    return void response.writeHead(404, { 'content-type': 'text/plain' }).end('no such thing');
  await route[1](request, response, place);
}

/**
 * A page of `test/fixtures/pages`, with `{{cdn}}`, `{{site}}` and `{{port}}` filled in, and a cookie that pictures behind a login ask for.
 * @type {Route}
 */
function page(_request, response, { url, port }) {
  const name = url.pathname.slice(1);
  if (!/^[a-z-]+\.html$/.test(name)) return void response.writeHead(404).end();
  const html = readFileSync(PAGES + name, 'utf8')
    .replaceAll('{{cdn}}', `http://cdn.test:${port}`)
    .replaceAll('{{site}}', `http://site.test:${port}`)
    .replaceAll('{{port}}', String(port));
  response
    .writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'set-cookie': 'session=open; Path=/; HttpOnly',
      'cache-control': 'no-store',
    })
    .end(html);
}
