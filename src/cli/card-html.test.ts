import { describe, expect, it } from 'vitest';
import { starterCard } from '../../test/support/starter.ts';
import type { ModelCard } from '../core/model/card.ts';
import { cardEvaluation } from './card-evaluation.ts';
import { cardHtml } from './card-html.ts';
import { identityOf } from './card-identity.ts';
import { cardLines } from './card-text.ts';

const figures = {
  meanGeneratorAuc: 0.812345,
  rocAuc: 0.8,
  balancedAccuracy: 0.75,
  tprAt1Fpr: null,
  worstStrongFalsePositiveRate: 0,
  ece: 0.05,
};
const measurement = {
  overall: {
    ...{ n: 30, real: 20, fake: 10, threshold: 0.7, ...figures, somethingNew: 3 },
    intervals: {
      ...{ meanGeneratorAuc: [0.7, 0.9], rocAuc: null, balancedAccuracy: [0.6, 0.8], tprAt1Fpr: null },
      ...{ worstStrongFalsePositiveRate: [0, 0.1], ece: [0.02, 0.1] },
    },
  },
  generators: {
    Kolors: { n: 10, averagePrecision: 0.9, rocAuc: 0.9, recall: 0.5, recallInterval: [0.2, 0.8] },
  },
  realSources: { phones: { n: 20, falsePositiveRate: 0.05, falsePositiveInterval: [0, 0.2] } },
};
const report = {
  model: 'starter@1/p1',
  backend: 'wasm',
  ...measurement,
  degradations: { none: measurement, 'jpeg:75': measurement },
};

const STARTER = { key: 'starter@1/p1', identity: '0123456789abcdef' };

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
  });
});

describe('cardEvaluation', () => {
  it('refuses figures of other weights or another calibration under the same name and version', () => {
    const made = (identity: string | null) =>
      cardEvaluation(JSON.stringify({ ...report, identity }), STARTER, 'x');
    expect(made(STARTER.identity)).toMatchObject({ ok: true });
    expect(made(null)).toMatchObject({ ok: true });
    expect(made('fedcba9876543210')).toEqual({
      ok: false,
      failure: 'its figures are of another starter@1/p1, with other weights or another calibration',
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
          },
          { degradation: 'jpeg:75' },
        ],
        generators: [{ name: 'Kolors', n: 10, rocAuc: 0.9, recall: { value: 0.5, interval: [0.2, 0.8] } }],
        realSources: [{ name: 'phones', n: 20, falsePositiveRate: { value: 0.05, interval: [0, 0.2] } }],
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
    ]) {
      expect(page).toContain(text);
    }
    expect(page).toMatch(/<svg class="chart"[\s\S]*<circle/);
    expect(page).toContain(
      'fewer than 4 % of further pictures of the same sources do. Pictures of other sources can',
    );
  });

  it('says the same in lines, and leaves out what a card does not state', () => {
    const lines = cardLines(card);
    expect(lines).toContain('  JPEG quality 50 to 100.');
    expect(lines.join('\n')).toContain('From 0.666 on the picture shows signs');
    const plain = cardLines(starterCard);
    expect(plain).not.toContain('Trained on');
    expect(plain.join('\n')).toContain('none in the card');
  });
});
