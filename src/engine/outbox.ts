/** Outcomes on their way to the background, which may be dead when they are ready. */
import type { Send } from '../protocol/channel.ts';
import type { EngineOutcome, engineToBackground } from '../protocol/messages.ts';

/** A background that was stopped under load is gone for good by then. Each further knock waits twice as long. */
export const KNOCK_MS = 2000;
/** In a row, within the minute in which the background's own alarm comes. */
export const KNOCKS = 4;

/** Sends outcomes and keeps those that did not arrive until somebody collects them. */
export class Outbox {
  readonly #send: Send<typeof engineToBackground>;
  readonly #onEmpty: () => void;
  readonly #kept = new Map<string, EngineOutcome>();
  #knock: ReturnType<typeof setTimeout> | undefined;
  #knocks = 0;

  /** `onEmpty` is called whenever an arrival leaves nothing to deliver. */
  constructor(send: Send<typeof engineToBackground>, onEmpty: () => void) {
    this.#send = send;
    this.#onEmpty = onEmpty;
  }

  /** Resolves once the outcome has arrived or is kept, with whether it has arrived. */
  async deliver(outcome: EngineOutcome): Promise<boolean> {
    // Kept before it is sent: a background that starts meanwhile must not miss it. Twice does no harm.
    this.#kept.set(outcome.jobId, outcome);
    this.#knockLater();
    try {
      await this.#send('engine.done', outcome);
    } catch {
      // Nobody listened, or the listener died: the background asks for all outcomes when it starts again.
      return false;
    }
    if (this.#kept.get(outcome.jobId) === outcome) this.#kept.delete(outcome.jobId);
    this.#knocks = 0;
    if (this.isEmpty) {
      this.#stopKnocking();
      this.#onEmpty();
    }
    return true;
  }

  /**
   * Where what is in hand is the last of a scan, no other message would start the background. Set before anything is known of
   * the sending: one whose listener is stopped at the wrong moment may never settle.
   */
  #knockLater(): void {
    if (this.#knocks >= KNOCKS || this.#knock !== undefined) return;
    this.#knock = setTimeout(() => void this.#knockNow(), KNOCK_MS * 2 ** this.#knocks);
  }

  /** Starts the background with the oldest outcome; one that was there all along asks for nothing, and gets the rest, too. */
  async #knockNow(): Promise<void> {
    this.#knock = undefined;
    this.#knocks += 1;
    let arrived = true;
    while (arrived) {
      const [oldest] = this.#kept.values();
      if (oldest === undefined) return;
      arrived = await this.deliver(oldest);
    }
  }

  #stopKnocking(): void {
    clearTimeout(this.#knock);
    this.#knock = undefined;
    this.#knocks = 0;
  }

  /** Everything that has not arrived; it is forgotten here. */
  collect(): EngineOutcome[] {
    const outcomes = [...this.#kept.values()];
    this.#kept.clear();
    this.#stopKnocking();
    return outcomes;
  }

  get isEmpty(): boolean {
    return this.#kept.size === 0;
  }
}
