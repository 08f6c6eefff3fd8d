/** Which picture the pointer rests on, from trusted pointer events; nothing runs while the pointer is still. */
import type { ImageRecord } from './collect/registry.ts';
import type { HitTester } from './hit-test.ts';
import type { Meter } from './meter.ts';

/** A hit test reads layout: at most this often while the pointer moves. */
const LOOK_EVERY_MS = 80;
/** How long the pointer must stay on a picture before its badge appears. */
const DWELL_MS = 150;
/** Grace after leaving, in which the pointer may reach a badge that stands beside its picture. */
const LEAVE_MS = 250;

export interface HoverHooks {
  hits: HitTester;
  meter: Meter;
  host(): Element | null;
  entered(record: ImageRecord): void;
  left(): void;
  stillAlive(): boolean;
}

type Timer = ReturnType<typeof setTimeout> | null;

export class Hover {
  readonly #hooks: HoverHooks;
  #listening: AbortController | null = null;
  #point = { x: 0, y: 0 };
  #under: ImageRecord | null = null;
  #entered: ImageRecord | null = null;
  #look: Timer = null;
  #dwell: Timer = null;
  #leave: Timer = null;

  constructor(hooks: HoverHooks) {
    this.#hooks = hooks;
  }

  start(): void {
    if (this.#listening) return;
    this.#listening = new AbortController();
    const options = { signal: this.#listening.signal, capture: true, passive: true };
    for (const name of ['pointerover', 'pointermove'] as const) addEventListener(name, this.#moved, options);
    addEventListener('pointerout', this.#out, options);
  }

  stop(): void {
    this.#listening?.abort();
    this.#listening = null;
    for (const timer of [this.#look, this.#dwell, this.#leave]) if (timer !== null) clearTimeout(timer);
    this.#look = this.#dwell = this.#leave = null;
    this.#under = this.#entered = null;
  }

  /** The picture under the pointer was replaced: the next movement may show a badge again. */
  forget(): void {
    this.#under = this.#entered = null;
  }

  readonly #moved = (event: PointerEvent): void => {
    if (!event.isTrusted || event.pointerType === 'touch' || !this.#hooks.stillAlive()) return;
    this.#point = { x: event.clientX, y: event.clientY };
    // Over Telltale's own badge: it belongs to the picture.
    if (event.target !== null && event.target === this.#hooks.host()) {
      this.#keep();
      return;
    }
    if (this.#look !== null) return;
    this.#look = setTimeout(() => {
      this.#look = null;
      this.#hooks.meter.measured(() => this.#lookUnder());
    }, LOOK_EVERY_MS);
  };

  /** The pointer has left the frame. */
  readonly #out = (event: PointerEvent): void => {
    if (!event.isTrusted || event.relatedTarget !== null) return;
    if (this.#look !== null) clearTimeout(this.#look);
    this.#look = null;
    this.#set(null);
  };

  #lookUnder(): void {
    const host = this.#hooks.host();
    this.#set(this.#hooks.hits.at(this.#point.x, this.#point.y, { anySize: false, host }));
  }

  #keep(): void {
    if (this.#leave !== null) clearTimeout(this.#leave);
    if (this.#look !== null) clearTimeout(this.#look);
    this.#leave = this.#look = null;
    this.#under = this.#entered;
  }

  #set(record: ImageRecord | null): void {
    if (record === this.#under) return;
    this.#under = record;
    if (this.#dwell !== null) clearTimeout(this.#dwell);
    this.#dwell = null;
    if (record === this.#entered) {
      this.#keep();
      return;
    }
    if (this.#entered && this.#leave === null) this.#leave = setTimeout(() => this.#leaveNow(), LEAVE_MS);
    if (record) this.#dwell = setTimeout(() => this.#enterNow(record), DWELL_MS);
  }

  #leaveNow(): void {
    this.#leave = null;
    this.#entered = null;
    this.#hooks.left();
  }

  #enterNow(record: ImageRecord): void {
    this.#dwell = null;
    if (this.#leave !== null) clearTimeout(this.#leave);
    this.#leave = null;
    this.#entered = record;
    this.#hooks.entered(record);
  }
}
