/** A thread that scores versions of pictures for `telltale calibrate`. */
import { parentPort, workerData } from 'node:worker_threads';
import { degrade, type WebpRoundTrip } from '../core/degrade/degrade.ts';
import type { DegradationChain } from '../core/degrade/specification.ts';
import { decodeImage } from '../core/image/decode.ts';
import { jpegFacts } from '../core/image/jpeg-facts.ts';
import { jpegQuality } from '../core/image/jpeg-quality.ts';
import type { PixelImage } from '../core/image/pixels.ts';
import type { SharedDecoders } from '../core/image/shared-decoders.ts';
import { sniff } from '../core/image/sniff.ts';
import { LIMITS } from '../core/limits.ts';
import { failure, type Result, success } from '../core/result.ts';
import { varianceBetweenBlocks } from '../core/score/band.ts';
import { texturedShare } from '../core/score/flatness.ts';
import { poolLogits } from '../core/score/pool.ts';
import { screenImage } from '../core/score/screen.ts';
import { startBackend } from './backend.ts';
import type { CalibrateItem, CalibrateReply, CalibrateStart, VersionScore } from './calibrate-scores.ts';
import { startDecoders, startWebpRoundTrip } from './decoders.ts';
import { readWhole } from './files.ts';
import { type OwnModel, openOwnModel } from './own-model.ts';
import type { ThreadReply } from './thread-pool.ts';

const { folder, chains }: CalibrateStart = workerData;

interface Ready extends OwnModel {
  shared: SharedDecoders;
  webp: WebpRoundTrip;
}

/** The failure is one line; a backend that breaks over the golden input throws. */
async function start(): Promise<Result<Ready, string>> {
  const backend = await startBackend('auto');
  if (!backend.ok) return backend;
  const opened = await openOwnModel(backend.value.tf, folder);
  if (!opened.ok) return opened;
  const shared = await startDecoders();
  return success({ ...opened.value, shared, webp: await startWebpRoundTrip(shared) });
}

const ready = await start().catch((error: unknown) =>
  failure(error instanceof Error ? error.message : String(error)),
);

async function scoreFile({ file, path }: CalibrateItem, tools: Ready): Promise<CalibrateReply> {
  const bytes = readWhole(file, LIMITS.imageBytes);
  if (!bytes.ok) return { path, failure: bytes.failure };
  const sniffed = sniff(bytes.value);
  if (!sniffed.ok) return { path, failure: sniffed.failure.reason };
  const decoded = await decodeImage(bytes.value, sniffed.value, { shared: tools.shared, canvas: null });
  if (!decoded.ok) return { path, failure: decoded.failure.reason };
  const facts = sniffed.value.format === 'jpeg' ? jpegFacts(bytes.value) : null;
  const fileQuality = facts === null ? null : (jpegQuality(facts)?.quality ?? null);
  const versions: VersionScore[] = [];
  for (const chain of chains) {
    const image = await degrade(decoded.value.image, chain, { inputName: path, webp: tools.webp });
    const version = await scoreVersion(image, qualityAfter(chain, fileQuality), tools);
    if (version !== null) versions.push(version);
  }
  return versions.length === 0 ? { path, failure: 'no score' } : { path, versions };
}

/** Null for a version that is too small or too flat. */
async function scoreVersion(
  image: PixelImage,
  quality: number | null,
  { card, network }: Ready,
): Promise<VersionScore | null> {
  const screening = await screenImage(image, { card, network, effort: 'full' });
  if (screening.kind === 'abstained') return null;
  return {
    score: poolLogits(screening.patches.logits).mean,
    blockVariance: varianceBetweenBlocks(screening.patches, card.receptiveField),
    jpegQuality: quality,
    shortSidePx: Math.min(image.widthPx, image.heightPx),
    texturedShare: texturedShare(image, card.limits.flatBlockSpread),
  };
}

/** Known only where the last step says it, or nothing was done. */
function qualityAfter({ steps }: DegradationChain, fileQuality: number | null): number | null {
  const last = steps.at(-1);
  if (last?.kind === 'jpeg') return last.quality;
  return steps.every(({ kind }) => kind === 'none') ? fileQuality : null;
}

parentPort?.on('message', async (item: CalibrateItem) => {
  const reply = ready.ok ? success(await scoreFile(item, ready.value)) : ready;
  const message: ThreadReply<Result<CalibrateReply, string>> = {
    reply,
    worn: ready.ok && ready.value.shared.isWorn(),
  };
  parentPort?.postMessage(message);
});
