/** Entering tabs: through registered scripts where access is granted, else through `activeTab` at the moment of need. */
import type { Frames, KnownFrame } from './frames.ts';
import { injectInto } from './inject.ts';

/** A content script introduces itself within milliseconds of running. */
const ARRIVAL_LIMIT_MS = 1000;
/** A tab that could not be entered is not tried again for so long: a popup asks four times a second. */
const REFUSED_FOR_MS = 5000;

export class Reach {
  private readonly entering = new Map<number, Promise<boolean>>();
  private readonly refusedUntil = new Map<number, number>();

  constructor(
    private readonly frames: Frames,
    private readonly inject = injectInto,
    private readonly now = Date.now,
  ) {}

  /** Documents of the tab that a content script lives in; enters the tab when its top document has none. */
  async known(tabId: number): Promise<KnownFrame[]> {
    const refused = (this.refusedUntil.get(tabId) ?? 0) > this.now();
    if (this.frames.at(tabId, 0) === undefined && !refused) await this.enter(tabId);
    return this.frames.of(tabId);
  }

  /** A refusal may have been lifted: the next call tries to enter again. */
  tryAgain(tabId: number): void {
    this.refusedUntil.delete(tabId);
  }

  /** As `known`, and enters what has appeared since: frames that came later, tabs refused a moment ago. */
  async all(tabId: number): Promise<KnownFrame[]> {
    await this.enter(tabId);
    return this.frames.of(tabId);
  }

  private async enter(tabId: number): Promise<void> {
    let entering = this.entering.get(tabId);
    if (entering === undefined) {
      entering = this.enterNow(tabId).finally(() => this.entering.delete(tabId));
      this.entering.set(tabId, entering);
    }
    if (await entering) this.refusedUntil.delete(tabId);
    else this.refusedUntil.set(tabId, this.now() + REFUSED_FOR_MS);
  }

  private async enterNow(tabId: number): Promise<boolean> {
    const entered = await this.inject(tabId);
    const arrived = await Promise.all(entered.map((frame) => this.frames.arrival(frame, ARRIVAL_LIMIT_MS)));
    // In a PDF's document the script runs and has nothing to do.
    return arrived.some((frame) => frame !== undefined);
  }
}
