/** Outcomes on their way to the background, which may be dead when they are ready. */
import type { Send } from '../protocol/channel.ts';
import type { EngineOutcome, engineToBackground } from '../protocol/messages.ts';

/** A background that was stopped under load is gone for good by then; its own alarm comes once a minute. */
export const KNOCK_MS = 2000;
/** In a row: a background that cannot take it in seconds is left to its alarm. */
export const KNOCKS = 3;

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
    try {
      await this.#send('engine.done', outcome);
    } catch {
      // Nobody listened, or the listener died: the background asks for all outcomes when it starts again. Where this one
      // was the last of what is in hand, no other message would start it.
      if (this.#knocks < KNOCKS && !this.isEmpty) {
        this.#knock ??= setTimeout(() => void this.#knockNow(), KNOCK_MS);
      }
      return false;
    }
    if (this.#kept.get(outcome.jobId) === outcome) this.#kept.delete(outcome.jobId);
    this.#knocks = 0;
    if (this.isEmpty) this.#onEmpty();
    return true;
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

  /** Everything that has not arrived; it is forgotten here. */
  collect(): EngineOutcome[] {
    const outcomes = [...this.#kept.values()];
    this.#kept.clear();
    clearTimeout(this.#knock);
    this.#knock = undefined;
    this.#knocks = 0;
    return outcomes;
  }

  get isEmpty(): boolean {
    return this.#kept.size === 0;
  }
}
