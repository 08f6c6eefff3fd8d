/** Asking the background about pictures, and taking a question back. */
import { type FailureReason, isProvisional, isWaiting, settled } from '../core/verdict.ts';
import type { Priority, StateUpdate } from '../protocol/schemas.ts';
import type { Background } from './background.ts';
import { imageRef } from './collect/listing.ts';
import type { ImageRecord, Registry } from './collect/registry.ts';

/**
 * Failures that another glance may mend. Not `not-allowed`: the request would fail again and again, and a grant
 * asks for those by itself.
 */
const WORTH_ANOTHER_TRY: ReadonlySet<FailureReason> = new Set([
  'network',
  'timeout',
  'gone',
  'engine-failed',
  'cancelled',
]);

export interface ScreeningHooks {
  registry: Registry;
  background: Background;
  changed(record: ImageRecord): void;
  /** The background did not answer. */
  unanswered(record: ImageRecord): void;
}

export class Screening {
  readonly #hooks: ScreeningHooks;
  /** Generation of the pictures that nothing but a glance has asked for. */
  readonly #glanced = new WeakMap<ImageRecord, number>();
  /** Pictures with a score that is shown here and stored nowhere. */
  readonly #lost = new WeakSet<ImageRecord>();

  constructor(hooks: ScreeningHooks) {
    this.#hooks = hooks;
  }

  /** States that arrived, in a reply or a push; those for replaced pictures are dropped. */
  receive(states: readonly StateUpdate[]): void {
    for (const update of states) {
      const record = this.#hooks.registry.apply(update);
      if (!record) continue;
      const { state } = record;
      if (!isWaiting(state)) this.#lost.delete(record);
      this.#hooks.changed(record);
      if (state?.state !== 'scored' || isProvisional(state)) continue;
      for (const other of this.#hooks.registry.share(state)) this.#hooks.changed(other);
    }
  }

  /** A glance: asks unless the strong model has spoken, the answer is on its way, or asking again would not help. */
  async glance(record: ImageRecord): Promise<void> {
    if (this.#isWorthAGlance(record)) await this.#ask(record, 'hover');
  }

  #isWorthAGlance(record: ImageRecord): boolean {
    const { state, generation } = record;
    if (state === null) return true;
    if (state.state === 'failed') return WORTH_ANOTHER_TRY.has(state.reason);
    if (state.state === 'scored') return state.role === 'fast' && !isProvisional(state);
    // A scan would come to it in time, and may leave it to the fast model.
    return (
      isWaiting(state) && this.#glanced.get(record) !== generation && record.scannedGeneration === generation
    );
  }

  /** A click: asks before everything else, for all of the picture, unless that answer is there. */
  async examine(record: ImageRecord): Promise<void> {
    const { state, kind } = record;
    // A canvas may have been drawn anew without anybody noticing.
    const final =
      kind !== 'canvas' &&
      !this.#lost.has(record) &&
      (state?.state === 'abstained' ||
        (state?.state === 'scored' && state.role === 'strong' && state.coverage >= 1));
    if (final) return;
    await this.#ask(record, 'click');
  }

  /** The record's score is stored no more: the next click asks for it anew. */
  lost(record: ImageRecord): void {
    this.#lost.add(record);
  }

  /** A scan asks for all of these: what failed before waits again. */
  expect(records: readonly ImageRecord[]): void {
    for (const record of records) {
      if (record.state?.state !== 'failed') continue;
      record.state = { state: 'queued' };
      this.#hooks.changed(record);
    }
  }

  /** The scan is over, so what still waits for its answer has lost it on the way: asks again. */
  async recover(): Promise<void> {
    const lost = [...this.#hooks.registry.records()].filter(({ state }) => isWaiting(state));
    await Promise.all(lost.map((record) => this.#ask(record, 'visible')));
  }

  /** Access has grown: asks again for what was not allowed before. */
  async retryWithheld(): Promise<void> {
    const withheld = [...this.#hooks.registry.records()].filter(
      ({ state }) => state?.state === 'failed' && state.reason === 'not-allowed',
    );
    await Promise.all(withheld.map((record) => this.#ask(record, 'visible')));
  }

  /** Nobody looks any more: takes a glance back. What a scan, a click, the menu or the popup asked for stays asked. */
  async release(record: ImageRecord): Promise<void> {
    const { state, generation, scannedGeneration } = record;
    if (this.#glanced.get(record) !== generation) return;
    if (state?.state === 'scored' && isProvisional(state)) record.state = settled(state);
    else if (isWaiting(state) && scannedGeneration !== generation) record.state = null;
    else return;
    await this.#hooks.background('image.cancel', { ids: [record.id] }).catch(() => {});
  }

  async #ask(record: ImageRecord, priority: Priority): Promise<void> {
    const before = record.state;
    const { generation } = record;
    if (priority === 'hover') this.#glanced.set(record, generation);
    else this.#glanced.delete(record);
    // A score stays on show while the rest of the picture is looked at, or the other model looks.
    record.state = before?.state === 'scored' ? { ...before, provisional: true } : { state: 'queued' };
    this.#hooks.changed(record);
    const effort = priority === 'click' ? 'full' : 'quick';
    try {
      const { states } = await this.#hooks.background('image.screen', {
        images: [imageRef(record)],
        priority,
        effort,
      });
      this.receive(states);
    } catch {
      if (record.generation !== generation) return;
      record.state = before;
      this.#hooks.unanswered(record);
    }
  }
}
