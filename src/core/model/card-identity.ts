/** Which models give the same scores: versions are written by hand, and people forget to change those. */
import { MODEL_ROLES, type ModelRole } from '../verdict.ts';
import { type ModelCard, modelKey } from './card.ts';

const DIGITS = 16;

/** SHA-256 of a text as UTF-8, in hexadecimal; the host provides it, because core has no cryptography. */
export type TextHash = (text: string) => Promise<string>;

/**
 * 16 hexadecimal digits that two cards share only when they give every picture the same score and word: a hash of layers,
 * weights, calibration and limits, not of what the card tells people.
 */
export async function cardIdentity(card: ModelCard, hash: TextHash): Promise<string> {
  const { layers, weights, calibration, limits } = card;
  const { minSidePx, flatBlockSpread, minTexturedShare } = limits;
  return hashOf([layers, weights.sha256, calibration, minSidePx, flatBlockSpread, minTexturedShare], hash);
}

/**
 * Names what a kept verdict depends on: both models with versions, preprocessing, and a hash of all that enters their
 * verdicts, so that a change of either model, its calibration or its tested range ends what was kept before.
 */
export async function modelsKey(cards: Record<ModelRole, ModelCard>, hash: TextHash): Promise<string> {
  const own = MODEL_ROLES.map((role) => cards[role]);
  const parts = own.map(async (card) => [await cardIdentity(card, hash), card.testedRange ?? null]);
  return `${own.map(modelKey).join('+')}:${await hashOf(await Promise.all(parts), hash)}`;
}

const hashOf = async (value: unknown, hash: TextHash): Promise<string> =>
  (await hash(JSON.stringify(value))).slice(0, DIGITS);
