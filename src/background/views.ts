/** Tells Telltale's open pages that a view has changed: at most four times a second, however much happens. */
import { toPages } from '../platform/transports.ts';
import { sender } from '../protocol/channel.ts';
import { backgroundToPage } from '../protocol/messages.ts';

const COALESCE_MS = 250;

export class Views {
  private readonly changedTabs = new Set<number>();
  private everything = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly send = sender(backgroundToPage, 'page', toPages());

  /** A tab's view, or with null every view, has changed. */
  changed(tabId: number | null): void {
    if (tabId === null) this.everything = true;
    else this.changedTabs.add(tabId);
    this.timer ??= setTimeout(() => this.announce(), COALESCE_MS);
  }

  private announce(): void {
    const tabs = this.everything ? [null] : [...this.changedTabs];
    this.timer = undefined;
    this.everything = false;
    this.changedTabs.clear();
    for (const tabId of tabs) {
      // Nobody listens when no page is open.
      this.send('view.changed', { tabId }).catch(() => {});
    }
  }
}
