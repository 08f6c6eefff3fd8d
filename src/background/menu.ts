/** The context menu: works on any image of any frame, whatever its size and whatever covers it. */

import { browser, type Menus, type Tabs } from '../platform/browser.ts';
import { ask } from './content-link.ts';
import type { Frames } from './frames.ts';
import { injectInto } from './inject.ts';

const ITEM = 'analyze-image';

/** Everywhere on a page, because the image may lie under something else; not on our own toolbar button. */
const CONTEXTS: Menus.ContextType[] = [
  'page',
  'frame',
  'selection',
  'link',
  'editable',
  'image',
  'video',
  'audio',
];
const ANSWER_LIMIT_MS = 5000;

/** Creates the item afresh; for installs and updates. */
export async function createMenu(): Promise<void> {
  await browser.contextMenus.removeAll();
  browser.contextMenus.create({
    id: ITEM,
    title: browser.i18n.getMessage('menu_analyze'),
    contexts: CONTEXTS,
  });
}

/**
 * Asks the document that was clicked in to analyse what is under the pointer, entering the tab if need be.
 * Resolves with false when Telltale cannot be there.
 */
export async function analyze(frames: Frames, tabId: number, info: Menus.OnClickData): Promise<boolean> {
  const frameId = info.frameId ?? 0;
  // The click has granted `activeTab`. Where a script runs already this changes nothing.
  const entered = await injectInto(tabId);
  const target =
    entered.find((frame) => frame.frameId === frameId) ?? frames.at(tabId, frameId) ?? entered[0];
  if (target === undefined) return false;
  const answer = await ask(target, 'menu.analyze', { srcUrl: info.srcUrl ?? null }, ANSWER_LIMIT_MS);
  return answer.kind !== 'gone';
}

/** The tab of a click; in a viewer that the browser puts over a tab (PDF), the one in front. */
async function tabOf(tab: Tabs.Tab | undefined): Promise<number | undefined> {
  if (tab?.id !== undefined && tab.id !== browser.tabs.TAB_ID_NONE) return tab.id;
  const [front] = await browser.tabs.query({ active: true, lastFocusedWindow: true });
  return front?.id;
}

/** Calls back with each click on the item; call it while the script first runs. */
export function onMenuClick(callback: (tabId: number, info: Menus.OnClickData) => void): void {
  browser.contextMenus.onClicked.addListener(async (info, tab) => {
    if (info.menuItemId !== ITEM) return;
    const tabId = await tabOf(tab);
    if (tabId !== undefined) callback(tabId, info);
  });
}
