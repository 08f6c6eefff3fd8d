/** Putting the content script into documents that are already open. */
import contentScript from '../content/main.iife.ts?script&iife';
import { browser } from '../platform/browser.ts';
import { within } from './content-link.ts';

/** As `scripting` wants it: relative to the package, without a leading slash. */
export const CONTENT_SCRIPT = contentScript.replace(/^\//, '');

/**
 * With access withheld Chrome neither runs nor refuses the script: it waits for a click on the toolbar button
 * (measured, Chromium 156), so nobody should wait with it.
 */
const LIMIT_MS = 3000;

/**
 * Runs the content script in every document of the tab that may be entered now, through `activeTab` or granted
 * hosts; a second run in a document does nothing. Returns the frames it ran in; empty where the browser
 * refuses or hesitates.
 */
export async function injectInto(
  tabId: number,
): Promise<{ tabId: number; frameId: number; documentId: string | null }[]> {
  const run = browser.scripting
    .executeScript({ target: { tabId, allFrames: true }, files: [CONTENT_SCRIPT] })
    .catch(() => []);
  const results = await within(run, LIMIT_MS, []);
  return results.map((result) => ({
    tabId,
    frameId: result.frameId,
    // Chrome names the document; the polyfill's types do not know.
    documentId: (result as { documentId?: string }).documentId ?? null,
  }));
}
