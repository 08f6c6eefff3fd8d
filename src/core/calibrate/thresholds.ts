/** The probability from which signs are called strong, chosen by what it does to real pictures. */
import { clopperPearson } from '../metrics/clopper-pearson.ts';
import type { CalibrationRange, FalseAlarms } from '../model/calibration.ts';
import type { CalibrationSample } from './sample.ts';

export interface OperatingPoint {
  limit: number;
  overall: FalseAlarms;
  worstSource: FalseAlarms & { source: string };
}

/** Thresholds are given with four decimals, rounded to the strict side. */
const STEPS = 1e4;
/** Pictures of each class from which a bin's threshold is its own. */
const LEAST_IN_BIN = 30;

/** Borders of bins: qualities as sites choose them, sides of thumbnails, web pictures, and originals. */
const RANGES = {
  jpegQuality: [0, 50, 65, 80, 90, 101],
  shortSidePx: [0, 256, 512, 1024, 65_536],
} as const;

/**
 * The lowest threshold (four decimals, at most 1) at which a share of at most `limit` of `probabilities`, all of real
 * pictures, is at or above it.
 */
export function strictThreshold(probabilities: readonly number[], limit: number): number {
  const falling = probabilities.toSorted((left, right) => right - left);
  const first = falling[Math.floor(limit * falling.length + 1e-9)];
  if (first === undefined) return 0;
  const above = Math.ceil(first * STEPS);
  return Math.min(1, (above / STEPS > first ? above : above + 1) / STEPS);
}

/**
 * The threshold that keeps every real source within `limit`, what it does there, and the one that only all real pictures
 * together need; null without real samples. `probabilities` are the samples'. Of versions of one picture the mean
 * counts; intervals take pictures, not versions, as independent, and round their number of alarms up.
 */
export function operatingPointOf(
  samples: readonly CalibrationSample[],
  probabilities: Float64Array,
  limit: number,
): OperatingPoint | null {
  const real = samples.flatMap((sample, index) =>
    sample.label === 'real' ? [{ ...sample, p: probabilities[index] ?? 0 }] : [],
  );
  if (real.length === 0) return null;
  const sources = [...new Set(real.map(({ source }) => source))].sort().map((source) => {
    const own = real.filter((sample) => sample.source === source);
    return { source, own, threshold: thresholdOf(own, limit) };
  });
  const worst = sources.reduce((one, other) => (other.threshold > one.threshold ? other : one));
  return {
    limit,
    overall: alarmsAt(real, thresholdOf(real, limit)),
    worstSource: { source: worst.source, ...alarmsAt(worst.own, worst.threshold) },
  };
}

interface Scored {
  path: string;
  p: number;
}

const thresholdOf = (scored: readonly Scored[], limit: number): number =>
  strictThreshold(
    scored.map(({ p }) => p),
    limit,
  );

function alarmsAt(scored: readonly Scored[], threshold: number): FalseAlarms {
  const images = new Set(scored.map(({ path }) => path)).size;
  const falsePositiveRate = scored.filter(({ p }) => p >= threshold).length / scored.length;
  const alarms = Math.min(images, Math.ceil(falsePositiveRate * images - 1e-9));
  return { threshold, falsePositiveRate, images, upper: clopperPearson(alarms, images)?.upper ?? 1 };
}

/**
 * A range of each quality and size with its threshold: where it holds 30 pictures of each class the one that its real
 * pictures need, never below `strongAt`, because so few cannot show that less is safe; else `strongAt`. Ranges without
 * pictures are left out.
 */
export function calibrationRanges(
  samples: readonly CalibrationSample[],
  probabilities: Float64Array,
  { limit, strongAt }: { limit: number; strongAt: number },
): CalibrationRange[] {
  return (['jpegQuality', 'shortSidePx'] as const).flatMap((of) =>
    RANGES[of].slice(1).flatMap((below, index): CalibrationRange[] => {
      const from = RANGES[of][index] ?? 0;
      const inside = samples.flatMap((sample, at) => {
        const value = sample[of];
        const isInside = value !== null && value >= from && value < below;
        return isInside ? [{ ...sample, p: probabilities[at] ?? 0 }] : [];
      });
      const [real, fake] = (['real', 'fake'] as const).map((label) => pictures(inside, label));
      if (real === undefined || fake === undefined || real + fake === 0) return [];
      const enough = real >= LEAST_IN_BIN && fake >= LEAST_IN_BIN;
      const own = thresholdOf(
        inside.filter(({ label }) => label === 'real'),
        limit,
      );
      return [{ of, from, below, real, fake, strongAt: enough ? Math.max(strongAt, own) : strongAt }];
    }),
  );
}

const pictures = (samples: readonly CalibrationSample[], label: 'real' | 'fake'): number =>
  new Set(samples.filter((sample) => sample.label === label).map(({ path }) => path)).size;
