/** "This looks wrong" marks: kept here, exported by hand, never sent. */
import type { ImageState } from '../core/verdict.ts';
import { packagedKey } from '../platform/packaged-models.ts';
import { allMarks, removeMark, storeMark } from '../platform/store/marks.ts';

/** Makes or takes back a mark; throws when it could not be kept, which the popup then says. */
export async function mark(
  request: { sha256: string; wrong: boolean; pageUrl: string; state: ImageState },
  now = Date.now(),
): Promise<void> {
  const { sha256, wrong, pageUrl, state } = request;
  const kept = wrong ? await storeMark({ sha256, pageUrl, state, markedAt: now }) : await removeMark(sha256);
  if (!kept) throw new Error('the mark could not be stored');
}

/** Every mark as a JSON file of its own schema, oldest first. */
export async function exportMarks(now = Date.now()): Promise<{ json: string; total: number }> {
  const marks = await allMarks();
  const file = {
    schema: 1,
    exportedAt: new Date(now).toISOString(),
    models: await packagedKey(),
    marks: marks.map(({ markedAt, ...rest }) => ({ ...rest, markedAt: new Date(markedAt).toISOString() })),
  };
  return { json: JSON.stringify(file, null, 2), total: marks.length };
}
