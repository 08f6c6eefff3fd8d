/**
 * What is known about pictures: the store, with the last outcomes in memory before it, so that a store that
 * fails costs nothing that is on somebody's screen.
 */
import { isBetter } from '../core/score/second-opinion.ts';
import type { PatchMap, Verdict } from '../core/verdict.ts';
import { packagedKey } from '../platform/packaged-models.ts';
import type { Storable } from '../platform/store/schema.ts';
import {
  findVerdict,
  findVerdicts,
  findVerdictsByUrl,
  type KnownVerdict,
  storeAlias,
  storeVerdict,
} from '../platform/store/verdicts.ts';
import type { EngineOutcome } from '../protocol/messages.ts';

/** A map may be large, a thumbnail is 2 to 4 KB. */
const MAPS_IN_MEMORY = 32;
const THUMBNAILS_IN_MEMORY = 1500;

/** A map that forgets its oldest entries. */
class Recent<Value> {
  private readonly values = new Map<string, Value>();
  constructor(private readonly limit: number) {}

  get(key: string): Value | undefined {
    return this.values.get(key);
  }

  set(key: string, value: Value): void {
    this.values.delete(key);
    this.values.set(key, value);
    for (const oldest of this.values.keys()) {
      if (this.values.size <= this.limit) return;
      this.values.delete(oldest);
    }
  }

  clear(): void {
    this.values.clear();
  }
}

const maps = new Recent<{ verdict: Storable; map: PatchMap | null }>(MAPS_IN_MEMORY);
const thumbnails = new Recent<Uint8Array | null>(THUMBNAILS_IN_MEMORY);

/**
 * Keeps an outcome under its content hash; `url` is the address it was read from anonymously, or null. Resolves with the
 * best verdict that is known of these bytes, which is what to show: `fast` may be late with a picture that `strong` has
 * looked at for someone else.
 */
export async function keepOutcome(outcome: EngineOutcome, url: string | null): Promise<Verdict> {
  const { verdict, map, thumbnail, fromCache } = outcome;
  if (verdict.state === 'failed') return verdict;
  const { sha256 } = verdict;
  const recent = maps.get(sha256);
  if (recent === undefined || !isBetter(recent.verdict, verdict)) maps.set(sha256, { verdict, map });
  if (thumbnail !== null || thumbnails.get(sha256) === undefined) thumbnails.set(sha256, thumbnail);
  if (fromCache) {
    if (url !== null) await storeAlias(url, sha256);
    return verdict;
  }
  return storeVerdict({ verdict, map, thumbnail, modelKey: await packagedKey(), url });
}

/** Known verdicts by address, for those seen within a day. */
export const knownByUrl = async (urls: readonly string[]): Promise<Map<string, KnownVerdict>> =>
  findVerdictsByUrl(urls, await packagedKey());

/** The patch map of these bytes, or null. */
export async function mapOf(sha256: string): Promise<PatchMap | null> {
  const recent = maps.get(sha256);
  if (recent !== undefined) return recent.map;
  return (await findVerdict(sha256, await packagedKey()))?.map ?? null;
}

/** Thumbnails by content hash, null where there is none. */
export async function thumbnailsOf(hashes: readonly string[]): Promise<Map<string, Uint8Array | null>> {
  // Not read back from `thumbnails`: a page may have more pictures than it holds.
  const known = new Map(hashes.map((sha256) => [sha256, thumbnails.get(sha256)]));
  const missing = hashes.filter((sha256) => known.get(sha256) === undefined);
  if (missing.length > 0) {
    const found = await findVerdicts(missing, await packagedKey());
    for (const sha256 of missing) {
      const thumbnail = found.get(sha256)?.thumbnail ?? null;
      known.set(sha256, thumbnail);
      thumbnails.set(sha256, thumbnail);
    }
  }
  return new Map(hashes.map((sha256) => [sha256, known.get(sha256) ?? null]));
}

/** Forgets what is in memory; the store has its own wipe. */
export function forgetRecent(): void {
  maps.clear();
  thumbnails.clear();
}
