/** Sizes and visibility from the browser's own intersection pass: no forced layout, no work while nothing moves. */
import type { Meter } from '../meter.ts';
import type { ImageRecord, Registry } from './registry.ts';

export interface ViewportHooks {
  registry: Registry;
  meter: Meter;
  /** The record's size or visibility is known or has changed. */
  measured(record: ImageRecord): void;
  /** The root of a subtree that was not rendered is now. */
  revealed(root: Element): void;
}

export class Viewport {
  readonly #observer: IntersectionObserver;
  readonly #hooks: ViewportHooks;
  readonly #hiddenRoots = new WeakSet<Element>();

  constructor(hooks: ViewportHooks) {
    this.#hooks = hooks;
    this.#observer = new IntersectionObserver((entries) => hooks.meter.measured(() => this.#seen(entries)));
  }

  /** Watches the record's element; asked again after a change, it reports the new size. */
  watch(element: Element): void {
    this.#observer.unobserve(element);
    this.#observer.observe(element);
  }

  watchHidden(root: Element): void {
    this.#hiddenRoots.add(root);
    this.#observer.observe(root);
  }

  forget(element: Element): void {
    this.#observer.unobserve(element);
  }

  stop(): void {
    this.#observer.disconnect();
  }

  #seen(entries: IntersectionObserverEntry[]): void {
    for (const { target, boundingClientRect, isIntersecting } of entries) {
      if (isIntersecting && this.#hiddenRoots.delete(target)) this.#hooks.revealed(target);
      const records = this.#hooks.registry.known(target);
      for (const record of records) {
        record.rendered = { widthPx: boundingClientRect.width, heightPx: boundingClientRect.height };
        record.inViewport = isIntersecting && boundingClientRect.width > 0;
        this.#hooks.measured(record);
      }
    }
  }
}
