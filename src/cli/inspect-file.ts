/** What can be known of one picture file without a model. */
import { decodeImage } from '../core/image/decode.ts';
import { jpegFacts } from '../core/image/jpeg-facts.ts';
import { metadataPresence } from '../core/image/metadata-presence.ts';
import type { SharedDecoders } from '../core/image/shared-decoders.ts';
import { sniff } from '../core/image/sniff.ts';
import { differenceHash } from '../core/inspect/difference-hash.ts';
import type { FileFacts } from '../core/inspect/file-facts.ts';
import { LIMITS } from '../core/limits.ts';
import { failure, type Result, success } from '../core/result.ts';
import type { FailureReason } from '../core/verdict.ts';
import { type FileFailure, readWhole, sha256Of } from './files.ts';

/** The part of the facts that is in the file itself. */
export type OwnFacts = Omit<FileFacts, 'path' | 'label' | 'source' | 'split' | 'original'>;

/** Why a file has no facts. */
export interface Unreadable {
  reason: FailureReason | FileFailure;
  detail: string | null;
}

/** The facts of the picture at `path`, decoded whole, or why there are none. */
export async function inspectFile(
  path: string,
  shared: SharedDecoders,
): Promise<Result<OwnFacts, Unreadable>> {
  const bytes = readWhole(path, LIMITS.imageBytes);
  if (!bytes.ok) return failure({ reason: bytes.failure, detail: null });
  const sniffed = sniff(bytes.value);
  const decoded = sniffed.ok
    ? await decodeImage(bytes.value, sniffed.value, { shared, canvas: null })
    : sniffed;
  if (!sniffed.ok || !decoded.ok) {
    const { reason, detail } = decoded.ok ? { reason: 'corrupt' as const, detail: null } : decoded.failure;
    return failure({ reason, detail: detail ?? null });
  }
  const { format, facts } = sniffed.value;
  return success({
    container: format,
    widthPx: facts.widthPx,
    heightPx: facts.heightPx,
    sizeBytes: facts.sizeBytes,
    jpeg: format === 'jpeg' ? jpegFacts(bytes.value) : null,
    ...metadataPresence(bytes.value, format),
    sha256: await sha256Of(bytes.value),
    hash: differenceHash(decoded.value.image),
  });
}
