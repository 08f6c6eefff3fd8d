/** The documents that have a content script of ours. Known from what the browser says about their messages. */
import type { ContentSender } from '../platform/doors.ts';
import { SessionMap } from '../platform/session-map.ts';
import type { FrameAddress } from '../platform/transports.ts';
import { sameFrame } from './queue/rows.ts';

/** A document as its content script's first message introduced it. */
export type KnownFrame = ContentSender;

export class Frames {
  private readonly byTab = new SessionMap<KnownFrame[]>('frames');
  private readonly waiting = new Map<string, (() => void)[]>();

  load(): Promise<void> {
    return this.byTab.load();
  }

  /** Documents of a tab, the top one first. */
  of(tabId: number): KnownFrame[] {
    return this.byTab.get(tabId) ?? [];
  }

  all(): KnownFrame[] {
    return this.byTab.entries().flatMap(([, frames]) => frames);
  }

  find(frame: FrameAddress): KnownFrame | undefined {
    return this.of(frame.tabId).find((known) => sameFrame(known, frame));
  }

  /** The document that a frame of a tab shows now. */
  at(tabId: number, frameId: number): KnownFrame | undefined {
    return this.of(tabId).find((known) => known.frameId === frameId);
  }

  /**
   * Enters a document. Returns the one that it replaces in its frame, if any: without document ids (older
   * Firefox) every introduction is a new document.
   */
  enter(frame: KnownFrame): KnownFrame | undefined {
    const others = this.of(frame.tabId).filter(({ frameId }) => frameId !== frame.frameId);
    const before = this.at(frame.tabId, frame.frameId);
    const frames = [...others, frame].sort((a, b) => a.frameId - b.frameId);
    this.byTab.set(frame.tabId, frames);
    this.announce(frame);
    return before !== undefined && (frame.documentId === null || !sameFrame(before, frame))
      ? before
      : undefined;
  }

  /** Resolves with the document once it is known, or undefined after `limitMs`. */
  async arrival(frame: FrameAddress, limitMs: number): Promise<KnownFrame | undefined> {
    if (this.find(frame) === undefined) {
      await new Promise<void>((resolve) => {
        const key = `${frame.tabId}/${frame.frameId}`;
        this.waiting.set(key, [...(this.waiting.get(key) ?? []), resolve]);
        setTimeout(resolve, limitMs);
      });
    }
    return this.find(frame);
  }

  forget(frame: FrameAddress): void {
    const frames = this.of(frame.tabId).filter((known) => !sameFrame(known, frame));
    if (frames.length > 0) this.byTab.set(frame.tabId, frames);
    else this.byTab.delete(frame.tabId);
  }

  forgetTab(tabId: number): void {
    this.byTab.delete(tabId);
  }

  private announce({ tabId, frameId }: FrameAddress): void {
    const key = `${tabId}/${frameId}`;
    for (const resolve of this.waiting.get(key) ?? []) resolve();
    this.waiting.delete(key);
  }
}
