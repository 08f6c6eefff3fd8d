/** What the page and an engine's worker say to each other: one request at a time, one reply each. */
import type { Logits, Task } from '../task.ts';

export type Request =
  | { kind: 'prepare'; task: Task; threads: number }
  | { kind: 'run'; wantsLogits: boolean };

export type Reply =
  | { kind: 'prepared' }
  | { kind: 'ran'; milliseconds: number; logits: Logits | null }
  | { kind: 'failed'; message: string };

/** A reply on its way out of the browser, where only plain JSON crosses: a number that is none arrives as null. */
export type JsonReply =
  | Exclude<Reply, { kind: 'ran' | 'failed' }>
  | {
      kind: 'ran';
      milliseconds: number;
      logits: { layout: Logits['layout']; values: (number | null)[] } | null;
    };
