import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import cardJson from '../../../models/starter/card.json' with { type: 'json' };
import { starterCard, starterWeightBytes } from '../../../test/support/starter.ts';
import { modelKey, parseCard } from './card.ts';
import { patchesAlong, pixelsUnder, receptiveFieldOf } from './geometry.ts';

const changed = (change: (card: typeof cardJson) => void): unknown => {
  const copy = structuredClone(cardJson);
  change(copy);
  return copy;
};

describe('parseCard', () => {
  it('accepts the starter card, whose weights are the packaged file', () => {
    const bytes = starterWeightBytes();
    expect(starterCard.weights.sizeBytes).toBe(bytes.byteLength);
    expect(starterCard.weights.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(modelKey(starterCard)).toBe('starter@1/p1');
  });

  it.each<[string, unknown, string]>([
    ['not an object', 'card', 'card'],
    ['another schema', changed((card) => (card.schema = 2)), 'schema'],
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
    ['thresholds out of order', changed((card) => (card.calibration.unsureFrom = 0.7)), 'card'],
    ['a short golden grid', changed((card) => card.golden.logits.pop()), 'card'],
  ])('refuses %s and says where', (_name, value, where) => {
    expect(parseCard(value)).toMatchObject({ ok: false, failure: { kind: 'bad-card', where } });
  });
});

describe('geometry', () => {
  const field = receptiveFieldOf(starterCard.layers);

  it('follows from the layers', () => {
    expect(field).toEqual({ sizePx: 49, stridePx: 8, offsetPx: 0 });
  });

  it('agrees with walking the layers one by one', () => {
    for (let length = 1; length < 300; length++) {
      let walked = length;
      for (const layer of starterCard.layers) {
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
