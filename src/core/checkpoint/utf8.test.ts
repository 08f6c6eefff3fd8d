import { describe, expect, it } from 'vitest';
import { textFromLatin1, textFromUtf8 } from './utf8.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
function reference(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

describe('textFromUtf8', () => {
  it('agrees with TextDecoder on texts of every sequence length, in pieces too', () => {
    const text = 'a\u0000é\u07ff\u0800\uffff𐀀\u{10ffff}'.repeat(3000);
    expect(textFromUtf8(new TextEncoder().encode(text))).toBe(text);
  });

  it('agrees with TextDecoder on all sequences of two bytes and on edges of longer ones', () => {
    const edges = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5];
    const pairs = Array.from({ length: 65536 }, (_, pair) => [pair >> 8, pair & 255]);
    const triples = edges.flatMap((a) => edges.flatMap((b) => edges.map((c) => [a, b, c])));
    const quadruples = triples.flatMap((triple) => edges.map((edge) => [...triple, edge]));
    const different = [...pairs, ...triples, ...quadruples].filter((codes) => {
      const bytes = Uint8Array.from(codes);
      return textFromUtf8(bytes) !== reference(bytes);
    });
    expect(different).toEqual([]);
  });
});

it('textFromLatin1 gives every byte its own character', () => {
  expect(textFromLatin1(Uint8Array.of(0, 65, 233, 255))).toBe('\u0000Aéÿ');
});
