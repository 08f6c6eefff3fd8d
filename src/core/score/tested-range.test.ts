import { beforeAll, describe, expect, it } from 'vitest';
import { exampleCard, exampleNetwork } from '../../../test/support/example-card.ts';
import { waves } from '../../../test/support/pictures-by-hand.ts';
import type { TestedRange } from '../model/card-facts.ts';
import type { Network } from '../model/network.ts';
import { mapOf, scoreOf, screenImage } from './screen.ts';
import { type InputFacts, outsideOf, strongAtFor } from './tested-range.ts';

const RANGE: TestedRange = { jpegQuality: [40, 95], sidePx: [128, 4096], texturedShare: [0.2, 0.9] };
const facts = (changes: Partial<InputFacts> = {}): InputFacts => ({
  jpegQuality: 75,
  widthPx: 640,
  heightPx: 480,
  texturedShare: 0.5,
  ...changes,
});

describe('outsideOf', () => {
  it.each([
    [{ jpegQuality: 40 }, []],
    [{ jpegQuality: 39 }, ['jpeg-quality']],
    [{ jpegQuality: 95 }, []],
    [{ jpegQuality: 96 }, ['jpeg-quality']],
    [{ jpegQuality: null }, []],
    [{ widthPx: 128 }, []],
    [{ widthPx: 127 }, ['size']],
    [{ heightPx: 127 }, ['size']],
    [{ heightPx: 4096 }, []],
    [{ heightPx: 4097 }, ['size']],
    [{ texturedShare: 0.2 }, []],
    [{ texturedShare: 0.19 }, ['texture']],
    [{ texturedShare: 0.9 }, []],
    [{ texturedShare: 0.91 }, ['texture']],
    [{ jpegQuality: 1, widthPx: 1, texturedShare: 0 }, ['jpeg-quality', 'size', 'texture']],
  ] as const)('says of %o that it leaves %o', (changes, expected) => {
    expect(outsideOf(facts(changes), RANGE)).toEqual(expected);
  });

  it('has nothing to say without a range, or of what the range does not state', () => {
    const far = facts({ jpegQuality: 1, widthPx: 1, texturedShare: 0 });
    expect(outsideOf(far, undefined)).toEqual([]);
    expect(outsideOf(far, {})).toEqual([]);
    expect(outsideOf(far, { sidePx: [2, 9] })).toEqual(['size']);
  });
});

describe('strongAtFor', () => {
  const bin = { real: 40, fake: 40 };
  const calibration = {
    strongAt: 0.7,
    bins: [
      { of: 'jpegQuality' as const, from: 0, below: 50, strongAt: 0.9, ...bin },
      { of: 'shortSidePx' as const, from: 256, below: 512, strongAt: 0.8, ...bin },
      { of: 'shortSidePx' as const, from: 512, below: 1024, strongAt: 0.7, ...bin },
    ],
  };

  it.each([
    [{ jpegQuality: 49 }, 0.9],
    [{ jpegQuality: 50 }, 0.8],
    [{ jpegQuality: null }, 0.8],
    [{ heightPx: 511 }, 0.8],
    [{ heightPx: 512 }, 0.7],
    [{ widthPx: 255 }, 0.7],
  ])('takes for %o the strictest range: %d', (changes, expected) => {
    expect(strongAtFor(calibration, facts(changes))).toBe(expected);
  });

  it('is the card’s own without ranges', () => {
    expect(strongAtFor({ strongAt: 0.66 }, facts())).toBe(0.66);
  });
});

describe('screenImage', () => {
  let network: Network;
  beforeAll(async () => {
    network = await exampleNetwork('wasm');
  }, 60_000);
  const outside = async (testedRange: TestedRange | null, jpegQuality: number | null) => {
    const card = testedRange === null ? exampleCard : { ...exampleCard, testedRange };
    const result = await screenImage(waves(120, 100), { card, network, effort: 'full', jpegQuality });
    return result.kind === 'scored' ? result.score.outside : result.reason;
  };

  it('measures the picture and takes the quality of its file', async () => {
    expect(await outside({ jpegQuality: [50, 95], sidePx: [101, 500], texturedShare: [0, 0.1] }, 30)).toEqual(
      ['jpeg-quality', 'size', 'texture'],
    );
    expect(
      await outside({ jpegQuality: [50, 95], sidePx: [100, 120], texturedShare: [0.1, 1] }, 50),
    ).toBeUndefined();
    expect(await outside({ jpegQuality: [50, 95] }, null)).toBeUndefined();
    expect(await outside(null, 1)).toBeUndefined();
  });
});

describe('scoreOf', () => {
  it('calls signs strong only above the threshold of the input’s range', () => {
    const sure = {
      ...exampleCard.calibration,
      a: 2,
      b: 0,
      covariance: { aa: 0, bb: 0, ab: 0 },
      blockVariance: 0,
    };
    const bins = [{ of: 'jpegQuality' as const, from: 0, below: 50, real: 30, fake: 30, strongAt: 0.95 }];
    const card = { ...exampleCard, calibration: { ...sure, strongAt: 0.7, bins } };
    const grid = { rows: 20, columns: 20, logits: new Float32Array(400).fill(1) };
    expect(scoreOf(grid, card, 1, facts({ jpegQuality: 60 }))).toMatchObject({ level: 'strong' });
    expect(scoreOf(grid, card, 1, facts({ jpegQuality: 40 }))).toMatchObject({ level: 'unsure' });
    expect(scoreOf(grid, card, 1)).toMatchObject({ level: 'strong' });
    // P of every patch is 0.88: flagged against 0.7, not against 0.95.
    expect(scoreOf(grid, card, 1, facts({ jpegQuality: 60 })).flaggedShare).toBe(1);
    expect(scoreOf(grid, card, 1, facts({ jpegQuality: 40 })).flaggedShare).toBe(0);
  });

  it('judges patches by the knots, too', () => {
    const isotonic: [number, number][] = [
      [-1, 0.1],
      [1, 0.6],
    ];
    const calibration = { ...exampleCard.calibration, a: 2, b: 0, isotonic, strongAt: 0.7, unsureFrom: 0.2 };
    const card = { ...exampleCard, calibration };
    const grid = { rows: 20, columns: 20, logits: new Float32Array(400).fill(1) };
    // The line would give 0.88.
    expect(scoreOf(grid, card, 1)).toMatchObject({ flaggedShare: 0, topProbability: expect.closeTo(0.6, 6) });
    expect(mapOf(grid, card, { widthPx: 300, heightPx: 300 }).values[0]).toBe(Math.round(0.6 * 254));
  });

  it('is less certain where the knots are steeper than the line', () => {
    const known = {
      ...exampleCard.calibration,
      a: 0.5,
      b: 0,
      covariance: { aa: 0, bb: 0, ab: 0 },
      blockVariance: 4,
    };
    const steep: [number, number][] = [
      [-2, 0.02],
      [2, 0.98],
    ];
    const flat: [number, number][] = [
      [-2, 0.49],
      [2, 0.51],
    ];
    const grid = { rows: 20, columns: 20, logits: new Float32Array(400) };
    const widthOf = (calibration: typeof exampleCard.calibration) => {
      const { band } = scoreOf(grid, { ...exampleCard, calibration }, 1);
      return band[1] - band[0];
    };
    expect(widthOf({ ...known, isotonic: steep })).toBeGreaterThan(1.5 * widthOf(known));
    expect(widthOf({ ...known, isotonic: flat })).toBeCloseTo(widthOf(known), 9);
  });

  it('follows isotonic knots, band and all', () => {
    const isotonic: [number, number][] = [
      [-1, 0.1],
      [1, 0.6],
    ];
    const card = { ...exampleCard, calibration: { ...exampleCard.calibration, isotonic } };
    const grid = { rows: 20, columns: 20, logits: new Float32Array(400).fill(1) };
    const { probability, band } = scoreOf(grid, card, 1);
    expect(probability).toBeCloseTo(0.6, 6);
    expect(band[0]).toBeLessThan(0.6);
    expect(band[1]).toBeGreaterThan(0.6);
  });
});
