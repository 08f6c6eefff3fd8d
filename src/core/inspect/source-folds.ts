/** Folds for cross-validation in which no source is on both sides. */

export interface SourcedPicture {
  label: 'real' | 'fake';
  source: string;
}

/**
 * The fold 0..`folds` - 1 of each picture: all of a source's pictures of a class share one, and each class is spread as
 * evenly as its sources allow (largest source first, into the fold with the fewest; ties by name). Null when a class has
 * fewer sources than there are folds.
 */
export function foldsBySource(pictures: readonly SourcedPicture[], folds: number): Uint8Array | null {
  const foldOf = new Map<string, number>();
  for (const label of ['real', 'fake'] as const) {
    const sizes = new Map<string, number>();
    for (const picture of pictures) {
      if (picture.label === label) sizes.set(picture.source, (sizes.get(picture.source) ?? 0) + 1);
    }
    if (sizes.size < folds) return null;
    const filled = Array.from({ length: folds }, () => 0);
    const largestFirst = [...sizes].sort(
      ([one, left], [other, right]) => right - left || (one < other ? -1 : 1),
    );
    for (const [source, size] of largestFirst) {
      const fold = filled.indexOf(Math.min(...filled));
      filled[fold] = (filled[fold] ?? 0) + size;
      foldOf.set(`${label}/${source}`, fold);
    }
  }
  return Uint8Array.from(pictures, ({ label, source }) => foldOf.get(`${label}/${source}`) ?? 0);
}
