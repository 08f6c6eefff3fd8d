import { describe, expect, it } from 'vitest';
import { cssImages, splitTopLevel } from './css-images.ts';

describe('cssImages', () => {
  it.each([
    ['none', []],
    ['linear-gradient(red, blue)', []],
    ['url("about:invalid")', []],
    ['url("https://a.test/x.png")', [{ url: 'https://a.test/x.png', layer: 0, density: 1 }]],
    [
      'linear-gradient(rgba(0, 0, 0, 0.5), red), url("https://a.test/a,b(1).png"), url("https://a.test/c.png")',
      [
        { url: 'https://a.test/a,b(1).png', layer: 1, density: 1 },
        { url: 'https://a.test/c.png', layer: 2, density: 1 },
      ],
    ],
    [
      String.raw`url("data:image/svg+xml,<svg a=\"1\"/>")`,
      [{ url: 'data:image/svg+xml,<svg a="1"/>', layer: 0, density: 1 }],
    ],
    [
      'image-set(url("https://a.test/1.png") 1dppx, url("https://a.test/2.png") 2dppx)',
      [{ url: 'https://a.test/1.png', layer: 0, density: 1 }],
    ],
    [
      '-webkit-image-set(url("https://a.test/1.avif") 1dppx type("image/avif"))',
      [{ url: 'https://a.test/1.avif', layer: 0, density: 1 }],
    ],
  ])('reads %s', (computed, expected) => {
    expect(cssImages(computed, 1)).toEqual(expected);
  });

  it('takes the option that suffices for the screen, else the densest', () => {
    const set = 'image-set(url("https://a.test/1.png") 1dppx, url("https://a.test/2.png") 2dppx)';
    expect(cssImages(set, 2)[0]).toMatchObject({ url: 'https://a.test/2.png', density: 2 });
    expect(cssImages(set, 3)[0]).toMatchObject({ url: 'https://a.test/2.png', density: 2 });
    expect(cssImages(set, 1.5)[0]).toMatchObject({ density: 2 });
  });

  it('skips a two-megabyte data address without walking through it', () => {
    const long = `url("data:image/png;base64,${'A'.repeat(2e6)}"), url("https://a.test/x.png")`;
    const startedAt = performance.now();
    expect(cssImages(long, 1)).toHaveLength(2);
    expect(performance.now() - startedAt).toBeLessThan(100);
  });

  it('survives unbalanced text', () => {
    expect(cssImages('url("unclosed', 1)).toHaveLength(1);
    expect(splitTopLevel('a), b', ',')).toHaveLength(1);
  });
});
