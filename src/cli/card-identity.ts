/** Which model a card describes, beyond its name and version: people forget to change those. */
import type { ModelCard } from '../core/model/card.ts';
import { cardIdentity } from '../core/model/card-identity.ts';
import type { LookOptions } from './detector.ts';
import { sha256Of } from './files.ts';

/** As `cardIdentity`. */
export const identityOf = (card: ModelCard): Promise<string> =>
  cardIdentity(card, (text) => sha256Of(new TextEncoder().encode(text)));

/** The identity of scores that were made under `options`: the card's own only where they are what the card stands for. */
export async function identityUnder(card: ModelCard, { ensemble, effort }: LookOptions): Promise<string> {
  const others = [...(ensemble === null ? [] : [ensemble]), ...(effort === 'full' ? [] : [effort])];
  return [await identityOf(card), ...others].join('+');
}
