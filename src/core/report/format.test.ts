import { describe, expect, it } from 'vitest';
import { lookupIn } from './catalogue.ts';
import { numberFormats } from './format.ts';
import { escapeHtml } from './markup.ts';

describe('numberFormats', () => {
  const english = numberFormats('en');

  it('writes durations in one unit, rounded up', () => {
    expect([0, 400, 1_001, 59_000, 59_001, 61_000, 3_600_000, 9e6].map(english.duration)).toEqual([
      '1 sec',
      '1 sec',
      '2 sec',
      '59 sec',
      '1 min',
      '2 min',
      '1 hr',
      '3 hr',
    ]);
  });

  it('writes sizes in decimal units', () => {
    expect([0, 1, 999, 1_000, 12_345, 3_400_000, 2e9].map(english.bytes)).toEqual([
      '0 bytes',
      '1 byte',
      '999 bytes',
      '1 kB',
      '12 kB',
      '3.4 MB',
      '2 GB',
    ]);
  });

  it('follows the locale', () => {
    expect(numberFormats('de').share(0.914)).toBe('0,91');
  });
});

describe('lookupIn', () => {
  const lookup = lookupIn({ a: { message: '$2 of $1, $$1 $3' } });

  it('substitutes like the browsers', () => {
    expect(lookup('a', 'ten', '$1')).toBe('$1 of ten, $1 ');
    expect(lookup('missing')).toBe('');
    expect(lookup('constructor')).toBe('');
  });
});

describe('escapeHtml', () => {
  it('leaves nothing that ends a quoted attribute or starts a tag, nor controls or lone surrogates', () => {
    expect(escapeHtml(`<a b='c' d="e">&\u0000\u001b\ud800😀`)).toBe(
      '&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt;&amp;  \ufffd😀',
    );
  });
});
