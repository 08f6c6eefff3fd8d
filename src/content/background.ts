/** The content script's side of the wire: what it asks of the background, and what a lost background means. */

import { browser } from '../platform/browser.ts';
import { toBackground } from '../platform/transports.ts';
import { type Send, sender } from '../protocol/channel.ts';
import { contentToBackground } from '../protocol/messages.ts';

/** False once the extension was reloaded, updated or removed under this page: nothing will answer any more. */
export function extensionAlive(): boolean {
  try {
    return browser.runtime?.id !== undefined;
  } catch {
    return false;
  }
}

export type Background = Send<typeof contentToBackground>;

/** A sender to the background. When the extension is gone, `lost` is called before the call rejects. */
export function connect(lost: () => void): Background {
  const send = sender(contentToBackground, 'background', toBackground());
  return async (name, request) => {
    try {
      return await send(name, request);
    } catch (error) {
      if (!extensionAlive()) lost();
      throw error;
    }
  };
}
