/** The cards of the two packaged models, parsed once in each context, and the key of what they say. */
import fastJson from '../../models/fast/card.json';
import strongJson from '../../models/strong/card.json';
import { type ModelCard, parseCard } from '../core/model/card.ts';
import { modelsKey } from '../core/model/card-identity.ts';
import type { ModelRole } from '../core/verdict.ts';
import { hexSha256 } from './hash.ts';

/** The packaged cards; one that does not parse is a fault of the build. */
export const PACKAGED_CARDS: Readonly<Record<ModelRole, ModelCard>> = {
  fast: parsed(fastJson),
  strong: parsed(strongJson),
};

let key: Promise<string> | null = null;

/** Names what verdicts of this build depend on: `modelsKey` of the packaged cards. */
export function packagedKey(): Promise<string> {
  key ??= modelsKey(PACKAGED_CARDS, (text) => hexSha256(new TextEncoder().encode(text)));
  return key;
}

function parsed(json: unknown): ModelCard {
  const card = parseCard(json);
  if (!card.ok) throw new Error(`model card: ${card.failure.where}: ${card.failure.message}`);
  return card.value;
}
