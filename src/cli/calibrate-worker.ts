/** A thread that scores versions of pictures for `telltale calibrate`. */
import { parentPort, workerData } from 'node:worker_threads';
import { degrade, type WebpRoundTrip } from '../core/degrade/degrade.ts';
import type { PixelImage } from '../core/image/pixels.ts';
import type { SharedDecoders } from '../core/image/shared-decoders.ts';
import { failure, type Result, success } from '../core/result.ts';
import { varianceBetweenBlocks } from '../core/score/band.ts';
import { texturedShare } from '../core/score/flatness.ts';
import { poolLogits } from '../core/score/pool.ts';
import { screenImage } from '../core/score/screen.ts';
import { startBackend } from './backend.ts';
import type { CalibrateItem, CalibrateReply, CalibrateStart, VersionScore } from './calibrate-scores.ts';
import { startDecoders, startWebpRoundTrip } from './decoders.ts';
import { sha256OfFile } from './files.ts';
import { type OwnModel, openOwnModel } from './own-model.ts';
import { decodeFile } from './screen-file.ts';
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
  const decoded = await decodeFile(file, { shared: tools.shared, canvas: null });
  if (!decoded.ok) return { failure: decoded.failure.reason };
  const versions: VersionScore[] = [];
  for (const chain of chains) {
    const { image, jpegQuality } = await degrade(decoded.value, chain, { inputName: path, webp: tools.webp });
    const version = await scoreVersion(image, jpegQuality, tools);
    if (version !== null) versions.push(version);
  }
  return versions.length === 0 ? { failure: 'no score' } : { versions, sha256: await sha256OfFile(file) };
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

parentPort?.on('message', async (item: CalibrateItem) => {
  const reply = ready.ok ? success(await scoreFile(item, ready.value)) : ready;
  const message: ThreadReply<Result<CalibrateReply, string>> = {
    reply,
    worn: ready.ok && ready.value.shared.isWorn(),
  };
  parentPort?.postMessage(message);
});
