import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { deleteDB, openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aScore, aVerdictRow } from '../testing/rows.ts';
import { closeDatabase, DATABASE_NAME, openDatabase, withStore } from './database.ts';
import { SCHEMA_VERSION } from './schema.ts';
import { cacheSize, findVerdictsByUrl } from './verdicts.ts';

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory());
});
afterEach(closeDatabase);

describe('migrations', () => {
  it('let go of verdicts that do not say which model spoke, and keep the marks', async () => {
    const old = await openDatabase(2);
    const row = aVerdictRow({ sha256: 'a'.repeat(64) });
    await old.put('verdicts', row);
    await old.put('aliases', { url: 'https://a.example/1.jpg', sha256: row.sha256, expiresAt: 2000 });
    await old.put('totals', { store: 'verdicts', rows: 1, bytes: row.sizeBytes });
    const mark = { sha256: row.sha256, pageUrl: '', state: row.verdict, markedAt: 1 };
    await old.put('marks', mark);
    old.close();
    expect(await cacheSize()).toEqual({ verdicts: 0, bytes: 0 });
    expect((await findVerdictsByUrl(['https://a.example/1.jpg'], row.model, 1000)).size).toBe(0);
    const kept = await withStore<unknown>(null, (database) => database.getAll('marks'));
    expect(kept).toEqual([mark]);
  });

  it('carry the rows of version 1 into version 2', async () => {
    const old = await openDatabase(1);
    expect([...old.objectStoreNames]).toEqual(['aliases', 'verdicts']);
    const first = aVerdictRow({ sha256: 'a'.repeat(64), sizeBytes: 1000 });
    await old.put('verdicts', first);
    await old.put('verdicts', aVerdictRow({ sha256: 'b'.repeat(64), sizeBytes: 234 }));
    await old.put('aliases', { url: 'https://a.example/1.jpg', sha256: first.sha256, expiresAt: 2000 });
    old.close();

    const database = await openDatabase(2);
    expect(await database.get('totals', 'verdicts')).toEqual({ store: 'verdicts', rows: 2, bytes: 1234 });
    expect(await database.get('verdicts', first.key)).toEqual(first);
    expect(await database.get('aliases', 'https://a.example/1.jpg')).toMatchObject({ sha256: first.sha256 });
    expect([...database.objectStoreNames]).toEqual([
      'aliases',
      'jobs',
      'marks',
      'scans',
      'totals',
      'verdicts',
    ]);
    expect([...database.transaction('verdicts').store.indexNames]).toEqual(['usedAt']);
    database.close();
  });

  it('give a new profile the present version at once', async () => {
    const database = await openDatabase();
    expect(database.version).toBe(SCHEMA_VERSION);
    expect(await cacheSize()).toEqual({ verdicts: 0, bytes: 0 });
    database.close();
  });
});

describe('withStore', () => {
  const readTotals = () => withStore('failed', async (database) => String(await database.count('verdicts')));

  it('steps aside for a newer version and then falls back', async () => {
    expect(await readTotals()).toBe('0');
    const newer = await openDB(DATABASE_NAME, SCHEMA_VERSION + 1);
    expect(await readTotals()).toBe('failed');
    newer.close();
  });

  it('falls back while an older version is held open elsewhere, and recovers', async () => {
    const older = await openDB(DATABASE_NAME, 1, {
      upgrade(database) {
        database.createObjectStore('verdicts', { keyPath: 'key' });
        database.createObjectStore('aliases', { keyPath: 'url' });
      },
    });
    expect(await readTotals()).toBe('failed');
    older.close();
    await vi.waitFor(async () => expect(await readTotals()).toBe('0'));
  });

  it('opens a fresh connection when the old one was closed under it', async () => {
    await withStore(undefined, async (database) => database.close());
    expect(await readTotals()).toBe('0');
  });

  it('survives the deletion of the database', async () => {
    await readTotals();
    await deleteDB(DATABASE_NAME);
    expect(await readTotals()).toBe('0');
  });

  it('falls back where the browser has no storage', async () => {
    vi.stubGlobal('indexedDB', {
      open: () => {
        throw new DOMException('denied', 'SecurityError');
      },
    });
    expect(await readTotals()).toBe('failed');
  });

  it('does not hide bugs', async () => {
    await expect(
      withStore(aScore(), async () => {
        throw new TypeError('a bug');
      }),
    ).rejects.toThrow('a bug');
  });
});
