import { type Place, refuse } from './failure.ts';

/**
 * A file that can be read in pieces, so that a checkpoint of hundreds of megabytes is never held at once. Reading
 * is synchronous: `fs.readSync` in Node, `FileReaderSync` on a slice in a worker.
 */
export interface RandomAccessSource {
  /** Bytes. */
  readonly size: number;
  /** Exactly `length` bytes from `offset`; asked only for ranges inside `size`. What it throws reaches the caller. */
  read(offset: number, length: number): Uint8Array;
}

/** The source of bytes that are in memory anyway; its reads are views, not copies. */
export function sourceFromBytes(bytes: Uint8Array): RandomAccessSource {
  return { size: bytes.byteLength, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

/** `length` bytes at `offset` of the file as a view; refuses as `truncated` what lies beyond its end. */
export function readBytes(source: RandomAccessSource, offset: number, length: number): DataView {
  const place: Place = { offset };
  if (offset + length > source.size) {
    refuse(
      'truncated',
      `${length} bytes are announced, ${Math.max(0, source.size - offset)} are left`,
      place,
    );
  }
  const bytes = source.read(offset, length);
  if (bytes.byteLength !== length) refuse('truncated', 'the file became shorter while it was read', place);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Bytes of the file between `start` and `end`, read forward; `member` names them in failures. */
export interface Section {
  start: number;
  end: number;
  member?: string | undefined;
}

const WINDOW_BYTES = 64 * 2 ** 10;

/** Reads a section forward through a small window, so that its length costs no memory. */
export class ByteCursor {
  readonly #source: RandomAccessSource;
  readonly #section: Section;
  #position: number;
  #window: DataView = new DataView(new ArrayBuffer(0));
  #windowStart = 0;

  constructor(source: RandomAccessSource, section: Section) {
    this.#source = source;
    this.#section = section;
    this.#position = section.start;
  }

  /** Absolute offset in the file of the next byte. */
  get position(): number {
    return this.#position;
  }

  /** The place of absolute offset `position` (by default the next byte) as failures give it. */
  place(position = this.#position): Place {
    const { member, start } = this.#section;
    return member === undefined ? { offset: position } : { offset: position - start, member };
  }

  u8(): number {
    return this.#take(1).getUint8(0);
  }

  u16(): number {
    return this.#take(2).getUint16(0, true);
  }

  u32(): number {
    return this.#take(4).getUint32(0, true);
  }

  i32(): number {
    return this.#take(4).getInt32(0, true);
  }

  u64(): bigint {
    return this.#take(8).getBigUint64(0, true);
  }

  /** Big-endian, as pickles store floats. */
  f64(): number {
    return this.#take(8).getFloat64(0, false);
  }

  bytes(length: number): Uint8Array {
    const view = this.#take(length);
    return new Uint8Array(view.buffer, view.byteOffset, length);
  }

  /** Bytes up to the next line feed, which is consumed and left out; `malformed` when it takes more than `most`. */
  line(most: number): Uint8Array {
    const start = this.#position;
    const line: number[] = [];
    for (let byte = this.u8(); byte !== 0x0a; byte = this.u8()) {
      if (line.length === most) refuse('malformed', `a name longer than ${most} bytes`, this.place(start));
      line.push(byte);
    }
    return Uint8Array.from(line);
  }

  #take(length: number): DataView {
    const left = this.#section.end - this.#position;
    if (length > left) refuse('truncated', `${length} bytes are needed, ${left} are left`, this.place());
    if (this.#position + length > this.#windowStart + this.#window.byteLength) {
      this.#windowStart = this.#position;
      this.#window = readBytes(this.#source, this.#position, Math.min(left, Math.max(length, WINDOW_BYTES)));
    }
    const inWindow = this.#position - this.#windowStart;
    this.#position += length;
    return new DataView(this.#window.buffer, this.#window.byteOffset + inWindow, length);
  }
}
