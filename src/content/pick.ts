/** The context menu's picture: the one under the pointer when it opened, else the one the person picks. */
import { text } from '../ui/i18n.ts';
import type { ImageRecord } from './collect/registry.ts';
import type { HitTester } from './hit-test.ts';
import type { Overlay } from './overlay/overlay.ts';

export interface PickHooks {
  hits: HitTester;
  overlay: Overlay;
  picked(record: ImageRecord): void;
  stillAlive(): boolean;
}

/** Remembers what the context menu was opened on. Only that: the page's own menu handling goes on as ever. */
export class MenuMemory {
  readonly #hooks: PickHooks;
  readonly #listening = new AbortController();
  #remembered: ImageRecord | null = null;

  constructor(hooks: PickHooks) {
    this.#hooks = hooks;
    const options = { signal: this.#listening.signal, capture: true, passive: true };
    addEventListener('contextmenu', this.#opened, options);
  }

  /** The picture under the last context menu, or null; forgotten once taken. */
  take(): ImageRecord | null {
    const record = this.#remembered;
    this.#remembered = null;
    return record;
  }

  stop(): void {
    this.#listening.abort();
    this.#remembered = null;
  }

  readonly #opened = (event: MouseEvent): void => {
    if (!event.isTrusted || !this.#hooks.stillAlive()) return;
    const host = this.#hooks.overlay.host.element;
    this.#remembered = this.#hooks.hits.at(event.clientX, event.clientY, { anySize: true, host });
  };
}

/** Pick mode: a veil over the frame takes the next click, so the page never sees it. */
export class Picker {
  readonly #hooks: PickHooks;
  #active = false;

  constructor(hooks: PickHooks) {
    this.#hooks = hooks;
  }

  get active(): boolean {
    return this.#active;
  }

  start(): void {
    this.#show(text('overlay_pick_hint'));
  }

  cancel(): void {
    this.#active = false;
    this.#hooks.overlay.hideHint();
  }

  #show(sentence: string): void {
    const veil = this.#hooks.overlay.showHint(sentence);
    this.#active = veil !== null;
    veil?.addEventListener('click', (event) => {
      event.preventDefault();
      if (event.isTrusted) this.#clicked(event);
    });
  }

  #clicked(event: MouseEvent): void {
    const host = this.#hooks.overlay.host.element;
    const record = this.#hooks.hits.at(event.clientX, event.clientY, { anySize: true, host });
    if (!record) {
      this.#show(text('overlay_pick_miss'));
      return;
    }
    this.cancel();
    this.#hooks.picked(record);
  }
}
