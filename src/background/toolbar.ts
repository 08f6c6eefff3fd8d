/** The toolbar button: how many pictures of the tab carry signs, and that a page is closed to Telltale. */
import { browser } from '../platform/browser.ts';

/** Dark enough for white digits (contrast 7.2) and the same hue as the level `strong`. */
const BADGE_COLOUR = '#8a3b12';

/** Chrome's badge has room for four characters. */
const badgeText = (flagged: number): string => {
  if (flagged === 0) return '';
  return flagged > 999 ? '999+' : String(flagged);
};

async function show(tabId: number, badge: string, title: string): Promise<void> {
  await Promise.allSettled([
    browser.action.setBadgeText({ tabId, text: badge }),
    browser.action.setBadgeBackgroundColor({ tabId, color: BADGE_COLOUR }),
    browser.action.setTitle({ tabId, title }),
  ]);
}

/** Writes the count, or clears it at 0, and names it for screen readers. A tab that has closed is no error. */
export async function showFlagged(tabId: number, flagged: number): Promise<void> {
  const name = browser.i18n.getMessage('extensionName');
  const title = flagged === 0 ? name : browser.i18n.getMessage('toolbar_flagged', [String(flagged)]);
  await show(tabId, badgeText(flagged), title);
}

/** Says at the button that the tab's page cannot be entered, until `showFlagged` or the next page. */
export const showClosed = (tabId: number): Promise<void> =>
  show(tabId, '!', browser.i18n.getMessage('toolbar_closed'));
