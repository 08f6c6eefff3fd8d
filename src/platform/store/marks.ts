/** "This looks wrong": a person's own notes, kept until they take them back. */
import { withStore } from './database.ts';
import type { MarkRow } from './schema.ts';

/**
 * Keeps the mark; a second one for the same bytes replaces the first. False when the store failed: unlike a
 * cached verdict, a mark cannot be had again.
 */
export async function storeMark(mark: MarkRow): Promise<boolean> {
  return withStore(false, async (database) => {
    await database.put('marks', mark);
    return true;
  });
}

/** Takes a mark back; false when the store failed. */
export async function removeMark(sha256: string): Promise<boolean> {
  return withStore(false, async (database) => {
    await database.delete('marks', sha256);
    return true;
  });
}

/** Every mark, oldest first. */
export async function allMarks(): Promise<MarkRow[]> {
  const marks = await withStore<MarkRow[]>([], (database) => database.getAll('marks'));
  return marks.sort((a, b) => a.markedAt - b.markedAt);
}

/** The marked ones among all verdicts, as content hashes. */
export async function markedHashes(): Promise<Set<string>> {
  return new Set(await withStore<string[]>([], (database) => database.getAllKeys('marks')));
}
