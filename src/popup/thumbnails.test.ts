import { describe, expect, it } from 'vitest';
import { scoredState } from '../core/report/sample.testing.ts';
import { pageRow, pageView } from './sample.testing.ts';
import { Thumbnails } from './thumbnails.ts';

const state = (digit: string) => ({ ...scoredState(0.9), sha256: digit.repeat(64) });
const picture = Uint8Array.of(1, 2, 3);

describe('thumbnails', () => {
  it('are kept from the view that brings them for those that do not', () => {
    const thumbnails = new Thumbnails();
    expect(thumbnails.hashes()).toEqual([]);
    const brought = pageRow(1, state('a'), { thumbnail: picture });
    thumbnails.complete(pageView([brought, pageRow(2, state('b')), pageRow(3, { state: 'queued' })]));
    expect(thumbnails.hashes()).toEqual(['a'.repeat(64)]);
    // The same bytes may be shown by another element later.
    const later = [pageRow(1, state('a')), pageRow(7, state('a')), pageRow(2, state('b')), pageRow(3, null)];
    const { rows } = thumbnails.complete(pageView(later));
    expect(rows.map(({ thumbnail }) => thumbnail)).toEqual([picture, picture, null, null]);
  });

  it('stay the same array, so that nothing is drawn anew', () => {
    const thumbnails = new Thumbnails();
    thumbnails.complete(pageView([pageRow(1, state('a'), { thumbnail: picture })]));
    const again = pageRow(1, state('a'), { thumbnail: Uint8Array.of(1, 2, 3) });
    expect(thumbnails.complete(pageView([again])).rows[0]?.thumbnail).toBe(picture);
  });
});
