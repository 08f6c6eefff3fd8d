/** The card of a model of our own before it is calibrated. */
import type { ImportedCard } from '../../src/core/model/imported-card.ts';

/** Flat blocks and too little texture are judged as for every model of ours; see `src/core/score/flatness.ts`. */
const LIMITS = { flatBlockSpread: 3, minTexturedShare: 0.05 };

/** What people wrote about a model: `facts.json` beside its `train.json`. Checked with the whole card. */
export interface Facts {
  trainedOn?: unknown;
  testedRange?: unknown;
  failureClasses?: unknown;
  unknowns?: readonly string[];
}

/**
 * A card with the network of `imported` and the golden logits that our engine gave for it. Its calibration is a
 * placeholder that calls nothing strong: `telltale calibrate` fits the real one.
 */
export function productCard(
  imported: ImportedCard,
  { id, name }: { id: string; name: string },
  options: { name?: string; version: string; facts?: Facts },
) {
  const { unknowns = ['It is not calibrated yet.'], ...facts } = options.facts ?? {};
  return {
    schema: 1,
    id,
    version: options.version,
    name: options.name ?? name,
    input: { channels: 'RGB', range: [0, 255], resize: 'never', alpha: 'over-white' },
    layers: imported.layers,
    receptiveField: imported.receptiveField,
    weights: imported.weights,
    calibration: {
      kind: 'platt',
      on: 'mean patch logit',
      a: 1,
      b: 0,
      covariance: { aa: 1, bb: 1, ab: 0 },
      blockVariance: 0.1,
      strongAt: 1,
      unsureFrom: 0,
      fittedOn: 'not fitted yet',
      note: 'Placeholder until the model is calibrated: everything is unsure.',
    },
    // Two receptive fields: below that there is next to nothing to average.
    limits: {
      minSidePx: 2 * imported.receptiveField.sizePx,
      ...LIMITS,
      unknowns,
    },
    ...facts,
    golden: imported.golden,
  };
}
