/** How an envelope travels between Telltale's contexts; what it says is `protocol`'s business. */
import type { Runtime, Tabs } from 'webextension-polyfill';
import type { Transport, WireReply } from '../protocol/channel.ts';
import { browser } from './browser.ts';

/** One door as the listener sees it: undefined for messages that are somebody else's to answer. */
export type Door = (message: unknown, from: Runtime.MessageSender) => Promise<WireReply> | undefined;

/**
 * `runtime` messages reach every other extension context at once (never the sender's own); `to` in the
 * envelope says whose they are.
 */
const broadcast: Transport = (message) => browser.runtime.sendMessage(message);

/** A transport to the background; starts it when it is not running. */
export const toBackground = (): Transport => broadcast;

/** A transport to the offscreen document (Chrome); rejects or resolves with undefined when there is none. */
export const toEngine = (): Transport => broadcast;

/** A transport to Telltale's own open pages; rejects or resolves with undefined when none is open. */
export const toPages = (): Transport => broadcast;

/** Names one document of one frame. `documentId` is null where the browser does not give one. */
export interface FrameAddress {
  tabId: number;
  frameId: number;
  documentId: string | null;
}

/**
 * A transport to the content script of one frame. With a `documentId` a frame that has navigated since is
 * not reached: the promise rejects instead of another page getting the message.
 */
export function toFrame(tabId: number, frameId: number, documentId?: string | null): Transport {
  const options: Tabs.SendMessageOptionsType =
    __BROWSER__ === 'chrome' && documentId ? { documentId } : { frameId };
  return (message) => browser.tabs.sendMessage(tabId, message, options);
}

/**
 * Opens the doors of this context. Call it once and while the script first runs: an event that wakes the
 * background is only delivered to listeners which are there by then.
 */
export function listen(...doors: Door[]): void {
  browser.runtime.onMessage.addListener(((message, from) => {
    for (const open of doors) {
      const reply = open(message, from);
      if (reply) return reply;
    }
    return undefined;
  }) as Runtime.OnMessageListenerAsync);
}
