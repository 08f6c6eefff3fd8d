/** The model this build ships: its card, parsed once, and what the popup says before an engine has started. */
import cardJson from '../../models/starter/card.json';
import { limitsOf, modelKey, parseCard } from '../core/model/card.ts';
import type { EngineInfo } from '../protocol/schemas.ts';

const parsed = parseCard(cardJson);
if (!parsed.ok) throw new Error(`model card: ${parsed.failure.where}: ${parsed.failure.message}`);
const card = parsed.value;

export const MODEL_KEY = modelKey(card);

/** Facts about the model, and no backend yet. */
export const INFO_BEFORE_START: EngineInfo = {
  backend: null,
  note: null,
  workers: 0,
  model: { id: card.id, name: card.name, starter: card.starter, limits: limitsOf(card) },
};
