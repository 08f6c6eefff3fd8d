/** Whether a model was calibrated on pictures that it is measured on. */
import { AS_IS } from '../core/degrade/specification.ts';
import { type EvaluatedItem, type EvaluatedModel, scoreKey } from '../core/evaluate/evaluation.ts';
import type { ModelReport } from '../core/evaluate/report.ts';
import { marksMet } from '../core/model/calibration-data.ts';
import { type Dataset, fileOf } from './dataset-files.ts';
import { fileFailure, sha256OfFile } from './files.ts';
import type { Journal } from './journal.ts';

interface Scored {
  models: readonly EvaluatedModel[];
  dataset: Pick<Dataset, 'folder'>;
  items: readonly EvaluatedItem[];
  journal: Pick<Journal, 'outcomes'>;
}

/**
 * `marksMet` of the files of `items` that have a score and of what `models` were calibrated on. Files are read only where a
 * model says what that was; one that cannot be read any more is passed over.
 */
export async function calibrationMarksOf({ models, dataset, items, journal }: Scored): Promise<string[]> {
  const kept = models.flatMap(({ calibratedOn }) => calibratedOn ?? []);
  if (kept.length === 0) return [];
  const isScored = ({ path }: EvaluatedItem): boolean =>
    models.some(
      ({ fingerprint }) => journal.outcomes.get(scoreKey(fingerprint, AS_IS.name, path))?.state === 'scored',
    );
  const hashes: string[] = [];
  for (const item of items.filter(isScored)) {
    try {
      hashes.push(await sha256OfFile(fileOf(dataset, item)));
    } catch (error) {
      fileFailure(error);
    }
  }
  return marksMet(kept, hashes);
}

/** One line that warns of figures on the calibration's own pictures; null where none are known to be among them. */
export function overlapText({ model, calibrationOverlap }: ModelReport): string | null {
  if (calibrationOverlap === null || calibrationOverlap.shared === 0) return null;
  const { shared, of } = calibrationOverlap;
  return (
    `${model} was calibrated on pictures that it is measured on here: ${shared} of ${of} that its card keeps marks of. ` +
    'Figures at its thresholds and its calibration error look better than on other pictures.'
  );
}
