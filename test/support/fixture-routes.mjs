/** What the fixture server answers for pictures: good ones, and every way of being bad. */
import {
  commented,
  crop,
  declaring,
  demoNames,
  demoPicture,
  flatPng,
  gif,
  hugePng,
  png,
  texture,
  webp,
} from './pictures.mjs';

/** @typedef {import('./fixture-server.mjs').Route} Route */

/** Size of the stream that never becomes a picture, and of its pieces. */
const STREAM_BYTES = 300 * 2 ** 20;
const STREAM_PIECE = Buffer.alloc(2 ** 16, 0x5a);
/** One empty page; viewers rebuild the table of contents that is missing. */
const PDF = `%PDF-1.1
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 144]>>endobj
trailer<</Root 1 0 R>>
%%EOF`;
const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"><circle cx="100" cy="100" r="90" fill="teal"/></svg>';

/**
 * @param {import('node:http').ServerResponse} response
 * @param {string} type
 * @param {Buffer} body
 * @param {Record<string, string>} [headers]
 */
const send = (response, type, body, headers = {}) =>
  void response.writeHead(200, { 'content-type': type, 'content-length': body.length, ...headers }).end(body);

/**
 * A number taken from the path: `/crop/17.jpg` is 17.
 * @param {URL} url
 */
const numberIn = (url) => Number(/\d+/.exec(url.pathname)?.[0] ?? 0);

/**
 * Routes by path prefix. Numbered ones give another picture for each number.
 * @type {Record<string, Route>}
 */
export const pictureRoutes = {
  '/crop/': async (_request, response, { url }) => send(response, 'image/jpeg', await crop(numberIn(url))),
  /** Small and quick to screen: 160 x 160. */
  '/small/': async (_request, response, { url }) =>
    send(response, 'image/jpeg', await crop(numberIn(url), { widthPx: 160, heightPx: 160 })),
  /** Other bytes for every number, but only 200 different pictures, so that thousands cost nothing to make. */
  '/many/': async (_request, response, { url }) => {
    const number = numberIn(url);
    send(response, 'image/jpeg', commented(await crop(number % 200), `number ${number}`));
  },
  '/png/': (_request, response, { url }) =>
    send(response, 'image/png', png(160, 160, texture(numberIn(url)))),
  '/webp/': async (_request, response, { url }) => send(response, 'image/webp', await webp(numberIn(url))),
  '/gif/': (_request, response) => send(response, 'image/gif', gif()),
  '/pdf/': (_request, response) => send(response, 'application/pdf', Buffer.from(PDF)),
  '/svg/': (_request, response) => send(response, 'image/svg+xml', Buffer.from(SVG)),
  '/flat/': (_request, response) => send(response, 'image/png', flatPng()),
  '/tiny/': (_request, response) => send(response, 'image/png', png(60, 60, texture(1))),
  '/demo/': (_request, response, { url }) => {
    const name = url.pathname.slice('/demo/'.length);
    if (!demoNames.includes(name)) return void response.writeHead(404).end();
    send(response, 'image/jpeg', demoPicture(name));
  },
  /** Readable by scripts of any origin. */
  '/cors/': async (_request, response, { url }) =>
    send(response, 'image/jpeg', await crop(numberIn(url)), { 'access-control-allow-origin': '*' }),
  '/slow/': async (_request, response, { url }) => {
    const picture = await crop(numberIn(url));
    setTimeout(() => send(response, 'image/jpeg', picture), 1500);
  },
  /** Accepts the request and never says anything. */
  '/hang/': () => {},
  '/html/': (_request, response) =>
    send(response, 'image/jpeg', Buffer.from('<!doctype html><title>Not a picture</title><p>Sorry.')),
  '/huge-png/': (_request, response) => send(response, 'image/png', hugePng()),
  '/huge-jpeg/': async (_request, response) =>
    send(response, 'image/jpeg', declaring(await crop(0), 60_000, 60_000)),
  '/truncated/': async (_request, response) => {
    const picture = await crop(1);
    send(response, 'image/jpeg', picture.subarray(0, Math.floor(picture.length / 2)));
  },
  '/corrupt/': async (_request, response) => {
    const picture = Buffer.from(await crop(2));
    send(response, 'image/jpeg', withoutTables(picture));
  },
  '/stream/': (request, response) => {
    response.writeHead(200, { 'content-type': 'image/jpeg' });
    response.write(Buffer.from([0xff, 0xd8, 0xff, 0xe0]));
    let left = STREAM_BYTES;
    const pour = () => {
      while (left > 0 && !request.destroyed && !response.destroyed) {
        left -= STREAM_PIECE.length;
        if (!response.write(STREAM_PIECE)) return void response.once('drain', pour);
      }
      response.end();
    };
    pour();
  },
  /** From a public-looking name into the machine itself. */
  '/to-private/': (_request, response, { port }) =>
    void response.writeHead(302, { location: `http://127.0.0.1:${port}/crop/5.jpg` }).end(),
  /** Shown to whoever has the page's cookie. */
  '/login/': async (request, response, { url }) => {
    if (!request.headers.cookie?.includes('session=open')) return void response.writeHead(401).end();
    send(response, 'image/jpeg', await crop(numberIn(url)), { 'cache-control': 'no-store', vary: 'cookie' });
  },
  /** Shown only where a page of the site embeds it (hot-link protection). */
  '/hotlink/': async (request, response, { url }) => {
    if (!request.headers.referer?.includes('//site.test')) return void response.writeHead(403).end();
    send(response, 'image/jpeg', await crop(numberIn(url)), { 'cache-control': 'no-store' });
  },
};

/** The JPEG with its Huffman tables cut out: complete in form, impossible to decode. */
function withoutTables(/** @type {Buffer} */ jpeg) {
  const parts = [jpeg.subarray(0, 2)];
  let position = 2;
  while (jpeg[position + 1] !== 0xda) {
    const end = position + 2 + jpeg.readUInt16BE(position + 2);
    if (jpeg[position + 1] !== 0xc4 && jpeg[position + 1] !== 0xdb) parts.push(jpeg.subarray(position, end));
    position = end;
  }
  return Buffer.concat([...parts, jpeg.subarray(position)]);
}
