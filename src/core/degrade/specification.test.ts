import { describe, expect, it } from 'vitest';
import { parseChain } from './specification.ts';

describe('parseChain', () => {
  it('reads a chain in its order and keeps its name', () => {
    expect(
      parseChain('resize:0.5:bilinear+flip+jpeg:90+webp:80+blur:1.5+noise:4+gamma:0.8+crop:256'),
    ).toEqual({
      ok: true,
      value: {
        name: 'resize:0.5:bilinear+flip+jpeg:90+webp:80+blur:1.5+noise:4+gamma:0.8+crop:256',
        steps: [
          { kind: 'resize', factor: 0.5, kernel: 'bilinear' },
          { kind: 'flip' },
          { kind: 'jpeg', quality: 90 },
          { kind: 'webp', quality: 80 },
          { kind: 'blur', sigmaPx: 1.5 },
          { kind: 'noise', sigma: 4 },
          { kind: 'gamma', exponent: 0.8 },
          { kind: 'crop', sidePx: 256 },
        ],
      },
    });
  });

  it.each([
    ...[
      '',
      'jpeg',
      'jpeg:0',
      'jpeg:101',
      'jpeg:7.5',
      'jpeg:75:1',
      'jpeg:1e1',
      'flip:1',
      'resize:0.5',
      'none+',
    ],
    ...[
      'resize:0:box',
      'resize:9:box',
      'resize:0.5:cubic',
      'resize:0.5:box:1',
      'blur:-1',
      'gamma:',
      'crop:0',
      'crop:25.5',
      'JPEG:75',
    ],
  ])('refuses %j', (text) => {
    const chain = parseChain(text);
    expect(chain.ok).toBe(false);
    expect(!chain.ok && chain.failure).toContain('is no degradation; there are none, jpeg:Q');
  });
});
