import { describe, expect, it } from 'vitest';
import { detectorNamed } from '../core/backbones/detectors.ts';
import { layerTable } from './layer-table.ts';

describe('layerTable', () => {
  it('follows branches from where they start', () => {
    const rows = layerTable(detectorNamed('xception_block1')?.layers ?? [], 299);
    const named = (name: string) => rows.find((row) => row.name === name);
    expect(named('conv2')).toMatchObject({ depth: 0, shape: '32 -> 64, 3x3', grid: [147, 147] });
    expect(named('conv2')?.receptiveField.sizePx).toBe(7);
    expect(named('block1.rep.0.conv1')?.receptiveField).toEqual({ sizePx: 11, stridePx: 2, offsetPx: -2 });
    // The skip branch reads what the other branch reads: 1x1 at stride 2 sees no more than conv2 did.
    expect(named('block1.skip')).toMatchObject({ depth: 1, grid: [74, 74] });
    expect(named('block1.skip')?.receptiveField).toEqual({ sizePx: 7, stridePx: 4, offsetPx: 0 });
    expect(rows.at(-1)?.receptiveField).toEqual({ sizePx: 19, stridePx: 4, offsetPx: -6 });
  });

  it('counts the work of a layer with branches in it', () => {
    const rows = layerTable(detectorNamed('xception_block1')?.layers ?? [], 299);
    const residual = rows.find(({ op }) => op === 'residual');
    const inside = rows.filter(({ depth }) => depth === 1);
    const sum = inside.reduce((total, row) => total + row.multiplyAccumulates, 0);
    expect(residual?.multiplyAccumulates).toBe(sum);
    expect(rows.find(({ name }) => name === 'conv1')?.multiplyAccumulates).toBe(149 * 149 * 9 * 3 * 32);
  });
});
