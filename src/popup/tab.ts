/** Which tab the popup is about. */
import { browser } from '../platform/browser.ts';

/** The tab named by `?tab=` in `search`, else the active one of this window; null when there is none. */
export async function chosenTab(search: string): Promise<number | null> {
  const named = new URLSearchParams(search).get('tab');
  if (named !== null) return /^\d{1,10}$/.test(named) ? Number(named) : null;
  const [tab] = await browser.tabs.query({ active: true, currentWindow: true });
  return tab?.id ?? null;
}
