/** Verdicts by content: never by address, never a failure. Bounded in rows, bytes and age of last use. */
import type { IDBPTransaction } from 'idb';
import { isBetter } from '../../core/score/second-opinion.ts';
import type { PatchMap } from '../../core/verdict.ts';
import { withStore } from './database.ts';
import type { Storable, TelltaleSchema, TotalsRow, VerdictRow } from './schema.ts';

const DAY_MS = 86_400_000;
/** Values that decide what is kept; a row with its map and thumbnail is about 5 to 15 KB. */
export const VERDICT_LIMITS = { rows: 20_000, bytes: 256 * 2 ** 20, unusedMs: 90 * DAY_MS };
export const ALIAS_LIMITS = { rows: 50_000, lifetimeMs: DAY_MS };
/** Rows deleted at most by one write: keeps every write short. */
export const EVICTION_BATCH = 64;
/** What a row takes beside its map and thumbnail. */
const ROW_OVERHEAD_BYTES = 800;

const STORES = ['verdicts', 'aliases', 'totals'] as const;
type Writing = IDBPTransaction<TelltaleSchema, (typeof STORES)[number][], 'readwrite'>;

/** What is known about the content of a picture. */
export interface KnownVerdict {
  verdict: Storable;
  map: PatchMap | null;
  thumbnail: Uint8Array | null;
}

const keyOf = (sha256: string, modelKey: string): string => `${sha256}:${modelKey}`;
const knownFrom = ({ verdict, map, thumbnail }: VerdictRow): KnownVerdict => ({ verdict, map, thumbnail });

/** Notes the use of rows, at most once a day each, so that reading stays reading. Never awaited by readers. */
async function touch(rows: VerdictRow[], now: number): Promise<void> {
  const stale = rows.filter((row) => now - row.usedAt > DAY_MS);
  if (stale.length === 0) return;
  await withStore(undefined, async (database) => {
    const transaction = database.transaction('verdicts', 'readwrite');
    const store = transaction.store;
    await Promise.all(
      stale.map(async ({ key }) => {
        const row = await store.get(key);
        if (row) await store.put({ ...row, usedAt: now });
      }),
    );
    await transaction.done;
  });
}

/** The verdict for these bytes by the models of `modelKey`, or null; null as well when the store fails. */
export async function findVerdict(sha256: string, modelKey: string): Promise<KnownVerdict | null> {
  const found = await findVerdicts([sha256], modelKey);
  return found.get(sha256) ?? null;
}

/** The known ones among `hashes`, by hash, in one transaction. */
export async function findVerdicts(
  hashes: readonly string[],
  modelKey: string,
  now = Date.now(),
): Promise<Map<string, KnownVerdict>> {
  const rows = await withStore<(VerdictRow | undefined)[]>([], async (database) => {
    const { store } = database.transaction('verdicts');
    return Promise.all(hashes.map((sha256) => store.get(keyOf(sha256, modelKey))));
  });
  const found = rows.filter((row) => row !== undefined);
  void touch(found, now);
  return new Map(found.map((row) => [row.sha256, knownFrom(row)]));
}

/** The known ones among `urls`, by address, through aliases that have not expired; one transaction. */
export async function findVerdictsByUrl(
  urls: readonly string[],
  modelKey: string,
  now = Date.now(),
): Promise<Map<string, KnownVerdict>> {
  const pairs = await withStore<[string, VerdictRow | undefined][]>([], async (database) => {
    const transaction = database.transaction(['aliases', 'verdicts']);
    const aliases = transaction.objectStore('aliases');
    const verdicts = transaction.objectStore('verdicts');
    return Promise.all(
      urls.map(async (url): Promise<[string, VerdictRow | undefined]> => {
        const alias = await aliases.get(url);
        if (!alias || alias.expiresAt <= now) return [url, undefined];
        return [url, await verdicts.get(keyOf(alias.sha256, modelKey))];
      }),
    );
  });
  const found = pairs.flatMap(([url, row]) => (row ? [{ url, row }] : []));
  void touch(
    found.map(({ row }) => row),
    now,
  );
  return new Map(found.map(({ url, row }) => [url, knownFrom(row)]));
}

async function totalsOf(transaction: Writing, store: TotalsRow['store']): Promise<TotalsRow> {
  return (await transaction.objectStore('totals').get(store)) ?? { store, rows: 0, bytes: 0 };
}

/** Deletes the longest unused rows, `EVICTION_BATCH` at most, until the store is within its limits. */
async function evictVerdicts(transaction: Writing, totals: TotalsRow, kept: VerdictRow): Promise<void> {
  const index = transaction.objectStore('verdicts').index('usedAt');
  let cursor = await index.openCursor();
  for (let deleted = 0; cursor !== null && deleted < EVICTION_BATCH; cursor = await cursor.continue()) {
    const over = totals.rows > VERDICT_LIMITS.rows || totals.bytes > VERDICT_LIMITS.bytes;
    const unused = kept.storedAt - cursor.value.usedAt > VERDICT_LIMITS.unusedMs;
    if (!over && !unused) return;
    if (cursor.value.key === kept.key) continue;
    totals.rows -= 1;
    totals.bytes -= cursor.value.sizeBytes;
    deleted += 1;
    await cursor.delete();
  }
}

/** Stores the row unless a better one is there; returns the verdict that is stored then. */
async function putVerdict(transaction: Writing, row: VerdictRow): Promise<Storable> {
  const store = transaction.objectStore('verdicts');
  const [older, totals] = await Promise.all([store.get(row.key), totalsOf(transaction, 'verdicts')]);
  if (older && isBetter(older.verdict, row.verdict)) return older.verdict;
  totals.rows += older ? 0 : 1;
  totals.bytes += row.sizeBytes - (older?.sizeBytes ?? 0);
  await store.put(row);
  await evictVerdicts(transaction, totals, row);
  await transaction.objectStore('totals').put(totals);
  return row.verdict;
}

async function putAlias(transaction: Writing, alias: { url: string; sha256: string }, now: number) {
  const store = transaction.objectStore('aliases');
  const [older, totals] = await Promise.all([store.get(alias.url), totalsOf(transaction, 'aliases')]);
  totals.rows += older ? 0 : 1;
  await store.put({ ...alias, expiresAt: now + ALIAS_LIMITS.lifetimeMs });
  let cursor = await store.index('expiresAt').openCursor();
  for (let deleted = 0; cursor !== null && deleted < EVICTION_BATCH; cursor = await cursor.continue()) {
    if (totals.rows <= ALIAS_LIMITS.rows && cursor.value.expiresAt > now) break;
    totals.rows -= 1;
    deleted += 1;
    await cursor.delete();
  }
  await transaction.objectStore('totals').put(totals);
}

/**
 * Keeps a verdict under its content hash and, when the bytes came from an anonymous request to `url`, notes
 * that address as an alias for a day. Resolves with the best verdict that is known of these bytes, also when nothing
 * could be kept.
 */
export async function storeVerdict(
  known: KnownVerdict & { modelKey: string; url: string | null },
  now = Date.now(),
): Promise<Storable> {
  const { verdict, map, thumbnail, modelKey, url } = known;
  const { sha256 } = verdict;
  const sizeBytes = ROW_OVERHEAD_BYTES + (map?.values.length ?? 0) + (thumbnail?.length ?? 0);
  return withStore(verdict, async (database) => {
    const transaction = database.transaction(STORES, 'readwrite');
    const key = keyOf(sha256, modelKey);
    const times = { storedAt: now, usedAt: now };
    const kept = await putVerdict(transaction, {
      key,
      sha256,
      model: modelKey,
      verdict,
      map,
      thumbnail,
      sizeBytes,
      ...times,
    });
    if (url !== null) await putAlias(transaction, { url, sha256 }, now);
    await transaction.done;
    return kept;
  });
}

/** Notes that `url` was seen to hold the bytes of an already stored verdict. */
export async function storeAlias(url: string, sha256: string, now = Date.now()): Promise<void> {
  await withStore(undefined, async (database) => {
    const transaction = database.transaction(STORES, 'readwrite');
    await putAlias(transaction, { url, sha256 }, now);
    await transaction.done;
  });
}

/** Deletes the addresses whose day is over; returns how many there were. */
export async function deleteExpiredAliases(now = Date.now()): Promise<number> {
  return withStore(0, async (database) => {
    const transaction = database.transaction(STORES, 'readwrite');
    const store = transaction.objectStore('aliases');
    const [expired, totals] = await Promise.all([
      store.index('expiresAt').getAllKeys(IDBKeyRange.upperBound(now)),
      totalsOf(transaction, 'aliases'),
    ]);
    if (expired.length > 0) {
      const put = transaction.objectStore('totals').put({ ...totals, rows: totals.rows - expired.length });
      await Promise.all([put, ...expired.map((url) => store.delete(url))]);
    }
    await transaction.done;
    return expired.length;
  });
}

/** How much is kept; zeros when the store fails. */
export async function cacheSize(): Promise<{ verdicts: number; bytes: number }> {
  return withStore({ verdicts: 0, bytes: 0 }, async (database) => {
    const totals = await database.get('totals', 'verdicts');
    return { verdicts: totals?.rows ?? 0, bytes: totals?.bytes ?? 0 };
  });
}

/** Forgets every verdict and every address; returns how many verdicts there were. */
export async function wipeCache(): Promise<number> {
  return withStore(0, async (database) => {
    const transaction = database.transaction(STORES, 'readwrite');
    const totals = await totalsOf(transaction, 'verdicts');
    await Promise.all(STORES.map((name) => transaction.objectStore(name).clear()));
    await transaction.done;
    return totals.rows;
  });
}
