import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { packagedKey } from '../platform/packaged-models.ts';
import { closeDatabase } from '../platform/store/database.ts';
import { storeVerdict } from '../platform/store/verdicts.ts';
import { aScore } from '../platform/testing/rows.ts';
import { forgetRecent, keepOutcome, mapOf, thumbnailsOf } from './known-verdicts.ts';

vi.mock('../platform/browser.ts', async () => ({
  browser: (await import('../platform/testing/fake-browser.ts')).fakeBrowser,
}));

const hash = (index: number): string => index.toString(16).padStart(64, '0');

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory());
});
afterEach(async () => {
  forgetRecent();
  await closeDatabase();
});

it('thumbnails of a page with more pictures than are remembered are all found, twice', async () => {
  const thumbnail = new Uint8Array([7]);
  const verdict = aScore({ sha256: hash(0) });
  await storeVerdict({ verdict, map: null, thumbnail, modelKey: await packagedKey(), url: null });
  const hashes = Array.from({ length: 1600 }, (_, index) => hash(index));
  for (const _time of ['first', 'second']) {
    const found = await thumbnailsOf(hashes);
    expect(found.size).toBe(1600);
    expect(found.get(hash(0))).toEqual(thumbnail);
    expect(found.get(hash(1))).toBeNull();
  }
});

it('the fast model’s late word on a picture changes neither its verdict nor its map', async () => {
  const map = (value: number) => ({
    ...{ rows: 1, columns: 1, values: new Uint8Array([value]), widthPx: 60, heightPx: 60 },
    receptiveField: { sizePx: 49, stridePx: 8, offsetPx: 0 },
  });
  const outcome = (role: 'fast' | 'strong', value: number) => ({
    ...{ jobId: role, map: map(value), thumbnail: null, fromCache: false, interim: false },
    verdict: aScore({ sha256: hash(5), role, coverage: 1 }),
  });
  const [strong, late] = [outcome('strong', 9), outcome('fast', 3)];
  expect(await keepOutcome(strong, null)).toEqual(strong.verdict);
  expect(await keepOutcome(late, null)).toEqual(strong.verdict);
  expect(await mapOf(hash(5))).toEqual(map(9));
  forgetRecent();
  expect(await mapOf(hash(5))).toEqual(map(9));
});
