import { describe, expect, it } from 'vitest';
import { exampleCard } from '../../../test/support/example-card.ts';
import { aScore } from '../../platform/testing/rows.ts';
import { type Abstained, LEVELS, type Scored } from '../verdict.ts';
import { answers, isBetter, nextShown, wantsStrong } from './second-opinion.ts';

const fast = (changes: Partial<Scored> = {}): Scored =>
  aScore({ role: 'fast', coverage: 1, level: 'none', ...changes });
const strong = (changes: Partial<Scored> = {}): Scored => aScore({ role: 'strong', coverage: 1, ...changes });
const { facts, sha256 } = fast();
const abstained: Abstained = { state: 'abstained', reason: 'too-flat', facts, model: 'fast@1/p1', sha256 };
const tooLarge = { ...exampleCard, limits: { ...exampleCard.limits, minSidePx: 4000 } };

describe('wantsStrong', () => {
  it('is always so for a picture that somebody waits for, and in a scan on a graphics processor', () => {
    for (const level of LEVELS) {
      expect(wantsStrong(fast({ level }), 'awaited', exampleCard, 'wasm')).toBe(true);
      expect(wantsStrong(fast({ level }), 'scan', exampleCard, 'webgpu')).toBe(true);
    }
  });

  it('is so in a scan on WebAssembly where the fast model is unsure', () => {
    const wanted = LEVELS.filter((level) => wantsStrong(fast({ level }), 'scan', exampleCard, 'wasm'));
    expect(wanted).toEqual(['some', 'unsure']);
  });

  it('is never so where the strong model has spoken, cannot be asked, or takes no picture as small', () => {
    const unsure = fast({ level: 'unsure' });
    expect(wantsStrong(strong({ level: 'unsure' }), 'awaited', exampleCard, 'webgpu')).toBe(false);
    expect(wantsStrong(unsure, 'awaited', null, 'webgpu')).toBe(false);
    expect(wantsStrong(unsure, 'awaited', tooLarge, 'webgpu')).toBe(false);
  });
});

describe('a kept verdict', () => {
  const awaited = { occasion: 'awaited', effort: 'quick' } as const;
  const scan = { occasion: 'scan', effort: 'quick' } as const;
  const whole = { occasion: 'awaited', effort: 'full' } as const;

  it.each<[string, Scored | Abstained, typeof awaited | typeof scan | typeof whole, boolean]>([
    ['of the strong model answers everybody', strong(), whole, true],
    ['of a sample does not answer for the whole', strong({ coverage: 0.3 }), whole, false],
    ['of a sample answers a glance', strong({ coverage: 0.3 }), awaited, true],
    ['of the fast model answers nobody who waits', fast(), awaited, false],
    ['of the fast model answers a scan where it is sure', fast(), scan, true],
    ['of the fast model answers no scan where it is not', fast({ level: 'unsure' }), scan, false],
    ['without a score is final', abstained, whole, true],
  ])('%s', (_name, known, asked, expected) => {
    expect(answers(known, asked, exampleCard)).toBe(expected);
  });

  it('of the fast model is all there is where the strong one cannot be asked', () => {
    expect(answers(fast({ level: 'unsure' }), whole, null)).toBe(true);
    expect(answers(fast({ coverage: 0.3 }), whole, null)).toBe(false);
    expect(answers(strong({ coverage: 0.3 }), whole, null)).toBe(true);
  });
});

describe('isBetter', () => {
  it('puts the strong model first, then the larger part', () => {
    expect(isBetter(strong({ coverage: 0.1 }), fast())).toBe(true);
    expect(isBetter(fast(), strong({ coverage: 0.1 }))).toBe(false);
    expect(isBetter(fast(), fast({ coverage: 0.9 }))).toBe(true);
    expect(isBetter(strong(), strong())).toBe(false);
    expect(isBetter(strong(), abstained)).toBe(false);
    expect(isBetter(abstained, fast())).toBe(false);
  });
});

describe('nextShown', () => {
  const open = fast({ provisional: true });

  it('is the news, as a rule', () => {
    expect(nextShown(null, open)).toBe(open);
    expect(nextShown({ state: 'queued' }, open)).toBe(open);
    const last = strong();
    expect(nextShown(open, last)).toBe(last);
    const failed = { state: 'failed', reason: 'gone' } as const;
    expect(nextShown(last, failed)).toBe(failed);
  });

  it('never goes back from the strong model to the fast one about the same bytes', () => {
    const shown = strong();
    expect(nextShown(shown, fast())).toEqual(shown);
    expect(nextShown(shown, open)).toBe(shown);
    const asked = strong({ coverage: 0.3, provisional: true });
    expect(nextShown(asked, fast())).toEqual(strong({ coverage: 0.3 }));
    const other = fast({ sha256: 'f'.repeat(64) });
    expect(nextShown(shown, other)).toBe(other);
  });

  it('drops a word that the last one has overtaken', () => {
    const last = fast();
    expect(nextShown(last, open)).toBe(last);
    expect(nextShown({ ...last, provisional: true }, last)).toBe(last);
  });
});
