/** Chrome's engine host: a page without a window, created when there is work; it closes itself when idle. */
import { toEngine } from '../platform/transports.ts';
import { sender } from '../protocol/channel.ts';
import { backgroundToEngine } from '../protocol/messages.ts';
import type { EngineLink } from './engine-link.ts';

export const ENGINE_PATH = 'src/engine/offscreen.html';

/** Chrome allows one offscreen document and refuses a second `createDocument`, also while the first is opening. */
let opening: Promise<void> | null = null;

async function isOpen(): Promise<boolean> {
  const contexts = await chrome.runtime.getContexts({
    contextTypes: [chrome.runtime.ContextType.OFFSCREEN_DOCUMENT],
    // Split incognito: the regular profile's document is not ours there.
    incognito: chrome.extension.inIncognitoContext,
  } as chrome.runtime.ContextFilter);
  return contexts.length > 0;
}

async function open(options: { allowFallbackAdapter: boolean }): Promise<void> {
  if (await isOpen()) return;
  const query = options.allowFallbackAdapter ? '?allowFallbackAdapter' : '';
  await chrome.offscreen.createDocument({
    url: ENGINE_PATH + query,
    reasons: [chrome.offscreen.Reason.WORKERS],
    justification: 'Runs the image detector in workers, which a service worker cannot start.',
  });
}

/** A link to the offscreen document. `options` is asked each time a document is created. */
export function offscreenEngine(options: () => Promise<{ allowFallbackAdapter: boolean }>): EngineLink {
  const send = sender(backgroundToEngine, 'engine', toEngine());
  const ensureOpen = (): Promise<void> => {
    opening ??= options()
      .then(open)
      .finally(() => {
        opening = null;
      });
    return opening;
  };
  return {
    async run(job) {
      await ensureOpen();
      await send('engine.run', job);
    },
    async cancel(jobIds) {
      if (opening !== null || (await isOpen())) await send('engine.cancel', { jobIds }).catch(() => {});
    },
    async status() {
      if (!(await isOpen())) return null;
      // A document that does not answer is on its way out: what it had is to be sent again.
      return send('engine.status', {}).catch(() => null);
    },
  };
}
