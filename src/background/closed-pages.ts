/** What a person hears who uses the menu on a page that Telltale cannot enter. */
import { browser } from '../platform/browser.ts';
import { showClosed } from './toolbar.ts';

/** Long enough to be found at the edge of the window; well within the life of an idle service worker. */
export const SHOWN_MS = 10_000;

export class ClosedPages {
  private readonly timers = new Map<number, ReturnType<typeof setTimeout>>();

  /** `restore` writes what the toolbar button says otherwise. */
  constructor(private readonly restore: (tabId: number) => void) {}

  /** Marks the toolbar button for a while and, where the browser allows it, opens the popup, which explains. */
  async tell(tabId: number): Promise<void> {
    clearTimeout(this.timers.get(tabId));
    this.timers.set(
      tabId,
      setTimeout(() => this.seen(tabId), SHOWN_MS),
    );
    await showClosed(tabId);
    // Refused while another popup is open or the window has no focus, and by Firefox without a click at this moment.
    await browser.action.openPopup().catch(() => {});
  }

  /** The person has read it, or the tab has gone. */
  seen(tabId: number): void {
    const timer = this.timers.get(tabId);
    if (timer === undefined) return;
    clearTimeout(timer);
    this.timers.delete(tabId);
    this.restore(tabId);
  }
}
