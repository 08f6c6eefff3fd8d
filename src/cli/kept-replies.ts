/** Finished work in a file, a line each, so that a run that was stopped goes on from there. */
import { appendFileSync } from 'node:fs';
import { failure, type Result, success } from '../core/result.ts';
import { FILE_FAILURES, fileFailure, readWhole, writeWhole } from './files.ts';

const MOST_BYTES = 2 ** 30;

/** Replies by the picture's path, with or without a file that keeps them. */
export class KeptReplies<Reply> {
  readonly #file: string | null;
  readonly #replies: Map<string, Reply>;

  private constructor(file: string | null, replies: Map<string, Reply>) {
    this.#file = file;
    this.#replies = replies;
  }

  /**
   * The replies in `file` (null: none are kept), which may not exist yet. `head` says what they depend on: a file of
   * another head is refused. A last line that was cut off is let go. The failure is one line.
   */
  static open<Reply>(file: string | null, head: object): Result<KeptReplies<Reply>, string> {
    if (file === null) return success(new KeptReplies<Reply>(null, new Map()));
    const bytes = readWhole(file, MOST_BYTES);
    if (!bytes.ok && bytes.failure !== 'not-found')
      return failure(`${file}: ${FILE_FAILURES[bytes.failure]}`);
    const first = JSON.stringify(head);
    const [found = '', ...lines] = bytes.ok ? new TextDecoder().decode(bytes.value).split('\n') : [first];
    if (found !== first && found !== '') return failure(`${file}: it was kept by another run`);
    const whole = lines.slice(0, -1);
    try {
      writeWhole(file, [first, ...whole].map((line) => `${line}\n`).join(''));
      const entries = whole.map((line): [string, Reply] => JSON.parse(line));
      return success(new KeptReplies(file, new Map(entries)));
    } catch (error) {
      if (error instanceof SyntaxError) return failure(`${file}: it is damaged`);
      fileFailure(error);
      return failure(`${file}: it cannot be written`);
    }
  }

  get(path: string): Reply | undefined {
    return this.#replies.get(path);
  }

  add(path: string, reply: Reply): void {
    this.#replies.set(path, reply);
    if (this.#file !== null) appendFileSync(this.#file, `${JSON.stringify([path, reply])}\n`);
  }
}
