import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aScore } from '../testing/rows.ts';
import { closeDatabase, withStore } from './database.ts';
import type { Storable } from './schema.ts';
import {
  ALIAS_LIMITS,
  cacheSize,
  deleteExpiredAliases,
  findVerdict,
  findVerdicts,
  findVerdictsByUrl,
  storeAlias,
  storeVerdict,
  VERDICT_LIMITS,
  wipeCache,
} from './verdicts.ts';

const MODEL = 'fast@1+strong@1';
const DAY_MS = 86_400_000;
const hash = (index: number): string => index.toString(16).padStart(64, '0');
const shortLimits = { ...VERDICT_LIMITS };
const shortAliasLimits = { ...ALIAS_LIMITS };

const keep = (index: number, now: number, url: string | null = null, verdict: Partial<Storable> = {}) =>
  storeVerdict(
    {
      verdict: { ...aScore({ sha256: hash(index) }), ...verdict } as Storable,
      map: null,
      thumbnail: null,
      modelKey: MODEL,
      url,
    },
    now,
  );

const usedAt = (index: number) =>
  withStore<number | undefined>(undefined, async (database) => {
    return (await database.get('verdicts', `${hash(index)}:${MODEL}`))?.usedAt;
  });

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory());
});
afterEach(async () => {
  Object.assign(VERDICT_LIMITS, shortLimits);
  Object.assign(ALIAS_LIMITS, shortAliasLimits);
  vi.restoreAllMocks();
  await closeDatabase();
});

describe('verdicts', () => {
  it('are found by content and model, with map and thumbnail', async () => {
    const map = {
      rows: 1,
      columns: 2,
      values: new Uint8Array([1, 2]),
      receptiveField: { sizePx: 49, stridePx: 8, offsetPx: 0 },
      widthPx: 60,
      heightPx: 50,
    };
    const known = { verdict: aScore({ sha256: hash(1) }), map, thumbnail: new Uint8Array([9]) };
    await storeVerdict({ ...known, modelKey: MODEL, url: null });
    expect(await findVerdict(hash(1), MODEL)).toEqual(known);
    expect(await findVerdict(hash(1), 'fast@1+strong@2')).toBeNull();
    expect(await findVerdict(hash(2), MODEL)).toBeNull();
  });

  it('are found by address until its alias expires', async () => {
    await keep(1, 0, 'https://a.example/1.jpg');
    const find = async (now: number) =>
      (await findVerdictsByUrl(['https://a.example/1.jpg', 'https://a.example/2.jpg'], MODEL, now)).size;
    expect(await find(DAY_MS - 1)).toBe(1);
    expect(await find(DAY_MS)).toBe(0);
    await storeAlias('https://a.example/1.jpg', hash(1), DAY_MS);
    expect(await find(DAY_MS)).toBe(1);
  });

  it('give no answer for an alias whose verdict was evicted or made by another model', async () => {
    await storeAlias('https://a.example/1.jpg', hash(7), 0);
    expect((await findVerdictsByUrl(['https://a.example/1.jpg'], MODEL, 1)).size).toBe(0);
  });

  it('are not replaced by a look that covered less', async () => {
    await keep(1, 0, null, { coverage: 1 });
    await keep(1, 1, null, { coverage: 0.3 });
    const found = await findVerdict(hash(1), MODEL);
    expect(found?.verdict).toMatchObject({ coverage: 1 });
    expect((await cacheSize()).verdicts).toBe(1);
  });

  it('of the strong model are not replaced by the fast one, however much that saw, and the other way round are', async () => {
    const strong = await keep(1, 0, null, { role: 'strong', coverage: 0.3 });
    expect(await keep(1, 1, null, { role: 'fast', coverage: 1 })).toEqual(strong);
    expect((await findVerdict(hash(1), MODEL))?.verdict).toEqual(strong);
    await keep(2, 0, null, { role: 'fast', coverage: 1 });
    expect(await keep(2, 1, null, { role: 'strong', coverage: 0.3 })).toMatchObject({ role: 'strong' });
    expect((await findVerdict(hash(2), MODEL))?.verdict).toMatchObject({ role: 'strong', coverage: 0.3 });
  });

  it('are renewed once a day and not on every read', async () => {
    await keep(1, 0);
    await findVerdicts([hash(1)], MODEL, DAY_MS / 2);
    await findVerdicts([hash(1)], MODEL, DAY_MS * 2);
    await vi.waitFor(async () => expect(await usedAt(1)).toBe(DAY_MS * 2));
    await findVerdicts([hash(1)], MODEL, DAY_MS * 2.5);
    await keep(2, 0);
    expect(await usedAt(1)).toBe(DAY_MS * 2);
  });
});

describe('eviction', () => {
  it('deletes the longest unused rows past the row limit', async () => {
    VERDICT_LIMITS.rows = 3;
    for (let index = 0; index < 5; index += 1) await keep(index, index);
    const found = await findVerdicts([0, 1, 2, 3, 4].map(hash), MODEL, 5);
    expect([...found.keys()]).toEqual([2, 3, 4].map(hash));
    expect((await cacheSize()).verdicts).toBe(3);
  });

  it('keeps within the byte limit and its own count of it', async () => {
    await keep(0, 0);
    const { bytes } = await cacheSize();
    VERDICT_LIMITS.bytes = bytes * 2;
    await keep(1, 1);
    await keep(2, 2);
    expect(await cacheSize()).toEqual({ verdicts: 2, bytes: bytes * 2 });
  });

  it('deletes what nobody has used for the longest time', async () => {
    await keep(0, 0);
    await keep(1, VERDICT_LIMITS.unusedMs + 1);
    expect([...(await findVerdicts([0, 1].map(hash), MODEL, VERDICT_LIMITS.unusedMs + 1)).keys()]).toEqual([
      hash(1),
    ]);
  });

  it('never deletes the row just written', async () => {
    VERDICT_LIMITS.bytes = 1;
    await keep(0, 0);
    expect((await cacheSize()).verdicts).toBe(1);
  });

  it('deletes the addresses whose day is over, and only those', async () => {
    await keep(1, 0, 'https://a.example/1.jpg');
    await keep(2, 0, 'https://a.example/2.jpg');
    await keep(3, DAY_MS - 1, 'https://a.example/3.jpg');
    expect(await deleteExpiredAliases(DAY_MS)).toBe(2);
    const left = await withStore<unknown>(null, async (database) => ({
      urls: await database.getAllKeys('aliases'),
      rows: (await database.get('totals', 'aliases'))?.rows,
    }));
    expect(left).toEqual({ urls: ['https://a.example/3.jpg'], rows: 1 });
    expect(await deleteExpiredAliases(DAY_MS)).toBe(0);
  });

  it('bounds aliases, first those that expire first', async () => {
    ALIAS_LIMITS.rows = 2;
    for (let index = 0; index < 4; index += 1) await keep(index, index, `https://a.example/${index}`);
    const urls = [0, 1, 2, 3].map((index) => `https://a.example/${index}`);
    expect([...(await findVerdictsByUrl(urls, MODEL, 5)).keys()]).toEqual(urls.slice(2));
  });
});

describe('wiping', () => {
  it('forgets verdicts and addresses and says how many', async () => {
    await keep(1, 0, 'https://a.example/1.jpg');
    await keep(2, 0);
    expect(await wipeCache()).toBe(2);
    expect(await cacheSize()).toEqual({ verdicts: 0, bytes: 0 });
    expect(await findVerdict(hash(1), MODEL)).toBeNull();
    expect((await findVerdictsByUrl(['https://a.example/1.jpg'], MODEL, 1)).size).toBe(0);
  });
});

describe('a full disk', () => {
  it('costs the cache and nothing else', async () => {
    await keep(1, 0);
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('no space left', 'QuotaExceededError');
    });
    await expect(keep(2, 1, 'https://a.example/2.jpg')).resolves.toMatchObject({ sha256: hash(2) });
    put.mockRestore();
    expect(await findVerdict(hash(2), MODEL)).toBeNull();
    expect(await cacheSize()).toMatchObject({ verdicts: 1 });
  });
});

describe('five hundred cached answers', () => {
  it('take one transaction', async () => {
    const urls = Array.from({ length: 500 }, (_, index) => `https://a.example/${index}`);
    for (const [index, url] of urls.entries()) await keep(index, 0, url);
    const transactions = vi.spyOn(IDBDatabase.prototype, 'transaction');
    expect((await findVerdictsByUrl(urls, MODEL, 1)).size).toBe(500);
    expect(transactions).toHaveBeenCalledTimes(1);
  });
});
