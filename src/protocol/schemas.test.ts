import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { aScore } from '../platform/testing/rows.ts';
import { verdict } from './schemas.ts';

describe('verdict', () => {
  it('carries how a picture leaves what its model was tested on', () => {
    const remarked = aScore({ outside: ['size', 'texture'] });
    expect(v.parse(verdict, remarked)).toEqual(remarked);
    // Kept by versions that knew no such remark.
    expect(v.parse(verdict, aScore())).toEqual(aScore());
    expect(v.is(verdict, { ...aScore(), outside: ['weather'] })).toBe(false);
    expect(v.is(verdict, { ...aScore(), outside: 'size' })).toBe(false);
  });
});
