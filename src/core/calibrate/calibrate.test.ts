import { describe, expect, it } from 'vitest';
import { clopperPearson } from '../metrics/clopper-pearson.ts';
import { calibrationProblem } from '../model/calibration.ts';
import { randomFrom } from '../random.ts';
import { calibratedLogit, isotonicLogit } from '../score/calibrated-logit.ts';
import { probabilityOf } from '../score/pool.ts';
import { type CalibrationOptions, calibrate } from './calibrate.ts';
import { diagramBars, weightedCalibrationError } from './diagram.ts';
import { chosenMethod } from './fit.ts';
import { fitIsotonic } from './isotonic.ts';
import { type CalibrationSample, weighted } from './sample.ts';
import { calibrationRanges, operatingPointOf, strictThreshold } from './thresholds.ts';

const OPTIONS: CalibrationOptions = {
  method: 'platt',
  falsePositiveRate: 0.01,
  rounds: 40,
  versions: 'as they are',
};

const sample = (given: Partial<CalibrationSample>): CalibrationSample => ({
  path: 'a.png',
  label: 'real',
  source: 'one',
  score: 0,
  blockVariance: 0.2,
  jpegQuality: null,
  shortSidePx: 512,
  texturedShare: 1,
  ...given,
});

/** Scores whose P(fake) at equal classes is the logistic function of `slope` times the score. */
function drawn(count: number, { slope = 1.5, sources = 8, seed = 3 } = {}): CalibrationSample[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, (_, index) => {
    const score = random() * 6 - 3;
    const label = random() < probabilityOf(slope * score) ? 'fake' : 'real';
    return sample({ path: `${index}.png`, label, source: `s${index % sources}`, score });
  });
}

describe('calibrate', () => {
  it('finds the curve, and a card accepts it', () => {
    const found = calibrate(drawn(2000), OPTIONS);
    if (!found.ok) throw new Error(found.failure);
    expect(found.value.a).toBeCloseTo(1.5, 0);
    expect(Math.abs(found.value.b)).toBeLessThan(0.15);
    expect(found.value.calibrationError).toBeLessThan(0.04);
    expect(found.value.blockVariance).toBe(0.2);
    expect(found.value.strongAt).toBeGreaterThan(0.9);
    expect(found.value.decideAt).toBe(0.5);
    expect(found.value.covariance.aa).toBeGreaterThan(0);
    expect(found.value.fittedOn).toMatch(
      /^\d+ real pictures of 8 sources and \d+ generated pictures of 8 sources, as/,
    );
    expect(calibrationProblem(found.value)).toBeNull();
    expect(calibrate(drawn(2000), OPTIONS)).toEqual(found);
  });

  it('lets a source with many pictures weigh no more than one with few', () => {
    const odd = Array.from({ length: 1500 }, (_, index) =>
      sample({ path: `odd${index}`, source: 'odd', score: 2.5 }),
    );
    const [few, many] = [odd.slice(0, 30), odd].map((extra) =>
      calibrate([...drawn(1000), ...extra], OPTIONS),
    );
    if (!few?.ok || !many?.ok) throw new Error('no fit');
    expect(many.value.a).toBeCloseTo(few.value.a, 3);
    expect(many.value.b).toBeCloseTo(few.value.b, 3);
  });

  it('says what is missing', () => {
    expect(calibrate(drawn(200, { sources: 1 }), OPTIONS)).toEqual({ ok: false, failure: 'too-few-sources' });
    expect(calibrate([sample({})], OPTIONS)).toEqual({ ok: false, failure: 'no-fit' });
    expect(calibrate(drawn(500, { slope: -2 }), OPTIONS)).toEqual({ ok: false, failure: 'no-fit' });
    const asked = calibrate(drawn(1000), { ...OPTIONS, method: 'isotonic' });
    expect(asked).toEqual({ ok: false, failure: 'too-few-pictures-for-isotonic' });
  });
});

describe('chosenMethod', () => {
  /** P(fake) is 0.1 below 1 and 0.9 above: no line fits that. */
  const steps = (count: number): CalibrationSample[] => {
    const random = randomFrom(9);
    return Array.from({ length: count }, (_, index) => {
      const score = random() * 4 - 2;
      const label = random() < (score > 1 ? 0.95 : 0.25) ? 'fake' : 'real';
      return sample({ path: `${index}`, label, source: `s${index % 10}`, score });
    });
  };

  it('is isotonic only with more than a thousand pictures and a clear gain', () => {
    expect(chosenMethod(steps(1000), 'auto')).toBe('platt');
    expect(chosenMethod(steps(3000), 'auto')).toBe('isotonic');
    expect(chosenMethod(drawn(3000), 'auto')).toBe('platt');
    const versions = steps(500).flatMap((one) => Array.from({ length: 6 }, () => one));
    expect(chosenMethod(versions, 'auto')).toBe('platt');
  });

  it('gives a calibration that rises everywhere', () => {
    const found = calibrate(steps(3000), { ...OPTIONS, method: 'auto' });
    if (!found.ok) throw new Error(found.failure);
    expect(calibrationProblem(found.value)).toBeNull();
    const logits = Array.from({ length: 200 }, (_, index) => calibratedLogit(index / 25 - 4, found.value));
    expect(logits.every((logit, index) => index === 0 || logit > (logits[index - 1] ?? 0))).toBe(true);
    expect(probabilityOf(calibratedLogit(-1, found.value))).toBeCloseTo(0.25, 1);
  });
});

describe('fitIsotonic', () => {
  it('pools adjacent violators as scikit-learn does', () => {
    // sklearn 1.2 IsotonicRegression on x = 0..7, y = 0 0 1 0 1 1 0 1 gives 0 0 .5 .5 2/3 2/3 2/3 1.
    const labels = [0, 0, 1, 0, 1, 1, 0, 1];
    const knots = fitIsotonic(
      labels.map((label, score) => ({
        ...sample({ score, label: label === 1 ? 'fake' : 'real' }),
        generated: label === 1,
        weight: 1,
      })),
    );
    const expected = [
      [0.5, 0.005],
      [2.5, 0.5],
      [5, 2 / 3],
      [7, 0.995],
    ];
    expect(knots).toHaveLength(expected.length);
    for (const [index, [score, p]] of knots.entries()) {
      expect(score).toBeCloseTo(expected[index]?.[0] ?? Number.NaN, 9);
      expect(p).toBeCloseTo(expected[index]?.[1] ?? Number.NaN, 9);
    }
  });

  it('keeps equal scores together', () => {
    const knots = fitIsotonic(
      weighted(
        [0, 0, 1, 1].map((score, index) =>
          sample({ score, path: `${index}`, label: index % 2 === 0 ? 'real' : 'fake' }),
        ),
      ),
    );
    expect(knots).toEqual([[0.5, 0.5]]);
  });
});

describe('isotonicLogit', () => {
  const knots: [number, number][] = [
    [-1, 0.25],
    [1, 0.5],
  ];
  it('goes through its knots and on with the slope', () => {
    expect(probabilityOf(isotonicLogit(-1, knots, 2))).toBeCloseTo(0.25, 12);
    expect(isotonicLogit(1, knots, 2)).toBeCloseTo(0, 12);
    expect(isotonicLogit(0, knots, 2)).toBeCloseTo(Math.log(1 / 3) / 2, 12);
    expect(isotonicLogit(1.5, knots, 2)).toBeCloseTo(1, 12);
    expect(isotonicLogit(-2, knots, 2)).toBeCloseTo(Math.log(1 / 3) - 2, 12);
  });
});

describe('thresholds', () => {
  it('let no more real pictures through than permitted', () => {
    expect(strictThreshold([0.1, 0.2, 0.3, 0.4], 0)).toBe(0.4001);
    expect(strictThreshold([0.1, 0.2, 0.3, 0.4], 0.25)).toBe(0.3001);
    expect(strictThreshold([0.1, 0.4, 0.4, 0.4], 0.25)).toBe(0.4001);
    expect(strictThreshold([0.99998], 0)).toBe(0.999981);
    expect(strictThreshold([1], 0)).toBe(1);
    expect(strictThreshold([], 0.1)).toBe(0);
  });

  it('are set by the worst source, with exact bounds', () => {
    const samples = [
      ...Array.from({ length: 100 }, (_, index) =>
        sample({ path: `calm${index}`, source: 'calm', score: index }),
      ),
      ...Array.from({ length: 20 }, (_, index) =>
        sample({ path: `odd${index}`, source: 'odd', score: index }),
      ),
    ];
    const probabilities = Float64Array.from(samples, ({ source, score }) =>
      source === 'calm' ? score / 256 : 0.5 + score / 128,
    );
    const point = operatingPointOf(samples, probabilities, 0.05);
    expect(point?.worstSource).toEqual({
      source: 'odd',
      threshold: 0.6407,
      falsePositiveRate: 0.05,
      images: 20,
      upper: clopperPearson(1, 20)?.upper,
    });
    expect(point?.overall).toMatchObject({ threshold: 0.6016, images: 120, falsePositiveRate: 0.05 });
  });

  it('leave sources that are too small to show the rate to all of them together', () => {
    const calm = Array.from({ length: 300 }, (_, index) =>
      sample({ path: `${index}`, source: `s${index % 10}`, score: index / 600 }),
    );
    const probabilities = Float64Array.from(calm, ({ score }) => score);
    const thresholdAt = (limit: number, given = probabilities): number =>
      operatingPointOf(calm, given, limit)?.worstSource.threshold ?? Number.NaN;
    expect([0.01, 0.02, 0.03].map((limit) => thresholdAt(limit))).toEqual([0.4934, 0.4884, 0.4834]);
    // One real picture that is none, or that the model takes for none, in a source of thirty.
    const oneWrong = probabilities.with(17, 0.999);
    expect(thresholdAt(0.01, oneWrong)).toBe(0.4951);
    const point = operatingPointOf(calm, oneWrong, 0.01);
    expect(point?.worstSource).toMatchObject({ source: '10 smaller sources together', images: 300 });
    expect(point?.smallSources).toEqual({ sources: 10, images: 300 });
  });

  it('judge too few small pictures only with all others', () => {
    const large = Array.from({ length: 200 }, (_, index) =>
      sample({ path: `l${index}`, source: 'large', score: index / 1000 }),
    );
    const small = [0.9, 0.1].map((score, index) => sample({ path: `s${index}`, source: 'small', score }));
    const samples = [...large, ...small];
    const point = operatingPointOf(
      samples,
      Float64Array.from(samples, ({ score }) => score),
      0.01,
    );
    expect(point?.worstSource.source).toBe('large');
    expect(point?.overall.threshold).toBeLessThan(0.9);
    expect(point?.smallSources).toEqual({ sources: 1, images: 2 });
  });

  it('count versions of a picture as one picture', () => {
    const samples = ['a', 'a', 'b', 'b'].map((path) => sample({ path }));
    const point = operatingPointOf(samples, Float64Array.of(0.9, 0.1, 0.2, 0.2), 0.25);
    expect(point?.overall).toMatchObject({ threshold: 0.2001, images: 2, falsePositiveRate: 0.25 });
    expect(point?.overall.upper).toBe(clopperPearson(1, 2)?.upper);
  });

  it('rise in a bin with enough pictures, and never fall', () => {
    const inBin = (quality: number, count: number, p: number) =>
      (['real', 'fake'] as const).flatMap((label) =>
        Array.from({ length: count }, (_, index) => ({
          ...sample({ path: `${quality}${label}${index}`, label, jpegQuality: quality, shortSidePx: 300 }),
          p,
        })),
      );
    const samples = [...inBin(40, 30, 0.9), ...inBin(70, 29, 0.9), ...inBin(95, 30, 0.1)];
    const ranges = calibrationRanges(
      samples,
      Float64Array.from(samples, ({ p }) => p),
      {
        limit: 0.05,
        strongAt: 0.8,
      },
    );
    const byQuality = ranges.filter(({ of }) => of === 'jpegQuality');
    expect(byQuality.map(({ from, below, real, strongAt }) => [from, below, real, strongAt])).toEqual([
      [0, 50, 30, 0.9001],
      [65, 80, 29, 0.8],
      [90, 101, 30, 0.8],
    ]);
    expect(ranges.filter(({ of }) => of === 'shortSidePx')).toHaveLength(1);
  });
});

describe('diagram', () => {
  it('weighs classes alike and leaves empty bars out', () => {
    const predictions = [
      ...Array.from({ length: 30 }, () => ({ probability: 0.2, fake: false, weight: 1 })),
      { probability: 0.2, fake: true, weight: 1 },
      { probability: 1, fake: true, weight: 1 },
    ];
    const bars = diagramBars(predictions);
    expect(bars.map(({ count }) => count)).toEqual([31, 1]);
    expect(bars[0]?.meanObserved).toBeCloseTo(0.25 / 0.75, 12);
    expect(bars[1]).toMatchObject({ meanPredicted: 1, meanObserved: 1 });
    expect(weightedCalibrationError(predictions)).toBeCloseTo(0.75 * (1 / 3 - 0.2), 12);
  });
});
