import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { packagedKey } from '../platform/packaged-models.ts';
import { closeDatabase } from '../platform/store/database.ts';
import { storeVerdict } from '../platform/store/verdicts.ts';
import { aScore } from '../platform/testing/rows.ts';
import { forgetRecent, thumbnailsOf } from './known-verdicts.ts';

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
