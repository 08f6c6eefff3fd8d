/** Two origins on loopback that serve pages given as strings and pictures of any size. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deflateSync } from 'node:zlib';

const CRC = Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  let crc = 0xffffffff;
  for (const byte of body) crc = (CRC[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE((crc ^ 0xffffffff) >>> 0, 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** A PNG of a soft gradient with a checker in it, so that placement can be judged by eye. */
export function png(width: number, height: number, hue = 0): Buffer {
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = y * (1 + width * 3) + 1 + x * 3;
      const checker = (Math.floor(x / 20) + Math.floor(y / 20)) % 2 ? 24 : 0;
      rows[at] = (90 + hue + (100 * x) / width + checker) & 255;
      rows[at + 1] = (110 + (80 * y) / height + checker) & 255;
      rows[at + 2] = (150 + hue + checker) & 255;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

export class Site {
  readonly pages = new Map<string, string>();
  /** Referrer of every request for a picture, by its path and query; the last one counts. */
  readonly referrers = new Map<string, string>();
  readonly #server: Server;

  private constructor() {
    const pictures = new Map<string, Buffer>();
    this.#server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://site.test');
      const page = this.pages.get(pathname);
      if (page !== undefined) {
        response.setHeader('content-type', 'text/html; charset=utf-8');
        response.end(page);
        return;
      }
      this.referrers.set(request.url ?? '', request.headers.referer ?? '');
      const elsewhere = searchParams.get('redirect');
      if (elsewhere !== null) {
        response.writeHead(302, { location: elsewhere, 'cache-control': 'no-store' });
        response.end();
        return;
      }
      if (searchParams.has('drop')) {
        request.socket.destroy();
        return;
      }
      if (searchParams.has('cors')) {
        response.setHeader('access-control-allow-origin', '*');
        response.setHeader('cache-control', 'no-store');
      }
      // /400x100/name.png: any size.
      const size = /^\/(\d+)x(\d+)\//.exec(pathname);
      if (!size || searchParams.has('missing')) {
        response.statusCode = 404;
        response.end();
        return;
      }
      const key = `${size[1]}x${size[2]}`;
      const picture = pictures.get(key) ?? png(Number(size[1]), Number(size[2]));
      pictures.set(key, picture);
      response.setHeader('content-type', 'image/png');
      response.end(picture);
    });
  }

  static async start(): Promise<Site> {
    const site = new Site();
    await new Promise<void>((resolve) => site.#server.listen(0, '127.0.0.1', resolve));
    return site;
  }

  /** Address of a path on `host`, which leads here whatever its name. */
  at(path: string, host = 'site.test'): string {
    return `http://${host}:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  /** Serves a page under `path` and returns its address. */
  serve(path: string, body: string, head = ''): string {
    this.pages.set(
      path,
      `<!doctype html><html lang="en"><head><title>${path}</title>${head}</head><body>${body}</body></html>`,
    );
    return this.at(path);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}
