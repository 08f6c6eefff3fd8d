/** The context menu: works on any image of any frame, whatever its size and whatever covers it. */

import { browser, type Menus } from '../platform/browser.ts';
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

/** Asks the document that was clicked in to analyse what is under the pointer, entering the tab if need be. */
export async function analyze(frames: Frames, tabId: number, info: Menus.OnClickData): Promise<void> {
  const frameId = info.frameId ?? 0;
  // The click has granted `activeTab`. Where a script runs already this changes nothing.
  const entered = await injectInto(tabId);
  const target =
    entered.find((frame) => frame.frameId === frameId) ?? frames.at(tabId, frameId) ?? entered[0];
  if (target === undefined) return;
  await ask(target, 'menu.analyze', { srcUrl: info.srcUrl ?? null }, ANSWER_LIMIT_MS);
}

/** Calls back with each click on the item; call it while the script first runs. */
export function onMenuClick(callback: (tabId: number, info: Menus.OnClickData) => void): void {
  browser.contextMenus.onClicked.addListener((info, tab) => {
    if (info.menuItemId === ITEM && tab?.id !== undefined) callback(tab.id, info);
  });
}
