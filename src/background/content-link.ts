/** The background's line to content scripts: typed, with a limit on patience, and clear about gone documents. */
import type { FrameAddress } from '../platform/transports.ts';
import { toFrame } from '../platform/transports.ts';
import { ProtocolError, type Send, sender } from '../protocol/channel.ts';
import { backgroundToContent, type ReplyOf, type RequestOf } from '../protocol/messages.ts';
import { reportBug } from './report-bug.ts';

type Table = typeof backgroundToContent;
export type ContentMessage = keyof Table & string;

/**
 * `gone`: no content script of ours in that document. `silent`: there, but no answer within the limit, or a
 * broken one.
 */
export type Answer<Name extends ContentMessage> =
  | { kind: 'answered'; reply: ReplyOf<Table, Name> }
  | { kind: 'gone' }
  | { kind: 'silent' };

/** The value of `promise`, or `late` after `limitMs`. */
export async function within<Value, Late>(
  promise: Promise<Value>,
  limitMs: number,
  late: Late,
): Promise<Value | Late> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<Late>((resolve) => {
    timer = setTimeout(() => resolve(late), limitMs);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Sends one message to the content script of one document. Never rejects: a document that has navigated and a
 * script that has retired are `gone`; a handler that threw there is a bug, reported here, and `silent`.
 */
export function ask<Name extends ContentMessage>(
  frame: FrameAddress,
  name: Name,
  request: RequestOf<Table, Name>,
  limitMs: number,
): Promise<Answer<Name>> {
  const transport = toFrame(frame.tabId, frame.frameId, frame.documentId);
  const send: Send<Table> = sender(backgroundToContent, 'content', transport);
  const answered = send(name, request).then(
    (reply): Answer<Name> => ({ kind: 'answered', reply }),
    (error: unknown): Answer<Name> => {
      if (!(error instanceof ProtocolError && error.answered)) return { kind: 'gone' };
      reportBug(error);
      return { kind: 'silent' };
    },
  );
  return within<Answer<Name>, Answer<Name>>(answered, limitMs, { kind: 'silent' });
}

/** How long a page may take to receive a push. */
export const PUSH_LIMIT_MS = 10_000;
