import { describe, expect, it } from 'vitest';
import fixture from '../../../test/fixtures/evaluate/scikit-learn.json' with { type: 'json' };
import { calibrationDataOf } from '../model/calibration-data.ts';
import type { Level } from '../verdict.ts';
import { type EvaluatedModel, type ScoredPicture, scoreKey } from './evaluation.ts';
import { FIGURES } from './overall.ts';
import { measure, reportsOf } from './report.ts';

const MODEL: EvaluatedModel = {
  name: 'm@1',
  fingerprint: 'f',
  backend: 'wasm',
  threshold: fixture.threshold,
  falsePositiveTarget: 0.05,
  identity: null,
  calibratedOn: null,
};
const PICTURES: ScoredPicture[] = fixture.pictures.map(({ pFake, level, label, ...item }) => ({
  ...item,
  label: label === 'fake' ? 'fake' : 'real',
  outcome: { state: 'scored', pFake, level: level as Level },
}));

/** Every number of `expected` within 1e-12 of the one at its place. */
function expectClose(actual: unknown, expected: unknown, path = ''): void {
  if (expected === null || typeof expected === 'string') {
    expect(actual, path).toBe(expected);
    return;
  }
  if (typeof expected === 'number') {
    expect(Math.abs(Number(actual) - expected), `${path}: ${actual}, ${expected}`).toBeLessThan(1e-12);
    return;
  }
  for (const [key, value] of Object.entries(Object(expected)))
    expectClose(Object(actual)[key], value, `${path}.${key}`);
}

describe('measure', () => {
  const found = measure(PICTURES, MODEL, true);

  it('gives the figures of scikit-learn', () => {
    expectClose(found.overall, fixture.overall);
    expectClose(found.generators, fixture.generators);
    expect(Object.keys(found.generators)).toEqual(Object.keys(fixture.generators));
    const left = Object.entries(found.generators).filter(([, { inMean }]) => !inMean);
    expect(left.map(([name, { n }]) => [name, n])).toEqual([['generator 5', 4]]);
    expectClose(found.realSources, fixture.realSources);
    expect(Object.keys(found.realSources)).toEqual(Object.keys(fixture.realSources));
  });

  it('chooses thresholds on the other groups as scikit-learn would', () => {
    expectClose(found.groupOut?.groups, fixture.groupOut);
    expect(Object.keys(found.groupOut?.groups ?? {})).toEqual(Object.keys(fixture.groupOut));
    const { recall, falsePositiveRate, balancedAccuracy } = found.groupOut ?? {};
    expect(balancedAccuracy).toBe(((recall ?? 0) + 1 - (falsePositiveRate ?? 0)) / 2);
  });

  it('puts an interval around every figure and repeats it', () => {
    for (const name of FIGURES) {
      const [lower, upper] = found.overall.intervals[name] ?? [Number.NaN, Number.NaN];
      expect(lower, name).toBeLessThanOrEqual(upper);
    }
    const [lower, upper] = found.overall.intervals.rocAuc ?? [1, 0];
    expect(lower).toBeLessThan(fixture.overall.rocAuc);
    expect(upper).toBeGreaterThan(fixture.overall.rocAuc);
    expect(measure(PICTURES.toReversed(), MODEL, true).overall).toEqual(found.overall);
  });

  it('names the worst real source', () => {
    const shares = Object.values(found.realSources).map((source) => source.overStrongFalsePositiveRate ?? 0);
    expect(found.overall.worstRealSource?.overStrongFalsePositiveRate).toBe(Math.max(...shares));
    expect(found.overall.worstOverStrongFalsePositiveRate).toBe(Math.max(...shares));
  });

  it('counts pictures over the strong threshold whose band reaches below it', () => {
    const scored = (label: 'real' | 'fake', index: number, level: Level): ScoredPicture => ({
      path: `${label}/${index}`,
      label,
      source: `${label} ${index % 2}`,
      generator: label === 'fake' ? 'g' : null,
      family: null,
      outcome: { state: 'scored', pFake: level === 'some' ? 0.8 : 0.1, level },
    });
    const pictures = [
      scored('real', 0, 'none'),
      scored('real', 1, 'some'),
      scored('real', 2, 'none'),
      scored('real', 3, 'none'),
      scored('fake', 0, 'strong'),
      scored('fake', 1, 'some'),
    ];
    const { overall, realSources } = measure(pictures, MODEL, false);
    expect(overall).toMatchObject({ overStrongFalsePositiveRate: 0.25, overStrongRecall: 1 });
    expect(overall).toMatchObject({ strongFalsePositiveRate: 0, strongRecall: 0.5 });
    expect(overall).toMatchObject({ worstOverStrongFalsePositiveRate: 0.5, worstStrongFalsePositiveRate: 0 });
    expect(overall.worstRealSource).toMatchObject({ name: 'real 1', overStrongFalsePositiveRate: 0.5 });
    expect(realSources['real 1']).toMatchObject({ overStrongFalsePositiveRate: 0.5 });
  });

  it('knows little of a worst source of three pictures', () => {
    const pictures = [3, 300].flatMap((size, source) =>
      Array.from({ length: size }, (_, index): ScoredPicture => {
        const outcome = { state: 'scored', pFake: 0.1, level: 'none' } as const;
        const path = `real/${source}/${index}`;
        return { path, label: 'real', source: `s${source}`, generator: null, family: null, outcome };
      }),
    );
    const { overall } = measure(pictures, MODEL, false);
    expect(overall.worstRealSource).toMatchObject({ name: 's0', n: 3 });
    for (const name of ['worstStrongFalsePositiveRate', 'worstOverStrongFalsePositiveRate'] as const) {
      expect(overall[name]).toBe(0);
      const [lower, upper] = overall.intervals[name] ?? [Number.NaN, Number.NaN];
      expect(lower).toBe(0);
      // 1 - 0.0125 ** (1 / 3): 97.5 % one-sided, halved for two sources.
      expect(upper).toBeCloseTo(0.7679, 4);
    }
  });

  it('counts and names what has no score, and leaves it out of the figures', () => {
    const [first, second, ...others] = PICTURES;
    if (first === undefined || second === undefined) throw new Error('fixture');
    const pictures: ScoredPicture[] = [
      { ...first, outcome: { state: 'abstained', reason: 'too-flat' } },
      { ...second, outcome: { state: 'failed', reason: 'corrupt' } },
      ...others,
    ];
    const less = measure(pictures, MODEL, false);
    expect(less.overall.n).toBe(PICTURES.length - 2);
    expect(less.counts).toMatchObject({ abstained: { real: 1, fake: 0 }, failed: { real: 1, fake: 0 } });
    expect(less.abstained).toEqual([{ input: first.path, label: 'real', reason: 'too-flat' }]);
    expect(less.failed).toEqual([{ input: second.path, label: 'real', reason: 'corrupt' }]);
    expect(less.groupOut).toBeUndefined();
  });

  it('says null where a class is missing, nothing was scored, or a model has no levels', () => {
    const reals = measure(
      PICTURES.filter(({ label }) => label === 'real'),
      MODEL,
      true,
    );
    expect(reals.overall).toMatchObject({
      rocAuc: null,
      averagePrecision: null,
      balancedAccuracy: null,
      recall: null,
    });
    expect(reals.overall).toMatchObject({ meanGeneratorAuc: null, tprAt1Fpr: null, fake: 0 });
    expect(reals.overall.falsePositiveRate).toBeGreaterThan(0);
    expect(reals.groupOut?.balancedAccuracy).toBeNull();
    const fakes = measure(
      PICTURES.filter(({ label }) => label === 'fake'),
      MODEL,
      false,
    );
    expect(fakes.generators['generator 0']).toMatchObject({ averagePrecision: null, rocAuc: null });
    expect(fakes.generators['generator 0']?.recall).toBeGreaterThan(0);
    const nothing = measure([], MODEL, true);
    for (const name of FIGURES)
      expect([nothing.overall[name], nothing.overall.intervals[name]]).toEqual([null, null]);
    const published = PICTURES.map((picture): ScoredPicture => {
      const { outcome } = picture;
      return outcome.state === 'scored' ? { ...picture, outcome: { ...outcome, level: null } } : picture;
    });
    expect(measure(published, MODEL, false).overall).toMatchObject({
      strongFalsePositiveRate: null,
      worstStrongFalsePositiveRate: null,
      unsure: null,
    });
  });
});

describe('reportsOf', () => {
  it('measures the pictures as they are first, and every degradation by its name', () => {
    const items = PICTURES.map(({ outcome: _, ...item }) => item);
    const outcomes = new Map(
      PICTURES.flatMap(({ path, label, outcome }) => [
        [scoreKey('f', 'none', path), outcome] as const,
        [
          scoreKey('f', 'flip', path),
          { state: 'scored', pFake: label === 'fake' ? 1 : 0, level: 'none' } as const,
        ] as const,
      ]),
    );
    const evaluation = { degradations: ['flip'], groupOut: false, items, outcomes, calibrationMarks: [] };
    const [report] = reportsOf({ ...evaluation, models: [MODEL] });
    expect(report).toMatchObject({ model: 'm@1', backend: 'wasm' });
    expectClose(report?.overall.rocAuc, fixture.overall.rocAuc);
    expect(Object.keys(report?.degradations ?? {})).toEqual(['flip']);
    expect(report?.degradations.flip?.overall.rocAuc).toBe(1);
  });

  it('says which model it is of, and how many pictures of its calibration are measured', () => {
    const calibratedOn = calibrationDataOf(['aa', 'bb', 'cc'].map((start) => start.repeat(32)));
    const models = [
      { ...MODEL, identity: '0123', calibratedOn },
      { ...MODEL, calibratedOn: null },
    ];
    const evaluation = { degradations: [], groupOut: false, items: [], outcomes: new Map() };
    const reports = reportsOf({ ...evaluation, models, calibrationMarks: ['bb'.repeat(6), 'dd'.repeat(6)] });
    expect(reports[0]).toMatchObject({ identity: '0123', calibrationOverlap: { shared: 1, of: 3 } });
    expect(reports[1]).toMatchObject({ identity: null, calibrationOverlap: null });
  });
});
