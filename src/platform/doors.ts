/**
 * Who may knock. Everything here is decided by what the browser says about a sender (its id, tab, frame and
 * address), never by what the message says. A content script runs in a page's process and may be in a hostile
 * hand, so it gets the doors for its own page only.
 */

import * as v from 'valibot';
import type { Runtime } from 'webextension-polyfill';
import { failure, type Result, success } from '../core/result.ts';
import { door, type Handlers } from '../protocol/channel.ts';
import { type Context, envelope, type MessageTable } from '../protocol/messages.ts';
import { browser } from './browser.ts';
import type { Door, FrameAddress } from './transports.ts';

/** A content script's frame. */
export interface ContentSender extends FrameAddress {
  /** Address of the document whose origin the frame has: `about:` and `blob:` frames get their creator's. */
  pageUrl: string;
  /** Address of the tab, or null without access to it. */
  tabUrl: string | null;
}

/** One of Telltale's own pages. */
export interface PageSender {
  url: string;
}

/** Why a sender was refused; for logs and tests. */
export type SenderRefusal = string;

/** `origin` is given by Chrome and by Firefox since 126; the polyfill's types lack it. */
type Sender = Runtime.MessageSender & { origin?: string };

/** Not `URL.origin`: that is 'null' for extension schemes in Node and was in older engines. */
const ownOrigin = (): string => browser.runtime.getURL('').replace(/\/$/, '');
const isOwn = (url: string | undefined): boolean =>
  url !== undefined && URL.canParse(url) && new URL(url).href.startsWith(`${ownOrigin()}/`);

/** Schemes of documents that a content script of ours can live in. */
const PAGE_SCHEMES = ['http:', 'https:', 'file:', 'about:', 'blob:', 'data:'];

function pageUrlOf(url: URL, origin: string | undefined): string {
  if (url.protocol === 'http:' || url.protocol === 'https:') return url.href;
  if (url.protocol === 'blob:' && URL.canParse(url.pathname)) return new URL(url.pathname).origin;
  return origin !== undefined && URL.canParse(origin) ? `${origin}/` : url.href;
}

/** The frame of a content script of ours, or why the sender is not one. */
export function contentSender(sender: Sender): Result<ContentSender, SenderRefusal> {
  if (sender.id !== browser.runtime.id) return failure('another extension');
  if (sender.tab?.id === undefined || sender.frameId === undefined) return failure('not in a tab');
  if (sender.url === undefined || !URL.canParse(sender.url)) return failure('no address');
  const url = new URL(sender.url);
  if (!PAGE_SCHEMES.includes(url.protocol)) return failure('not a page of the web');
  // A blob: or about: document made by one of our own pages would inherit our origin.
  if (sender.origin === ownOrigin() || url.href.startsWith(`blob:${ownOrigin()}`)) {
    return failure('an extension page');
  }
  return success({
    tabId: sender.tab.id,
    frameId: sender.frameId,
    documentId: sender.documentId ?? null,
    pageUrl: pageUrlOf(url, sender.origin),
    tabUrl: sender.tab.url ?? null,
  });
}

/** One of our own pages, as popup or in a tab (then `sender.tab` is set as it is for content scripts). */
export function pageSender(sender: Sender): Result<PageSender, SenderRefusal> {
  if (sender.id !== browser.runtime.id) return failure('another extension');
  if (sender.url === undefined || !isOwn(sender.url)) return failure('not an extension page');
  if (sender.origin !== undefined && sender.origin !== ownOrigin()) return failure('not our origin');
  // Our page in somebody's frame cannot be: nothing is web-accessible. Refuse it all the same.
  if (sender.tab !== undefined && (sender.frameId ?? 0) !== 0) return failure('framed');
  return success({ url: sender.url });
}

/** The offscreen document at `enginePath`; any other page of ours is not the engine. */
export function engineSender(sender: Sender, enginePath: string): Result<null, SenderRefusal> {
  const page = pageSender(sender);
  if (!page.ok) return page;
  if (sender.tab !== undefined) return failure('in a tab');
  return new URL(page.value.url).pathname === `/${enginePath}` ? success(null) : failure('not the engine');
}

/** Our own background or pages, for doors in content scripts and pages: content scripts are refused. */
export function ownSender(sender: Sender): Result<null, SenderRefusal> {
  if (sender.id !== browser.runtime.id) return failure('another extension');
  // The background gives its script's address or none; a content script gives its page's.
  if (sender.url !== undefined && !isOwn(sender.url)) return failure('not an extension context');
  if (sender.url === undefined && sender.tab !== undefined) return failure('no address');
  return success(null);
}

export interface GuardedDoor<Table extends MessageTable, From> {
  here: Context;
  table: Table;
  /** The sender as handlers see it, or why it is refused. */
  admit: (sender: Runtime.MessageSender) => Result<From, SenderRefusal>;
  handlers: Handlers<Table, From>;
  /** Messages wait for this; refused ones do not. */
  ready?: Promise<unknown>;
}

/**
 * A door that opens for admitted senders only. A refused one gets `{ok: false}` with the reason and no handler
 * runs; a message for another door gives undefined, as `listen` wants it.
 */
export function guardedDoor<Table extends MessageTable, From>(guard: GuardedDoor<Table, From>): Door {
  const inner = door(guard.here, guard.table, guard.handlers);
  return (message, sender) => {
    const parsed = v.safeParse(envelope, message);
    if (!parsed.success || parsed.output.to !== guard.here) return undefined;
    if (!Object.hasOwn(guard.table, parsed.output.name)) return undefined;
    const admitted = guard.admit(sender);
    if (!admitted.ok) {
      const refusal = `${parsed.output.name}: refused, sender is ${admitted.failure}`;
      return Promise.resolve({ ok: false as const, message: refusal });
    }
    return Promise.resolve(guard.ready).then(
      async () =>
        (await inner(message, admitted.value)) ?? { ok: false as const, message: 'nobody answered' },
    );
  };
}
