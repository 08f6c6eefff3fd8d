/** A model card for programs: what it tells people, without the network and the files it was calibrated on. */
import { decisionThreshold, type ModelCard, modelKey } from '../core/model/card.ts';
import { readingAdvice, strongWords } from './card-text.ts';

/** What `telltale card --json` prints: the card's facts, shares 0..1; `identity` is `identityOf` the card. */
export function cardJson(card: ModelCard, identity: string) {
  const { id, version, name, weights, receptiveField, calibration, limits } = card;
  const { trainedOn = null, testedRange = null, failureClasses = [], evaluation = null } = card;
  const { data, covariance, blockVariance, ...told } = calibration;
  return {
    ...{ model: modelKey(card), identity, id, version, name },
    ...{ weightsBytes: weights.sizeBytes, receptiveField, trainedOn, testedRange, failureClasses, limits },
    calibration: { ...told, decideAt: decisionThreshold(card), files: data?.files ?? null },
    evaluation,
    howToRead: [...readingAdvice(card), strongWords(card)],
  };
}
