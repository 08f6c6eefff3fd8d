import { describe, expect, it } from 'vitest';
import { duplicateGroups, type PictureIdentity } from './duplicates.ts';

const picture = (place: string, sha256: string, low: number | null): PictureIdentity => {
  const [split = '', label = '', source = ''] = place.split('/');
  return {
    label: label === 'real' ? 'real' : 'fake',
    source,
    split: split || null,
    sha256,
    hash: low === null ? null : { high: 0x12345678, low },
  };
};

describe('duplicateGroups', () => {
  it('names the borders that copies cross, the worst group first', () => {
    const groups = duplicateGroups([
      picture('train/real/a', 'one', 0),
      picture('train/real/a', 'one', 0),
      picture('train/real/b', 'two', 0xff00),
      picture('train/real/a', 'two', 0xff00),
      picture('train/fake/c', 'three', 0xff0000),
      picture('val/real/a', 'four', 0xff0001),
    ]);
    expect(groups).toEqual([
      { kind: 'near', members: [4, 5], crosses: ['class', 'split', 'source'] },
      { kind: 'exact', members: [2, 3], crosses: ['source'] },
      { kind: 'exact', members: [0, 1], crosses: [] },
    ]);
  });

  it('keeps copies within a group of near duplicates, and needs no hash for copies', () => {
    const groups = duplicateGroups([
      picture('/real/a', 'one', 0),
      picture('/real/a', 'one', 0),
      picture('/real/a', 'two', 3),
      picture('/fake/x', 'flat', null),
      picture('/fake/x', 'flat', null),
    ]);
    expect(groups).toEqual([
      { kind: 'near', members: [0, 1, 2], crosses: [] },
      { kind: 'exact', members: [0, 1], crosses: [] },
      { kind: 'exact', members: [3, 4], crosses: [] },
    ]);
  });

  it('takes real and fake sources of one name for two', () => {
    const [group] = duplicateGroups([picture('/real/a', 'one', 1), picture('/fake/a', 'one', 1)]);
    expect(group?.crosses).toEqual(['class', 'source']);
  });
});
