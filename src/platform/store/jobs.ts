/** The durable copy of the job table and of the scans: what a background that starts again continues with. */
import { withStore } from './database.ts';
import type { JobRow, ScanRow } from './schema.ts';

/** Rows to write and keys to delete, together or not at all. */
export interface JobChanges {
  put: JobRow[];
  remove: string[];
}

/** Every job row, in no particular order; empty when the store fails. */
export const loadJobs = (): Promise<JobRow[]> => withStore([], (database) => database.getAll('jobs'));

/** Writes `changes` in one transaction. Resolves also when the store fails: the work goes on from memory. */
export async function saveJobs(changes: JobChanges): Promise<void> {
  if (changes.put.length === 0 && changes.remove.length === 0) return;
  await withStore(undefined, async (database) => {
    const transaction = database.transaction('jobs', 'readwrite');
    const writes: Promise<unknown>[] = changes.put.map((row) => transaction.store.put(row));
    for (const key of changes.remove) writes.push(transaction.store.delete(key));
    await Promise.all([...writes, transaction.done]);
  });
}

/** Every scan row; empty when the store fails. */
export const loadScans = (): Promise<ScanRow[]> => withStore([], (database) => database.getAll('scans'));

export async function saveScan(scan: ScanRow): Promise<void> {
  await withStore(undefined, async (database) => {
    await database.put('scans', scan);
  });
}

export async function removeScan(tabId: number): Promise<void> {
  await withStore(undefined, (database) => database.delete('scans', tabId));
}

/** Forgets jobs and scans of a browser session that has ended: their tabs are gone. */
export async function clearSession(): Promise<void> {
  await withStore(undefined, async (database) => {
    const transaction = database.transaction(['jobs', 'scans'], 'readwrite');
    await Promise.all([
      transaction.objectStore('jobs').clear(),
      transaction.objectStore('scans').clear(),
      transaction.done,
    ]);
  });
}
