import { describe, expect, it } from 'vitest';
import { layerValue, tileBox } from './background.ts';
import { lengthPx, positionParts } from './css-length.ts';
import { objectBox, svgImageBox } from './fit.ts';

const content = { x: 10, y: 20, width: 300, height: 200 };
const wide = { width: 400, height: 100 };
const centred = '50% 50%';

describe('lengthPx', () => {
  it.each([
    ['12.5px', 12.5],
    ['-3px', -3],
    ['25%', 50],
    ['calc(100% - 10px)', 190],
    ['calc(-10px + 100%)', 190],
    ['0', 0],
    ['1e-05px', 1e-5],
    ['auto', null],
  ])('%s of 200 px', (computed, expected) => {
    const value = lengthPx(computed, 200);
    if (expected === null) expect(value).toBeNull();
    else expect(value).toBeCloseTo(expected, 9);
  });

  it('splits positions', () => {
    expect(positionParts('calc(100% - 10px) 0px')).toEqual({ x: 'calc(100% - 10px)', y: '0px' });
    const { x, y } = positionParts('right 10px bottom 20px');
    expect([lengthPx(x, 100), lengthPx(y, 100)]).toEqual([90, 80]);
  });
});

describe('objectBox', () => {
  it.each([
    ['fill', centred, { x: 10, y: 20, width: 300, height: 200 }],
    ['contain', centred, { x: 10, y: 82.5, width: 300, height: 75 }],
    ['cover', centred, { x: -240, y: 20, width: 800, height: 200 }],
    ['none', centred, { x: -40, y: 70, width: 400, height: 100 }],
    ['none', '0px 100%', { x: 10, y: 120, width: 400, height: 100 }],
    ['scale-down', '0% 0%', { x: 10, y: 20, width: 300, height: 75 }],
    ['contain', '50% calc(100% - 5px)', { x: 10, y: 140, width: 300, height: 75 }],
  ])('%s at %s', (fit, position, expected) => {
    expect(objectBox(content, wide, { fit, position })).toEqual(expected);
  });

  it('does not enlarge under scale-down', () => {
    const box = objectBox(content, { width: 30, height: 20 }, { fit: 'scale-down', position: centred });
    expect(box).toEqual({ x: 145, y: 110, width: 30, height: 20 });
  });

  it('falls back to the box when the size is unknown', () => {
    expect(objectBox(content, { width: 0, height: 0 }, { fit: 'cover', position: centred })).toEqual(content);
  });
});

describe('svgImageBox', () => {
  it.each([
    [null, { x: 10, y: 82.5, width: 300, height: 75 }],
    ['none', content],
    ['xMinYMax', { x: 10, y: 145, width: 300, height: 75 }],
    ['xMaxYMid slice', { x: -490, y: 20, width: 800, height: 200 }],
  ])('%s', (preserve, expected) => {
    expect(svgImageBox(content, wide, preserve)).toEqual(expected);
  });
});

describe('tileBox', () => {
  const style = { size: 'auto', positionX: '0%', positionY: '0%', repeat: 'repeat' };

  it.each([
    [{}, { x: 10, y: 20, width: 400, height: 100 }],
    [
      { size: 'cover', positionX: '50%' },
      { x: -240, y: 20, width: 800, height: 200 },
    ],
    [
      { size: 'contain', positionY: '100%' },
      { x: 10, y: 145, width: 300, height: 75 },
    ],
    [{ size: '50% auto' }, { x: 10, y: 20, width: 150, height: 37.5 }],
    [{ size: 'auto 50px' }, { x: 10, y: 20, width: 200, height: 50 }],
    [
      { size: '100px 40px', positionX: 'right 10px' },
      { x: 200, y: 20, width: 100, height: 40 },
    ],
    [
      { size: '90px 60px', repeat: 'round' },
      { x: 10, y: 20, width: 100, height: 200 / 3 },
    ],
    [
      { size: '90px 60px', repeat: 'space', positionX: '50%' },
      { x: 10, y: 20, width: 90, height: 60 },
    ],
  ])('%o', (change, expected) => {
    expect(tileBox(content, wide, { ...style, ...change })).toEqual(expected);
  });

  it('repeats shorter lists of layers', () => {
    expect(layerValue('cover, 10px 20px', 2)).toBe('cover');
    expect(layerValue('cover, 10px 20px', 1)).toBe('10px 20px');
  });
});
