import { describe, expect, it } from 'vitest';
import { starterCard } from '../../test/support/starter.ts';
import { type ModelCard, parseCard } from '../core/model/card.ts';
import { cardEvaluation } from './card-evaluation.ts';
import { cardHtml } from './card-html.ts';
import { identityOf, identityUnder } from './card-identity.ts';
import { cardJson } from './card-json.ts';
import { cardLines } from './card-text.ts';

const figures = {
  meanGeneratorAuc: 0.812345,
  rocAuc: 0.8,
  balancedAccuracy: 0.75,
  tprAt1Fpr: null,
  worstOverStrongFalsePositiveRate: 0.123,
  overStrongRecall: 0.456,
  worstStrongFalsePositiveRate: 0,
  ece: 0.05,
};
const measurement = {
  overall: {
    ...{ n: 30, real: 20, fake: 10, threshold: 0.7, ...figures, somethingNew: 3 },
    intervals: {
      ...{ meanGeneratorAuc: [0.7, 0.9], rocAuc: null, balancedAccuracy: [0.6, 0.8], tprAt1Fpr: null },
      ...{ worstOverStrongFalsePositiveRate: [0.01, 0.3], overStrongRecall: null },
      ...{ worstStrongFalsePositiveRate: [0, 0.1], ece: [0.02, 0.1] },
    },
  },
  generators: {
    Kolors: { n: 10, averagePrecision: 0.9, rocAuc: 0.9, recall: 0.5, recallInterval: [0.2, 0.8] },
  },
  realSources: {
    phones: {
      ...{ n: 20, falsePositiveRate: 0.05, falsePositiveInterval: [0, 0.2] },
      ...{ overStrongFalsePositiveRate: 0.1, overStrongFalsePositiveInterval: [0.02, 0.31] },
    },
  },
};
const report = {
  model: 'starter@1/p1',
  identity: '0123456789abcdef',
  backend: 'wasm',
  ...measurement,
  degradations: { none: measurement, 'jpeg:75': measurement },
};

const STARTER = { key: 'starter@1/p1', identity: '0123456789abcdef', threshold: 0.7 };

describe('identityOf', () => {
  it('changes with what scores and words depend on, and with nothing else', async () => {
    const own = await identityOf(starterCard);
    const { calibration, weights, limits } = starterCard;
    const changes: Partial<ModelCard>[] = [
      { calibration: { ...calibration, strongAt: 0.99 } },
      { weights: { ...weights, sha256: '0'.repeat(64) } },
      { limits: { ...limits, minSidePx: limits.minSidePx + 1 } },
    ];
    for (const change of changes) expect(await identityOf({ ...starterCard, ...change })).not.toBe(own);
    const retold = { name: 'Another name', limits: { ...limits, unknowns: ['Much.'] } };
    expect(await identityOf({ ...starterCard, ...retold })).toBe(own);
    expect(await identityUnder(starterCard, { ensemble: null, effort: 'full' })).toBe(own);
    expect(await identityUnder(starterCard, { ensemble: 'vote', effort: 'quick' })).toBe(`${own}+vote+quick`);
  });
});

describe('cardEvaluation', () => {
  it.each([
    [
      'identity',
      { identity: 'fedcba9876543210' },
      /^its figures are of another starter@1\/p1, with other weights/,
    ],
    ['way of scoring', { identity: '0123456789abcdef+vote' }, /^its figures are of another/],
    ['unknown identity', { identity: null }, /^its figures do not say which/],
    [
      'threshold',
      { overall: { ...measurement.overall, threshold: 0.5 } },
      /^its figures are for --threshold 0.5, /,
    ],
  ])('refuses figures of another %s under the same name and version', (_, change, reason) => {
    expect(cardEvaluation(JSON.stringify({ ...report, ...change }), STARTER, 'x')).toEqual({
      ok: false,
      failure: expect.stringMatching(reason),
    });
  });

  it('keeps the figures of the model, once for the pictures as they are', () => {
    const text = `${JSON.stringify({ ...report, model: 'other@1/p1' })}\n${JSON.stringify(report)}\n`;
    const found = cardEvaluation(text, STARTER, 'The validation split');
    expect(found).toMatchObject({
      ok: true,
      value: {
        on: 'The validation split',
        threshold: 0.7,
        conditions: [
          {
            degradation: 'none',
            real: 20,
            fake: 10,
            meanGeneratorAuc: { value: 0.8123, interval: [0.7, 0.9] },
            tprAt1Fpr: null,
            worstOverStrongFalsePositiveRate: { value: 0.123, interval: [0.01, 0.3] },
            overStrongRecall: { value: 0.456, interval: null },
            worstStrongFalsePositiveRate: { value: 0, interval: [0, 0.1] },
          },
          { degradation: 'jpeg:75' },
        ],
        generators: [{ name: 'Kolors', n: 10, rocAuc: 0.9, recall: { value: 0.5, interval: [0.2, 0.8] } }],
        realSources: [
          {
            ...{ name: 'phones', n: 20, falsePositiveRate: { value: 0.05, interval: [0, 0.2] } },
            overStrongFalsePositiveRate: { value: 0.1, interval: [0.02, 0.31] },
          },
        ],
      },
    });
  });

  it.each([
    ['', /not what/],
    ['{"model": 3}', /not what/],
    ['<html>', /not what/],
    [JSON.stringify({ ...report, model: 'other@2/p1' }), /no figures of starter@1\/p1, only of other@2\/p1/],
  ])('refuses %s', (text, reason) => {
    expect(cardEvaluation(text, STARTER, 'x')).toEqual({
      ok: false,
      failure: expect.stringMatching(reason),
    });
  });
});

describe('the card', () => {
  const evaluation = cardEvaluation(JSON.stringify(report), STARTER, '<b>Validation</b>');
  if (!evaluation.ok) throw new Error(evaluation.failure);
  const card: ModelCard = {
    ...starterCard,
    calibration: {
      ...starterCard.calibration,
      diagram: [{ lower: 0.4, upper: 0.5, count: 12, meanPredicted: 0.45, meanObserved: 0.5 }],
      calibrationError: 0.031,
      operatingPoint: {
        limit: 0.01,
        overall: { threshold: 0.6, falsePositiveRate: 0.01, images: 193, upper: 0.04 },
        worstSource: { source: 'phones', threshold: 0.666, falsePositiveRate: 0, images: 20, upper: 0.17 },
      },
    },
    trainedOn: { on: ['1,015 photographs'], notOn: ['Screenshots'] },
    testedRange: { jpegQuality: [50, 100], sidePx: [98, 4096] },
    failureClasses: [{ kind: 'upscaled', what: 'Enlarged photographs look suspicious to it.' }],
    evaluation: evaluation.value,
  };

  it('is a page without scripts, outside resources or markup from the card', () => {
    const page = cardHtml(card);
    expect(page).not.toMatch(/<script|https?:\/\/|<b>/);
    for (const text of [
      '&lt;b&gt;Validation',
      'Kolors',
      'phones',
      '0.81 (0.70-0.90)',
      'n/a',
      'Enlarged pictures: Enlarged',
      'Real pictures over the threshold of strong signs, worst source',
      '0.12 (0.01-0.30)',
      '0.46',
      'the score is 0.666 or more',
      '0.10 (0.02-0.31)',
    ]) {
      expect(page).toContain(text);
    }
    expect(page).toMatch(/<svg class="chart"[\s\S]*<circle/);
    expect(page).toContain(
      'fewer than 4 % of further pictures of the same sources do. Pictures of other sources can',
    );
  });

  it('tells programs both shares and how to read them, and neither network nor marks', () => {
    const told = cardJson(
      { ...card, calibration: { ...card.calibration, data: { files: 3, marks: [] } } },
      'ab',
    );
    expect(told).toMatchObject({ model: 'starter@1/p1', identity: 'ab' });
    expect(told.calibration).toMatchObject({ strongAt: 0.666, decideAt: 0.666, files: 3 });
    expect(told.evaluation?.conditions[0]).toMatchObject({
      worstOverStrongFalsePositiveRate: { value: 0.123, interval: [0.01, 0.3] },
      worstStrongFalsePositiveRate: { value: 0, interval: [0, 0.1] },
    });
    expect(told.howToRead.at(-1)).toContain('Called "strong signs": the whole 95 % band lies there');
    for (const key of ['layers', 'golden']) expect(told).not.toHaveProperty(key);
    expect(told.calibration).not.toHaveProperty('data');
  });

  it('takes cards whose figures are older', () => {
    const [condition] = evaluation.value.conditions;
    if (condition === undefined) throw new Error('no condition');
    const { worstOverStrongFalsePositiveRate: _, overStrongRecall: __, ...older } = condition;
    const before = { ...card, evaluation: { ...evaluation.value, conditions: [older] } };
    expect(parseCard(before)).toMatchObject({ ok: true });
    expect(cardLines(before).join('\n')).toContain('real pictures of the worst source n/a');
  });

  it('says the same in lines, and leaves out what a card does not state', () => {
    const lines = cardLines(card);
    expect(lines).toContain('  JPEG quality 50 to 100.');
    expect(lines.join('\n')).toContain('From 0.666 on the picture shows signs');
    expect(lines.join('\n')).toContain(
      'over the threshold of strong signs: real pictures of the worst source 0.12 (0.01-0.30), generated pictures 0.46',
    );
    expect(lines.join('\n')).toContain('called "strong signs": real pictures of the worst source 0.00');
    const plain = cardLines(starterCard);
    expect(plain).not.toContain('Trained on');
    expect(plain.join('\n')).toContain('none in the card');
  });
});
