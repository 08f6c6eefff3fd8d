/**
 * What is known about pictures: the store, with the last outcomes in memory before it, so that a store that
 * fails costs nothing that is on somebody's screen.
 */
import type { PatchMap } from '../core/verdict.ts';
import {
  findVerdict,
  findVerdicts,
  findVerdictsByUrl,
  type KnownVerdict,
  storeAlias,
  storeVerdict,
} from '../platform/store/verdicts.ts';
import type { EngineOutcome } from '../protocol/messages.ts';
import { MODEL_KEY } from './model.ts';

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

const maps = new Recent<PatchMap | null>(MAPS_IN_MEMORY);
const thumbnails = new Recent<Uint8Array | null>(THUMBNAILS_IN_MEMORY);

/** Keeps an outcome under its content hash; `url` is the address it was read from anonymously, or null. */
export async function keepOutcome(outcome: EngineOutcome, url: string | null): Promise<void> {
  const { verdict, map, thumbnail, fromCache } = outcome;
  if (verdict.state === 'failed') return;
  maps.set(verdict.sha256, map);
  thumbnails.set(verdict.sha256, thumbnail);
  if (!fromCache) await storeVerdict({ verdict, map, thumbnail, modelKey: MODEL_KEY, url });
  else if (url !== null) await storeAlias(url, verdict.sha256);
}

/** Known verdicts by address, for those seen within a day. */
export const knownByUrl = (urls: readonly string[]): Promise<Map<string, KnownVerdict>> =>
  findVerdictsByUrl(urls, MODEL_KEY);

/** The patch map of these bytes, or null. */
export async function mapOf(sha256: string): Promise<PatchMap | null> {
  const recent = maps.get(sha256);
  if (recent !== undefined) return recent;
  return (await findVerdict(sha256, MODEL_KEY))?.map ?? null;
}

/** Thumbnails by content hash, null where there is none. */
export async function thumbnailsOf(hashes: readonly string[]): Promise<Map<string, Uint8Array | null>> {
  // Not read back from `thumbnails`: a page may have more pictures than it holds.
  const known = new Map(hashes.map((sha256) => [sha256, thumbnails.get(sha256)]));
  const missing = hashes.filter((sha256) => known.get(sha256) === undefined);
  if (missing.length > 0) {
    const found = await findVerdicts(missing, MODEL_KEY);
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
