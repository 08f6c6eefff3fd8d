/** Finished work in a file, a line each, so that a run that was stopped goes on from there. */
import { appendFileSync, truncateSync } from 'node:fs';
import { failure, type Result, success } from '../core/result.ts';
import { FILE_FAILURES, fileFailure, readWhole, stampOf } from './files.ts';

const MOST_BYTES = 2 ** 30;
const LINE_END = 10;

interface Kept<Reply> {
  stamp: string;
  reply: Reply;
}

/** Replies by the picture's path, with or without a file that keeps them. */
export class KeptReplies<Reply> {
  readonly #file: string | null;
  readonly #replies: Map<string, Kept<Reply>>;

  private constructor(file: string | null, replies: Map<string, Kept<Reply>>) {
    this.#file = file;
    this.#replies = replies;
  }

  /**
   * The replies in `file` (null: none are kept), which may not exist yet or be empty. `head` says what they depend on: a
   * file of another head, or of anything else, is refused and left as it is. Of a file that is all understood a last
   * line that was cut off is let go. The failure is one line.
   */
  static open<Reply>(file: string | null, head: object): Result<KeptReplies<Reply>, string> {
    if (file === null) return success(new KeptReplies<Reply>(null, new Map()));
    const read = readWhole(file, MOST_BYTES);
    if (!read.ok && read.failure !== 'not-found') return failure(`${file}: ${FILE_FAILURES[read.failure]}`);
    const bytes = read.ok ? read.value : new Uint8Array();
    const wholeBytes = bytes.lastIndexOf(LINE_END) + 1;
    const [found, ...lines] = new TextDecoder()
      .decode(bytes.subarray(0, wholeBytes))
      .split('\n')
      .slice(0, -1);
    const first = JSON.stringify(head);
    if (bytes.length > 0 && found !== first) return failure(`${file}: ${otherHead(found)}`);
    const entries = lines.map(entryOf<Reply>);
    if (entries.includes(null)) return failure(`${file}: it is damaged`);
    try {
      // Also tells now, not after hours, when the file cannot be written; and a torn line must not be continued.
      appendFileSync(file, bytes.length === 0 ? `${first}\n` : '');
      if (wholeBytes < bytes.length) truncateSync(file, wholeBytes);
    } catch (error) {
      fileFailure(error);
      return failure(`${file}: it cannot be written`);
    }
    return success(new KeptReplies(file, new Map(entries.filter((entry) => entry !== null))));
  }

  /** The reply on the picture at `path` as `stamp` says it was then. */
  get(path: string, stamp: string): Reply | undefined {
    const kept = this.#replies.get(path);
    return kept?.stamp === stamp ? kept.reply : undefined;
  }

  add(path: string, stamp: string, reply: Reply): void {
    this.#replies.set(path, { stamp, reply });
    if (this.#file !== null) appendFileSync(this.#file, `${JSON.stringify([path, stamp, reply])}\n`);
  }
}

/** Tells a file's contents from others without reading them: its size and when it was written; empty for no file. */
export function stampText(file: string): string {
  const stamp = stampOf(file);
  return stamp === null ? '' : `${stamp.sizeBytes}@${Math.floor(stamp.modifiedMs)}`;
}

/** The entry of a line, or null when it is none. */
function entryOf<Reply>(line: string): [string, Kept<Reply>] | null {
  try {
    const value: unknown = JSON.parse(line);
    if (!Array.isArray(value) || value.length !== 3) return null;
    const [path, stamp, reply] = value;
    return typeof path === 'string' && typeof stamp === 'string' ? [path, { stamp, reply }] : null;
  } catch {
    return null;
  }
}

const otherHead = (found: string | undefined): string =>
  found?.startsWith('{"telltale":') === true
    ? 'it was kept by another run: other pictures, another model or other versions'
    : 'it is no file that telltale keeps finished work in, and stays as it is';
