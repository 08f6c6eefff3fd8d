/** Which model a card describes, beyond its name and version: people forget to change those. */
import type { ModelCard } from '../core/model/card.ts';
import { cardIdentity } from '../core/model/card-identity.ts';
import { sha256Of } from './files.ts';

/** As `cardIdentity`. */
export const identityOf = (card: ModelCard): Promise<string> =>
  cardIdentity(card, (text) => sha256Of(new TextEncoder().encode(text)));
