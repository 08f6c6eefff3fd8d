/** One scored picture of known label, as calibrations are fitted on. */

export interface CalibrationSample {
  /** Names the picture; the same for all its versions. */
  path: string;
  label: 'real' | 'fake';
  source: string;
  /** Mean patch logit. */
  score: number;
  /** Variance of the mean logit between blocks of one receptive field; null for a picture of one block. */
  blockVariance: number | null;
  /** 1..100 of the version that was scored; null when it is no JPEG or its quality is not known. */
  jpegQuality: number | null;
  shortSidePx: number;
  /** Share of blocks that are not flat. */
  texturedShare: number;
}

/** Groups samples by label and source, in order of appearance. */
export function bySource<Sample extends CalibrationSample>(samples: readonly Sample[]): Sample[][] {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const name = `${sample.label}/${sample.source}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [sample]);
    else group.push(sample);
  }
  return [...groups.values()];
}

/** A sample with what share of its class it stands for. */
export interface WeightedSample extends CalibrationSample {
  generated: boolean;
  weight: number;
}

/**
 * Every sample with a weight under which each source of a class weighs the same however many pictures it has; the weights
 * of a class sum to its number of sources.
 */
export const weighted = (samples: readonly CalibrationSample[]): WeightedSample[] =>
  bySource(samples).flatMap((group) =>
    group.map((sample) => ({ ...sample, generated: sample.label === 'fake', weight: 1 / group.length })),
  );
