import { describe, expect, it } from 'vitest';
import { exampleCard } from '../../../test/support/example-card.ts';
import { recalibrated } from './recalibrated.ts';

const HASHES = ['0123456789abcdef', 'fedcba9876543210'] as const;
const { calibration } = exampleCard;
const evaluation = { on: 'Before', threshold: 0.5, conditions: [], generators: [], realSources: [] };
const measured = {
  ...exampleCard,
  note: 'of another version',
  evaluation: {
    ...evaluation,
    conditions: [
      {
        degradation: 'none',
        real: 1,
        fake: 1,
        meanGeneratorAuc: null,
        rocAuc: null,
        balancedAccuracy: null,
        tprAt1Fpr: null,
        worstStrongFalsePositiveRate: null,
        ece: null,
      },
    ],
  },
};

const made = (raw: object, hash: string) => {
  const result = recalibrated(raw, calibration, hash);
  if (!result.ok) throw new Error(result.failure);
  return result.value;
};

describe('recalibrated', () => {
  it('gives the card a version of its own and lets figures of another calibration go', () => {
    const { card, droppedFigures } = made(measured, HASHES[0]);
    expect(card.version).toBe(`${exampleCard.version}-c01234567`);
    expect(card).not.toHaveProperty('evaluation');
    expect(droppedFigures).toBe(true);
    expect(card).toHaveProperty('note', 'of another version');
    expect(made(card, HASHES[1]).card.version).toBe(`${exampleCard.version}-cfedcba98`);
    expect(made(exampleCard, HASHES[0]).droppedFigures).toBe(exampleCard.evaluation !== undefined);
  });

  it('keeps figures of the very same calibration', () => {
    const { card } = made(measured, HASHES[0]);
    const again = made({ ...card, evaluation: measured.evaluation }, HASHES[0]);
    expect(again.droppedFigures).toBe(false);
    expect(again.card.evaluation).toEqual(measured.evaluation);
  });

  it('says why a card would be refused', () => {
    expect(recalibrated({ ...exampleCard, schema: 2 }, calibration, HASHES[0])).toMatchObject({
      ok: false,
      failure: expect.stringContaining('schema'),
    });
  });
});
