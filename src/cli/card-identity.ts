/** Which model a card describes, beyond its name and version: people forget to change those. */
import type { ModelCard } from '../core/model/card.ts';
import type { LookOptions } from './detector.ts';
import { sha256Of } from './files.ts';

/**
 * 16 hexadecimal digits that two cards share only when they give every picture the same score and word: a hash of layers,
 * weights, calibration and limits, not of what the card tells people.
 */
export async function identityOf({ layers, weights, calibration, limits }: ModelCard): Promise<string> {
  const { minSidePx, flatBlockSpread, minTexturedShare } = limits;
  const scoring = [layers, weights.sha256, calibration, minSidePx, flatBlockSpread, minTexturedShare];
  return (await sha256Of(new TextEncoder().encode(JSON.stringify(scoring)))).slice(0, 16);
}

/** The identity of scores that were made under `options`: the card's own only where they are what the card stands for. */
export async function identityUnder(card: ModelCard, { ensemble, effort }: LookOptions): Promise<string> {
  const others = [...(ensemble === null ? [] : [ensemble]), ...(effort === 'full' ? [] : [effort])];
  return [await identityOf(card), ...others].join('+');
}
