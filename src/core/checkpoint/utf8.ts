/**
 * Text of UTF-8 bytes, or `null` when they are not valid UTF-8 (overlong forms, surrogates and cut sequences
 * included). `TextDecoder` is no part of the language, which is all that `core` may use.
 */
export function textFromUtf8(bytes: Uint8Array): string | null {
  const text = new TextBuilder();
  for (let index = 0; index < bytes.length; ) {
    const length = sequenceLength(bytes[index] ?? 0);
    const code = length === 0 ? null : codePoint(bytes, index, length);
    if (code === null) return null;
    text.add(code);
    index += length;
  }
  return text.finish();
}

/** Text of Latin-1 bytes: Python 2 strings in pickles, which hold storage keys and raw numbers. */
export function textFromLatin1(bytes: Uint8Array): string {
  const text = new TextBuilder();
  for (const byte of bytes) text.add(byte);
  return text.finish();
}

const CODES_PER_PIECE = 4096;

/** Collects code points in pieces: a call takes only so many arguments, and single characters cost a rope node each. */
class TextBuilder {
  readonly #pieces: string[] = [];
  #codes: number[] = [];

  add(code: number): void {
    if (this.#codes.push(code) === CODES_PER_PIECE) this.#flush();
  }

  finish(): string {
    this.#flush();
    return this.#pieces.join('');
  }

  #flush(): void {
    this.#pieces.push(String.fromCodePoint(...this.#codes));
    this.#codes = [];
  }
}

/** Bytes of the sequence that starts with `lead`; 0 when none does. */
function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
}

/** Smallest code point that needs a sequence of this many bytes. */
const SMALLEST = [0, 0, 0x80, 0x800, 0x10000];

function codePoint(bytes: Uint8Array, start: number, length: number): number | null {
  const lead = bytes[start] ?? 0;
  if (length === 1) return lead;
  let code = lead & (0x7f >> length);
  for (let index = start + 1; index < start + length; index++) {
    const byte = bytes[index] ?? 0;
    if (byte >> 6 !== 0b10) return null;
    code = (code << 6) | (byte & 0x3f);
  }
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  return code < (SMALLEST[length] ?? 0) || code > 0x10ffff || isSurrogate ? null : code;
}
