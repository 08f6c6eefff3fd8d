/** How well a fitted line is known, by fitting it on other draws of the same sources. */
import { randomFrom } from '../random.ts';
import { fitPlattColumns } from '../score/platt.ts';
import { bySource, type CalibrationSample, weighted } from './sample.ts';

export interface Covariance {
  aa: number;
  bb: number;
  ab: number;
}

const SEED = 7;

/**
 * Covariance of (a, b) over `rounds` fits on sources drawn with replacement, as many of each class as there are, sources
 * weighing equally: it contains how differently sources behave. The draw is the same every time. Null when fewer than half
 * of the fits settle. Cost: rounds * samples * about 8.
 */
export function bootstrapCovariance(
  samples: readonly CalibrationSample[],
  rounds: number,
): Covariance | null {
  const groups = bySource(weighted(samples));
  const flat = groups.flat();
  const scores = Float64Array.from(flat, ({ score }) => score);
  const labels = Uint8Array.from(flat, ({ generated }) => Number(generated));
  const random = randomFrom(SEED);
  const fits = Array.from({ length: rounds }, () => {
    const times = drawGroups(groups, random);
    const weights = Float64Array.from(
      groups.flatMap((group, index) => group.map(({ weight }) => weight * (times[index] ?? 0))),
    );
    return fitPlattColumns({ scores, labels, weights });
  }).filter((fit) => fit !== null);
  return fits.length * 2 < rounds ? null : covarianceOf(fits);
}

/** How often each group was drawn when each class draws as many of its groups as it has. */
function drawGroups(groups: readonly (readonly CalibrationSample[])[], random: () => number): Uint32Array {
  const times = new Uint32Array(groups.length);
  for (const label of ['real', 'fake']) {
    const own = groups.flatMap(([first], index) => (first?.label === label ? [index] : []));
    for (let draw = 0; draw < own.length; draw++) {
      const drawn = own[Math.floor(random() * own.length)] ?? 0;
      times[drawn] = (times[drawn] ?? 0) + 1;
    }
  }
  return times;
}

function covarianceOf(fits: readonly { a: number; b: number }[]): Covariance {
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanA = mean(fits.map((fit) => fit.a));
  const meanB = mean(fits.map((fit) => fit.b));
  return {
    aa: mean(fits.map((fit) => (fit.a - meanA) ** 2)),
    bb: mean(fits.map((fit) => (fit.b - meanB) ** 2)),
    ab: mean(fits.map((fit) => (fit.a - meanA) * (fit.b - meanB))),
  };
}
