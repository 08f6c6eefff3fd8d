/** Typed sending and handling over any transport; the transports themselves live in `platform/`. */
import * as v from 'valibot';
import type { Context, Envelope, MessageTable, ReplyOf, RequestOf } from './messages.ts';
import { envelope } from './messages.ts';

/** Sends one envelope and resolves with whatever came back; rejects when nobody answered. */
export type Transport = (message: Envelope) => Promise<unknown>;

/** What crosses the wire in reply. A bug in a handler arrives as an error instead of as silence. */
const wireReply = v.variant('ok', [
  v.object({ ok: v.literal(true), payload: v.unknown() }),
  v.object({ ok: v.literal(false), message: v.string() }),
]);
export type WireReply = v.InferOutput<typeof wireReply>;

/** The other side is there but could not answer, or answered nonsense. */
export class ProtocolError extends Error {
  override name = 'ProtocolError';

  /** `answered` false: nobody who knows the message was listening. */
  constructor(
    message: string,
    readonly answered = true,
  ) {
    super(message);
  }
}

export type Send<Table extends MessageTable> = <Name extends keyof Table & string>(
  name: Name,
  request: RequestOf<Table, Name>,
) => Promise<ReplyOf<Table, Name>>;

/** A sender for the messages of `table`, addressed to context `to`. Rejects with `ProtocolError` or the transport's error. */
export function sender<Table extends MessageTable>(
  table: Table,
  to: Context,
  transport: Transport,
): Send<Table> {
  return async (name, request) => {
    const raw = await transport({ telltale: 1, to, name, payload: request });
    const wire = v.safeParse(wireReply, raw);
    if (!wire.success) throw new ProtocolError(`${name}: no answer from ${to}`, false);
    if (!wire.output.ok) throw new ProtocolError(`${name}: ${wire.output.message}`);
    const reply = v.safeParse((table[name] as MessageTable[string]).reply, wire.output.payload);
    if (!reply.success) throw new ProtocolError(`${name}: malformed reply from ${to}`);
    return reply.output as never;
  };
}

/** One function per message of `table`; a missing or misspelt one does not compile. */
export type Handlers<Table extends MessageTable, From> = {
  [Name in keyof Table]: (
    request: RequestOf<Table, Name>,
    from: From,
  ) => ReplyOf<Table, Name> | Promise<ReplyOf<Table, Name>>;
};

/**
 * A door for the messages of `table` arriving at context `here`. Returns undefined for a message that is not
 * for this door (other contexts answer it), else a promise of the wire reply: unknown names, malformed
 * requests and throwing handlers all become `{ok: false}` with a reason, never an exception.
 */
export function door<Table extends MessageTable, From>(
  here: Context,
  table: Table,
  handlers: Handlers<Table, From>,
): (message: unknown, from: From) => Promise<WireReply> | undefined {
  return (message, from) => {
    const parsed = v.safeParse(envelope, message);
    if (!parsed.success || parsed.output.to !== here) return undefined;
    const { name, payload } = parsed.output;
    if (!Object.hasOwn(table, name)) return undefined;
    const entry = table[name] as MessageTable[string];
    const request = v.safeParse(entry.request, payload);
    if (!request.success) return Promise.resolve({ ok: false, message: `malformed request ${name}` });
    return Promise.resolve()
      .then(() => handlers[name as keyof Table](request.output as never, from))
      .then(
        (reply): WireReply => ({ ok: true, payload: reply }),
        (error: unknown): WireReply => ({
          ok: false,
          message: error instanceof Error ? error.message : String(error),
        }),
      );
  };
}
