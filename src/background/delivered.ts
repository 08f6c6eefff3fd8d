/** What each tab has been told: decides which maps it may ask for, and the number on the toolbar button. */
import { type ImageState, isFlagged } from '../core/verdict.ts';
import { SessionMap } from '../platform/session-map.ts';
import type { FrameAddress } from '../platform/transports.ts';

interface TabRecord {
  /** Content hashes of verdicts delivered to the tab. */
  hashes: string[];
  /** `frame/element` of pictures whose last verdict is flagged. */
  flagged: string[];
}

export interface Told {
  id: number;
  state: ImageState;
}

export class Delivered {
  private readonly byTab = new SessionMap<TabRecord>('delivered');

  /** `show` is called with a tab's count when it changes. */
  constructor(private readonly show: (tabId: number, flagged: number) => void) {}

  load(): Promise<void> {
    return this.byTab.load();
  }

  /** Notes what a document's elements were told. */
  note({ tabId, frameId }: FrameAddress, told: readonly Told[]): void {
    const record = this.byTab.get(tabId) ?? { hashes: [], flagged: [] };
    const hashes = new Set(record.hashes);
    const flagged = new Set(record.flagged);
    for (const { id, state } of told) {
      if ('sha256' in state) hashes.add(state.sha256);
      if (isFlagged(state)) flagged.add(`${frameId}/${id}`);
      else flagged.delete(`${frameId}/${id}`);
    }
    this.update(tabId, { hashes: [...hashes], flagged: [...flagged] });
  }

  /** Counts a document's flagged pictures anew, from all that it shows now: others of its pictures are gone. */
  recount({ tabId, frameId }: FrameAddress, shown: readonly Told[]): void {
    const record = this.byTab.get(tabId);
    if (record === undefined) return;
    const others = record.flagged.filter((element) => !element.startsWith(`${frameId}/`));
    const own = shown.filter(({ state }) => isFlagged(state)).map(({ id }) => `${frameId}/${id}`);
    this.update(tabId, { ...record, flagged: [...others, ...own] });
  }

  /** Whether a verdict for these bytes was delivered to the tab. */
  has(tabId: number, sha256: string): boolean {
    return this.byTab.get(tabId)?.hashes.includes(sha256) ?? false;
  }

  flagged(tabId: number): number {
    return this.byTab.get(tabId)?.flagged.length ?? 0;
  }

  /** A frame shows another document: its elements are gone. */
  forgetFrame({ tabId, frameId }: FrameAddress): void {
    const record = this.byTab.get(tabId);
    if (record === undefined) return;
    const flagged = record.flagged.filter((element) => !element.startsWith(`${frameId}/`));
    this.update(tabId, { ...record, flagged });
  }

  /** The tab has navigated or closed. */
  forgetTab(tabId: number): void {
    if (this.flagged(tabId) > 0) this.show(tabId, 0);
    this.byTab.delete(tabId);
  }

  private update(tabId: number, record: TabRecord): void {
    const before = this.flagged(tabId);
    this.byTab.set(tabId, record);
    if (record.flagged.length !== before) this.show(tabId, record.flagged.length);
  }
}
