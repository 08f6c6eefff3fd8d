import { describe, expect, it } from 'vitest';
import { ABSTENTIONS, FAILURES } from '../core/verdict.ts';
import { failed } from './outcome.ts';
import { failureLine, harmless, jsonLine, plainLine } from './text.ts';

const ENSEMBLES = { vote: 0.25, beforeSoftmax: 0.5, afterSoftmax: 0.75 };
const ENGINE = { model: 'strong@1/p1', backend: 'wasm' } as const;

describe('lines', () => {
  it('have words for every reason', () => {
    for (const reason of FAILURES) {
      const outcome = failed(reason);
      if (outcome.state === 'failed') expect(failureLine('a', outcome)).toMatch(/^a: [A-Z][^$]{3,}$/);
    }
    for (const reason of ABSTENTIONS) {
      expect(plainLine('a', { state: 'abstained', reason, ms: 1 })).toMatch(/^- +No score: .+: a$/);
    }
  });

  it('show ensembles instead of words for a model without a calibration', () => {
    const outcome = { state: 'scored', pFake: 0.75, ensembles: ENSEMBLES, grid: [1, 2], ms: 3 } as const;
    const scored = { ...outcome, grid: [1, 2] as [number, number], outside: [] };
    expect(plainLine('a.png', { ...scored, level: 'none' })).toMatch(/^0\.750 {2}No signs found +a\.png$/);
    expect(plainLine('a.png', { ...scored, level: null })).toBe(
      '0.750  vote 0.250  before-softmax 0.500  after-softmax 0.750  a.png',
    );
    expect(JSON.parse(jsonLine('a.png', { ...scored, level: null }, ENGINE))).toEqual({
      input: 'a.png',
      state: 'scored',
      pFake: 0.75,
      ensemble: ENSEMBLES,
      grid: [1, 2],
      ms: 3,
      ...ENGINE,
    });
  });

  it('remark on pictures outside what the model was tested on', () => {
    const outside = ['jpeg-quality', 'size'] as const;
    const grid: [number, number] = [1, 2];
    const scored = {
      state: 'scored',
      pFake: 0.75,
      ensembles: ENSEMBLES,
      grid,
      level: 'none',
      ms: 3,
      outside,
    } as const;
    expect(plainLine('a.png', scored)).toMatch(
      /a\.png {2}\(outside what this model was tested on: JPEG quality, size\)$/,
    );
    expect(JSON.parse(jsonLine('a.png', scored, ENGINE))).toMatchObject({ outside });
  });

  it('keep control sequences of file names from the terminal', () => {
    expect(harmless('a\u001b[2Jb\u009bc\n.png')).toBe('a?[2Jb?c?.png');
    const outcome = failed('corrupt', 'x\u0007');
    if (outcome.state === 'failed') expect(failureLine('\u001b]0;', outcome)).toMatch(/^\?\]0;: .+\(x\?\)$/);
  });
});
