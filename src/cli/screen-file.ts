/** One file: read, decoded, looked at. */
import { type DecodeTools, decodeImage } from '../core/image/decode.ts';
import { sniff } from '../core/image/sniff.ts';
import { LIMITS } from '../core/limits.ts';
import type { Answer, Detector } from './detector.ts';
import { readWhole } from './files.ts';
import { failed, type Outcome } from './outcome.ts';

/** An outcome with what a heatmap is drawn from. */
export interface ScreenedFile {
  outcome: Outcome;
  answer: Answer | null;
}

/** What `detector` says about the picture at `path`. Rejects when the network fails; anything else is an outcome. */
export async function screenFile(
  path: string,
  detector: Detector,
  tools: DecodeTools,
): Promise<ScreenedFile> {
  const startedAt = performance.now();
  const elapsedMs = () => Math.round((performance.now() - startedAt) * 10) / 10;
  const bytes = readWhole(path, LIMITS.imageBytes);
  if (!bytes.ok) return { outcome: failed(bytes.failure, null, elapsedMs()), answer: null };
  const sniffed = sniff(bytes.value);
  const decoded = sniffed.ok ? await decodeImage(bytes.value, sniffed.value, tools) : sniffed;
  if (!decoded.ok) {
    const { reason, detail } = decoded.failure;
    return { outcome: failed(reason, detail ?? null, elapsedMs()), answer: null };
  }
  const answer = await detector.look(decoded.value.image);
  const ms = elapsedMs();
  if (answer.kind === 'abstained') {
    return { outcome: { state: 'abstained', reason: answer.reason, ms }, answer };
  }
  const { pFake, ensembles, grid, level } = answer;
  const size: [number, number] = [grid.rows, grid.columns];
  return { outcome: { state: 'scored', pFake, ensembles, grid: size, level, ms }, answer };
}
