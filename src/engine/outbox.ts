/** Outcomes on their way to the background, which may be dead when they are ready. */
import type { Send } from '../protocol/channel.ts';
import type { EngineOutcome, engineToBackground } from '../protocol/messages.ts';

/** Sends outcomes and keeps those that did not arrive until somebody collects them. */
export class Outbox {
  readonly #send: Send<typeof engineToBackground>;
  readonly #kept = new Map<string, EngineOutcome>();

  constructor(send: Send<typeof engineToBackground>) {
    this.#send = send;
  }

  /** Resolves once the outcome has arrived or is kept. */
  async deliver(outcome: EngineOutcome): Promise<void> {
    // Kept before it is sent: a background that starts meanwhile must not miss it. Twice does no harm.
    this.#kept.set(outcome.jobId, outcome);
    try {
      await this.#send('engine.done', outcome);
      if (this.#kept.get(outcome.jobId) === outcome) this.#kept.delete(outcome.jobId);
    } catch {
      // Nobody listened, or the listener died: the background asks for it when it starts again.
    }
  }

  /** Everything that has not arrived; it is forgotten here. */
  collect(): EngineOutcome[] {
    const outcomes = [...this.#kept.values()];
    this.#kept.clear();
    return outcomes;
  }

  get isEmpty(): boolean {
    return this.#kept.size === 0;
  }
}
