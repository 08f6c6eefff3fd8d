/** The packaged model: its card, and its weights once they were found to be the card's. */
import cardJson from '../../models/starter/card.json';
import weightsUrl from '../../models/starter/weights.safetensors?url';
import { type ModelCard, parseCard } from '../core/model/card.ts';
import { readSafetensors, type Weights } from '../core/model/safetensors.ts';
import { hexSha256 } from './hash.ts';

/** The card of the packaged model; a card that does not parse is a fault of the build. */
export function packagedCard(): ModelCard {
  const parsed = parseCard(cardJson);
  if (!parsed.ok) throw new Error(`model card: ${parsed.failure.where}: ${parsed.failure.message}`);
  return parsed.value;
}

/** The packaged weights; rejects when they cannot be read or are not those that `card` was measured with. */
export async function packagedWeights(card: ModelCard): Promise<Weights> {
  const response = await fetch(weightsUrl);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if ((await hexSha256(bytes)) !== card.weights.sha256) throw new Error('weights are not those of the card');
  const read = readSafetensors(bytes);
  if (!read.ok) throw new Error(`weights: ${read.failure.where}: ${read.failure.message}`);
  return read.value;
}
