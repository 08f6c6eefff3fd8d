/** A card whose calibration was fitted anew: what else in it has to change with that. */

import { failure, type Result, success } from '../result.ts';
import type { Calibration } from './calibration.ts';
import { type ModelCard, parseCard } from './card.ts';

const HASH_LENGTH = 8;
/** What a version may have before the mark of its calibration, in the 40 characters of one. */
const LONGEST_BASE = 40 - HASH_LENGTH - 2;
const MARK = new RegExp(`-c[0-9a-f]{${HASH_LENGTH}}$`);

export interface Recalibrated {
  /** As JSON, with facts that this version does not know. */
  card: ModelCard;
  /** Whether figures were let go. */
  droppedFigures: boolean;
}

/**
 * `raw` (a card as it stands in its file) with another calibration, in a version of its own: verdicts and figures are
 * kept by version, so `1` becomes `1-c` and the start of `calibrationSha256`, the digits of the calibration's hash.
 * `evaluation` was measured with the calibration before and is let go, unless `calibration` is the one that is there.
 * The failure says why the card would be refused.
 */
export function recalibrated(
  raw: unknown,
  calibration: Calibration,
  calibrationSha256: string,
): Result<Recalibrated, string> {
  const before = parseCard(raw);
  if (!before.ok) return failure(`${before.failure.where}: ${before.failure.message}`);
  const { evaluation, ...rest } = raw as ModelCard;
  const { version } = before.value;
  const base = version.replace(MARK, '').slice(0, LONGEST_BASE);
  const own = `${base}-c${calibrationSha256.slice(0, HASH_LENGTH)}`;
  const isSame = own === version && evaluation !== undefined;
  const card = { ...rest, version: own, calibration, ...(isSame ? { evaluation } : {}) };
  const parsed = parseCard(card);
  return parsed.ok
    ? success({ card, droppedFigures: evaluation !== undefined && !isSame })
    : failure(`${parsed.failure.where}: ${parsed.failure.message}`);
}
