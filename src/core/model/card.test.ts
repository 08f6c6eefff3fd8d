import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { exampleCard } from '../../../test/support/example-card.ts';
import { weightBytesOf } from '../../../test/support/packaged.ts';
import { PACKAGED_CARDS } from '../../platform/packaged-models.ts';
import { MODEL_ROLES } from '../verdict.ts';
import { limitsOf, modelKey, parseCard } from './card.ts';
import { patchesAlong, pixelsUnder, receptiveFieldOf } from './geometry.ts';

const changed = (change: (card: typeof exampleCard) => void): unknown => {
  const copy = structuredClone(exampleCard);
  change(copy);
  return copy;
};

describe('parseCard', () => {
  it('accepts what it has accepted', () => {
    expect(parseCard(structuredClone(exampleCard))).toEqual({ ok: true, value: exampleCard });
    expect(modelKey(exampleCard)).toBe('example@1/p1');
  });

  it.each(MODEL_ROLES)(
    'has accepted the card of the packaged model %s, whose weights are the file beside it',
    (role) => {
      const { id, weights } = PACKAGED_CARDS[role];
      const bytes = weightBytesOf(role);
      expect(id).toBe(role);
      expect(weights.sizeBytes).toBe(bytes.byteLength);
      expect(weights.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    },
  );

  it.each<[string, unknown, string]>([
    ['not an object', 'card', 'card'],
    ['another schema', changed((card) => Object.assign(card, { schema: 2 })), 'schema'],
    ['a path as id', changed((card) => (card.id = '../x')), 'id'],
    [
      'an unknown layer',
      changed((card) => Object.assign(card.layers[1] ?? {}, { op: 'eval' })),
      'layers.1.op',
    ],
    [
      'channels that do not fit',
      changed((card) => Object.assign(card.layers[3] ?? {}, { in: 25 })),
      'layers.3',
    ],
    ['several outputs', changed((card) => card.layers.pop()), 'layers'],
    ['a false receptive field', changed((card) => (card.receptiveField.sizePx = 51)), 'receptiveField'],
    [
      'a calibration that is not finite',
      changed((card) => (card.calibration.a = Number.NaN)),
      'calibration.a',
    ],
    ['an impossible covariance', changed((card) => (card.calibration.covariance.ab = 9)), 'card'],
    ['thresholds out of order', changed((card) => (card.calibration.unsureFrom = 0.8)), 'card'],
    ['a short golden grid', changed((card) => card.golden.logits.pop()), 'card'],
  ])('refuses %s and says where', (_name, value, where) => {
    expect(parseCard(value)).toMatchObject({ ok: false, failure: { kind: 'bad-card', where } });
  });
});

describe('geometry', () => {
  const field = receptiveFieldOf(exampleCard.layers);

  it('follows from the layers', () => {
    expect(field).toEqual({ sizePx: 49, stridePx: 8, offsetPx: 0 });
  });

  it('agrees with walking the layers one by one', () => {
    for (let length = 1; length < 300; length++) {
      let walked = length;
      for (const layer of exampleCard.layers) {
        if (layer.op === 'conv') walked = Math.floor((walked - layer.kernel) / layer.stride) + 1;
        if (layer.op === 'averagePool') walked = Math.floor((walked - layer.size) / layer.stride) + 1;
      }
      expect(patchesAlong(length, field)).toBe(Math.max(0, walked));
    }
  });

  it('covers what it says', () => {
    expect(patchesAlong(pixelsUnder(7, field), field)).toBe(7);
    expect(patchesAlong(pixelsUnder(7, field) - 1, field)).toBe(6);
  });
});

describe('facts for people', () => {
  const facts = {
    trainedOn: { on: ['1,015 photographs of 87 sources'], notOn: ['Screenshots'] },
    testedRange: { jpegQuality: [50, 100], sidePx: [128, 4096], texturedShare: [0.1, 1] },
    failureClasses: [{ kind: 'screenshot', what: 'Text and flat areas look suspicious to it.' }],
    evaluation: {
      on: 'The validation split, whose sources were not trained on',
      threshold: 0.7,
      conditions: [
        {
          ...{
            degradation: 'none',
            real: 193,
            fake: 177,
            meanGeneratorAuc: { value: 0.9, interval: [0.85, 0.94] },
          },
          ...{ rocAuc: null, balancedAccuracy: null, tprAt1Fpr: null, worstStrongFalsePositiveRate: null },
          ece: { value: 0.04, interval: null },
        },
      ],
      generators: [{ name: 'Kolors', n: 15, rocAuc: 0.8, recall: { value: 0.6, interval: [0.32, 0.84] } }],
      realSources: [{ name: 'phones', n: 20, falsePositiveRate: null }],
    },
  };
  const calibrated = {
    isotonic: [
      [-1, 0.2],
      [1, 0.9],
    ],
    operatingPoint: {
      limit: 0.01,
      overall: { threshold: 0.7, falsePositiveRate: 0, images: 100, upper: 0.04 },
      worstSource: { source: 'phones', threshold: 0.8, falsePositiveRate: 0, images: 20, upper: 0.17 },
    },
    bins: [{ of: 'jpegQuality', from: 0, below: 50, real: 40, fake: 40, strongAt: 0.9 }],
    diagram: [{ lower: 0, upper: 0.1, count: 3, meanPredicted: 0.05, meanObserved: 0.1 }],
    calibrationError: 0.05,
  };
  const withFacts = (
    change: (card: Record<string, unknown>, calibration: Record<string, unknown>) => void,
  ) => {
    const copy = { ...structuredClone(exampleCard), ...structuredClone(facts) } as Record<string, unknown>;
    const calibration = { ...structuredClone(exampleCard.calibration), ...structuredClone(calibrated) };
    change(copy, calibration);
    return parseCard({ ...copy, calibration });
  };

  it('put known failures before what else is not known', () => {
    const parsed = withFacts(() => undefined);
    const limits = parsed.ok ? limitsOf(parsed.value) : [];
    expect(limits.slice(0, 2)).toEqual([facts.failureClasses[0]?.what, exampleCard.limits.unknowns[0]]);
    expect(limitsOf(exampleCard)).toEqual(exampleCard.limits.unknowns);
  });

  it('are kept as they stand', () => {
    const parsed = withFacts(() => undefined);
    expect(parsed).toMatchObject({ ok: true, value: { ...facts, calibration: calibrated } });
  });

  it.each<[string, Parameters<typeof withFacts>[0], string]>([
    ['a range out of order', (card) => (card.testedRange = { sidePx: [9, 3] }), 'testedRange.sidePx'],
    ['an unknown range', (card) => (card.testedRange = { colour: [1, 2] }), 'testedRange.colour'],
    [
      'a quality above 100',
      (card) => (card.testedRange = { jpegQuality: [1, 101] }),
      'testedRange.jpegQuality.1',
    ],
    [
      'an unknown failure class',
      (card) => (card.failureClasses = [{ kind: 'weather', what: 'x' }]),
      'failureClasses.0.kind',
    ],
    [
      'a figure above 1',
      (_card, calibration) => (calibration.calibrationError = 2),
      'calibration.calibrationError',
    ],
    [
      'knots that fall',
      (_card, calibration) =>
        (calibration.isotonic = [
          [0, 0.5],
          [1, 0.4],
        ]),
      'card',
    ],
    [
      'knots at certainty',
      (_card, calibration) =>
        (calibration.isotonic = [
          [0, 0.5],
          [1, 1],
        ]),
      'card',
    ],
    [
      'an unknown bin',
      (_card, calibration) => (calibration.bins = [{ of: 'colour' }]),
      'calibration.bins.0.of',
    ],
  ])('are refused with %s', (_name, change, where) => {
    expect(withFacts(change)).toMatchObject({ ok: false, failure: { kind: 'bad-card', where } });
  });
});
