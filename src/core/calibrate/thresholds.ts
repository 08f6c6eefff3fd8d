/** The probability from which signs are called strong, chosen by what it does to real pictures. */
import { clopperPearson } from '../metrics/clopper-pearson.ts';
import type { CalibrationRange, FalseAlarms, OperatingPoint } from '../model/calibration.ts';
import type { CalibrationSample } from './sample.ts';

/** Thresholds are given with four decimals, near 1 with as many as keep them below it, rounded to the strict side. */
const DECIMALS = { least: 4, most: 9 } as const;
/** Pictures of each class from which a bin's threshold is its own. */
const LEAST_IN_BIN = 30;

/** Borders of bins: qualities as sites choose them, sides of thumbnails, web pictures, and originals. */
const RANGES = {
  jpegQuality: [0, 50, 65, 80, 90, 101],
  shortSidePx: [0, 256, 512, 1024, 65_536],
} as const;

/**
 * The lowest threshold (four decimals, more above 0.999, at most 1) at which a share of at most `limit` of
 * `probabilities`, all of real pictures, is at or above it. Fewer than 1 / `limit` of them need one above their highest.
 */
export function strictThreshold(probabilities: readonly number[], limit: number): number {
  const falling = probabilities.toSorted((left, right) => right - left);
  const first = falling[Math.floor(limit * falling.length + 1e-9)];
  if (first === undefined) return 0;
  const wanted = Math.ceil(-Math.log10(1 - first)) + 1;
  const steps = 10 ** Math.min(DECIMALS.most, Math.max(DECIMALS.least, wanted));
  const above = Math.ceil(first * steps);
  return Math.min(1, (above / steps > first ? above : above + 1) / steps);
}

/** Real pictures from which a share of `limit` of them is at least one picture: fewer cannot show that it is kept. */
export const leastPicturesFor = (limit: number): number => Math.ceil(1 / limit - 1e-9);

/**
 * The threshold that keeps every real source within `limit`, what it does there, and the one that only all real pictures
 * together need; null without real samples. Sources of fewer than 1 / `limit` pictures are kept within it together, and
 * only with all others where even together they are fewer: one odd picture would decide for them. `probabilities` are the
 * samples'. Of versions of one picture the mean counts; intervals take pictures, not versions, as independent, and round
 * their number of alarms up.
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
  const overall = alarmsAt(real, thresholdOf(real, limit));
  const { large, small } = realSources(real, limit);
  const pooled = small.flatMap(({ own }) => own);
  const together = { source: `${small.length} smaller sources together`, own: pooled };
  const judged = picturesIn(pooled) >= leastPicturesFor(limit) ? [...large, together] : large;
  const [worst] = judged
    .map(({ source, own }) => ({ source, ...alarmsAt(own, thresholdOf(own, limit)) }))
    .sort((one, other) => other.threshold - one.threshold);
  return {
    limit,
    overall,
    worstSource: worst ?? { source: 'all real pictures', ...overall },
    ...(small.length > 0 ? { smallSources: { sources: small.length, images: picturesIn(pooled) } } : {}),
  };
}

interface RealSource {
  source: string;
  own: (Scored & { source: string })[];
}

function realSources(
  real: readonly (Scored & { source: string })[],
  limit: number,
): Record<'large' | 'small', RealSource[]> {
  const sources = [...new Set(real.map(({ source }) => source))]
    .sort()
    .map((source) => ({ source, own: real.filter((sample) => sample.source === source) }));
  const isLarge = ({ own }: RealSource): boolean => picturesIn(own) >= leastPicturesFor(limit);
  return { large: sources.filter(isLarge), small: sources.filter((source) => !isLarge(source)) };
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
  const images = picturesIn(scored);
  const falsePositiveRate = scored.filter(({ p }) => p >= threshold).length / scored.length;
  const alarms = Math.min(images, Math.ceil(falsePositiveRate * images - 1e-9));
  return { threshold, falsePositiveRate, images, upper: clopperPearson(alarms, images)?.upper ?? 1 };
}

/**
 * A range of each quality and size with its threshold: where it holds 30 pictures of each class and 1 / `limit` real ones
 * the one that its real pictures need, never below `strongAt`, because so few cannot show that less is safe; else
 * `strongAt`. Ranges without pictures are left out.
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
      const realInside = inside.filter(({ label }) => label === 'real');
      const real = picturesIn(realInside);
      const fake = picturesIn(inside.filter(({ label }) => label === 'fake'));
      if (real + fake === 0) return [];
      const enough = real >= Math.max(LEAST_IN_BIN, leastPicturesFor(limit)) && fake >= LEAST_IN_BIN;
      const own = thresholdOf(realInside, limit);
      return [{ of, from, below, real, fake, strongAt: enough ? Math.max(strongAt, own) : strongAt }];
    }),
  );
}

const picturesIn = (samples: readonly { path: string }[]): number =>
  new Set(samples.map(({ path }) => path)).size;
