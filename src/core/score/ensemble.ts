/** The reference's three ways from patches to a picture (Chai et al., 2020), as P(fake). NaN marks patches not looked at. */
import { probabilityOf } from './pool.ts';

/** P(fake) 0..1 of a picture. */
export interface Ensembles {
  /** Share of patches that are more likely fake than real; an exact tie counts as fake, as the reference's arg-max does. */
  vote: number;
  /** Softmax of the mean logits: for networks that train behind a global average pool this is the network's own output. */
  beforeSoftmax: number;
  /** Mean of the patches' softmax. */
  afterSoftmax: number;
}

/**
 * The ensembles of `logits` of P(fake) (`fakeLogits`), in double precision; null when no patch was looked at. The
 * softmax of two mean logits is the logistic function of the mean of their differences, so one logit a patch suffices.
 */
export function ensemblesOf(logits: Float32Array): Ensembles | null {
  let patches = 0;
  let votes = 0;
  let logitSum = 0;
  let probabilitySum = 0;
  for (const logit of logits) {
    if (Number.isNaN(logit)) continue;
    patches += 1;
    if (logit >= 0) votes += 1;
    logitSum += logit;
    probabilitySum += probabilityOf(logit);
  }
  if (patches === 0) return null;
  return {
    vote: votes / patches,
    beforeSoftmax: probabilityOf(logitSum / patches),
    afterSoftmax: probabilitySum / patches,
  };
}
