import { describe, expect, it } from 'vitest';
import { hashOf, randomFrom } from './random.ts';

describe('randomFrom', () => {
  it('gives the published sequence of mulberry32 and repeats with its seed', () => {
    const random = randomFrom(1);
    const first = [random(), random(), random()];
    expect(first.map((value) => Math.round(value * 1e9) / 1e9)).toEqual([
      0.627073941, 0.002735721, 0.52744704,
    ]);
    const again = randomFrom(1);
    expect([again(), again(), again()]).toEqual(first);
  });
});

describe('hashOf', () => {
  it('spreads similar texts evenly', () => {
    const counts = new Uint32Array(8);
    for (let index = 0; index < 8000; index++) {
      const bin = hashOf(`real/nikon/${index}.jpg`) % 8;
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(900);
    expect(Math.max(...counts)).toBeLessThan(1100);
  });

  it('stays what it was: shards and seeds depend on it', () => {
    expect([hashOf(''), hashOf('a.jpg'), hashOf('fake/漢.png')]).toEqual([2872998923, 292611902, 477300337]);
  });
});
