/** Reading a picture's bytes in the page's own context, where the page itself may read them. */
import { isProbeIntact, PROBE_SIDE_PX, probePixels } from '../core/image/readback-probe.ts';
import { LIMITS } from '../core/limits.ts';
import { failureFromStatus } from '../core/net/status.ts';
import { failure, type Result, success } from '../core/result.ts';
import type { FailureReason } from '../core/verdict.ts';
import type { ImageRecord } from './collect/registry.ts';
import { createElement } from './dom.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type ReadResult = Result<Bytes, FailureReason>;

/** The stream's bytes, or `too-many-bytes` as soon as they exceed the limit. */
async function drained(stream: ReadableStream<Uint8Array>): Promise<ReadResult> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    sizeBytes += value.byteLength;
    if (sizeBytes > LIMITS.imageBytes) {
      await reader.cancel();
      return failure('too-many-bytes');
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(sizeBytes);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return success(bytes);
}

/** The page's own origin; `blob:` addresses carry the origin of the page that made them. */
const isOwn = (url: string): boolean => new URL(url).origin === location.origin || url.startsWith('data:');

/**
 * Why an address that the page may read was refused without an answer. A way that leads to another site is closed
 * there, which fetch does not tell apart from a dead connection: only stopping at the redirect shows it.
 */
async function silentRefusal(url: string, signal: AbortSignal): Promise<FailureReason> {
  if (!url.startsWith('http')) return 'network';
  try {
    const response = await fetch(url, { credentials: 'same-origin', redirect: 'manual', signal });
    await response.body?.cancel();
    return response.type === 'opaqueredirect' ? 'not-allowed' : 'network';
  } catch {
    return signal.aborted ? 'timeout' : 'network';
  }
}

/**
 * Fetches as the page would, with its cookies for its own origin; the whole time is limited as in the background.
 * Another site's picture arrives when that site lets every page read it (CORS), else it is `not-allowed`; that site is
 * sent no cookies and no referrer.
 */
async function fetched(url: string): Promise<ReadResult> {
  const deadline = AbortSignal.timeout(LIMITS.fetchMs);
  try {
    const response = await fetch(url, {
      credentials: 'same-origin',
      ...(isOwn(url) ? {} : { referrerPolicy: 'no-referrer' }),
      signal: deadline,
    });
    if (!response.ok) return failure(failureFromStatus(response.status).reason);
    if (Number(response.headers.get('content-length')) > LIMITS.imageBytes) return failure('too-many-bytes');
    return response.body ? await drained(response.body) : success(new Uint8Array());
  } catch {
    if (deadline.aborted) return failure('timeout');
    return failure(isOwn(url) ? await silentRefusal(url, deadline) : 'not-allowed');
  }
}

let probeIntact: boolean | null = null;

/** Whether this browser hands out canvas pixels as they were drawn; asked once per document. */
function canvasIsHonest(): boolean {
  if (probeIntact !== null) return probeIntact;
  const canvas = createElement('canvas');
  canvas.width = PROBE_SIDE_PX;
  canvas.height = PROBE_SIDE_PX;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context?.putImageData(new ImageData(probePixels(), PROBE_SIDE_PX), 0, 0);
  const read = context?.getImageData(0, 0, PROBE_SIDE_PX, PROBE_SIDE_PX).data;
  probeIntact = read !== undefined && isProbeIntact(read);
  return probeIntact;
}

/** The canvas as PNG; `tainted-canvas` when it holds another site's pixels. */
async function readCanvas(canvas: HTMLCanvasElement): Promise<ReadResult> {
  if (canvas.width === 0 || canvas.height === 0) return failure('gone');
  if (canvas.width * canvas.height > LIMITS.imagePixels) return failure('too-many-pixels');
  if (!canvasIsHonest()) return failure('noisy-readback');
  let blob: Blob | null;
  try {
    blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  } catch {
    return failure('tainted-canvas');
  }
  if (!blob) return failure('corrupt');
  if (blob.size > LIMITS.imageBytes) return failure('too-many-bytes');
  return success(new Uint8Array(await blob.arrayBuffer()));
}

/** What an `<img>` still shows of a `blob:` address that the page has revoked, as is common right after loading. */
async function readDecoded(img: HTMLImageElement): Promise<ReadResult> {
  if (img.naturalWidth === 0) return failure('gone');
  if (img.naturalWidth * img.naturalHeight > LIMITS.imagePixels) return failure('too-many-pixels');
  const canvas = createElement('canvas');
  canvas.width = img.naturalWidth;
  canvas.height = img.naturalHeight;
  canvas.getContext('2d')?.drawImage(img, 0, 0);
  return readCanvas(canvas);
}

/**
 * The file's bytes, a canvas's as PNG. Failures: `gone`, `tainted-canvas`, `noisy-readback`, `too-many-bytes`,
 * `too-many-pixels`, `needs-login`, `http-error`, `timeout`, `network`, `not-allowed`. The caller checks that the
 * record is still current.
 */
export async function readInPage(record: ImageRecord): Promise<ReadResult> {
  if (record.kind === 'canvas') return readCanvas(record.element as HTMLCanvasElement);
  const result = await fetched(record.url);
  const revoked = !result.ok && record.url.startsWith('blob:');
  if (!revoked) return result;
  return record.kind === 'img' ? readDecoded(record.element as HTMLImageElement) : failure('gone');
}
