/** One file: read, decoded, looked at. */
import { type DecodeTools, decodeImage } from '../core/image/decode.ts';
import { fileJpegQuality } from '../core/image/jpeg-quality.ts';
import type { PixelImage } from '../core/image/pixels.ts';
import { sniff } from '../core/image/sniff.ts';
import { LIMITS } from '../core/limits.ts';
import { failure, type Result, success } from '../core/result.ts';
import type { FailureReason } from '../core/verdict.ts';
import type { Answer, Detector } from './detector.ts';
import { type FileFailure, readWhole } from './files.ts';
import { failed, type Outcome } from './outcome.ts';

/** An outcome with what a heatmap is drawn from. */
export interface ScreenedFile {
  outcome: Outcome;
  answer: Answer | null;
}

/** A picture's pixels, and what only its file can tell. */
export interface DecodedFile {
  image: PixelImage;
  /** 1..100; null when the file is no JPEG. */
  jpegQuality: number | null;
}

/** The picture at `path`, or why there is none. */
export async function decodeFile(
  path: string,
  tools: DecodeTools,
): Promise<Result<DecodedFile, { reason: FailureReason | FileFailure; detail?: string | undefined }>> {
  const bytes = readWhole(path, LIMITS.imageBytes);
  if (!bytes.ok) return failure({ reason: bytes.failure });
  const sniffed = sniff(bytes.value);
  const decoded = sniffed.ok ? await decodeImage(bytes.value, sniffed.value, tools) : sniffed;
  if (!sniffed.ok) return sniffed;
  if (!decoded.ok) return decoded;
  const jpegQuality = fileJpegQuality(bytes.value, sniffed.value.format);
  return success({ image: decoded.value.image, jpegQuality });
}

/** What `detector` says about the picture at `path`. Rejects when the network fails; anything else is an outcome. */
export async function screenFile(
  path: string,
  detector: Detector,
  tools: DecodeTools,
): Promise<ScreenedFile> {
  const startedAt = performance.now();
  const elapsedMs = () => Math.round((performance.now() - startedAt) * 10) / 10;
  const decoded = await decodeFile(path, tools);
  if (!decoded.ok) {
    const { reason, detail } = decoded.failure;
    return { outcome: failed(reason, detail ?? null, elapsedMs()), answer: null };
  }
  const { image, jpegQuality } = decoded.value;
  const answer = await detector.look(image, jpegQuality);
  const ms = elapsedMs();
  if (answer.kind === 'abstained') {
    return { outcome: { state: 'abstained', reason: answer.reason, ms }, answer };
  }
  const { pFake, ensembles, grid, level, outside } = answer;
  const size: [number, number] = [grid.rows, grid.columns];
  return { outcome: { state: 'scored', pFake, ensembles, grid: size, level, outside, ms }, answer };
}
