/**
 * Keeps the registry up to date with the page. Asleep until somebody asks for a list (hovering needs none):
 * then one walk, and from there on only what mutations, load events and the intersection pass report.
 */
import { documentHidden, isConnected, localNameOf, type Root } from '../dom.ts';
import type { Meter } from '../meter.ts';
import { Changes, OBSERVED_ATTRIBUTES, topmost } from './changes.ts';
import { measure } from './listing.ts';
import type { ImageRecord, Registry } from './registry.ts';
import { Slicer } from './slices.ts';
import { IMAGE_TAGS } from './sources.ts';
import { Viewport } from './viewport.ts';
import { enterShadow, Walk, type WalkHooks } from './walk.ts';

/** Pause between a batch of changes and the next: a page that mutates all the time costs a few percent, not all. */
const PAUSE_MS = 100;
/** The same for walks over everything below a restyled element, or the whole page. */
const REWALK_PAUSE_MS = 1000;
/** Custom elements without shadow tree that are tested again with every batch. */
const MOST_UNDECIDED = 500;

export interface CollectorHooks {
  registry: Registry;
  meter: Meter;
  /** A batch of changes is in the registry, or sizes became known. */
  settled(): void;
}

export class Collector {
  readonly #registry: Registry;
  readonly #meter: Meter;
  readonly #hooks: CollectorHooks;
  readonly #changes = new Changes();
  readonly #walks: Walk[] = [];
  readonly #toMeasure: ImageRecord[] = [];
  readonly #roots = new Set<WeakRef<Root>>();
  readonly #knownRoots = new WeakSet<Root>();
  readonly #undecided = new Set<HTMLElement>();
  readonly #waiting: (() => void)[] = [];
  readonly #stop = new AbortController();
  readonly #slicer: Slicer;
  readonly #observer: MutationObserver;
  readonly #viewport: Viewport;
  readonly #walkHooks: WalkHooks;
  #awake = false;
  #pause: ReturnType<typeof setTimeout> | null = null;
  #rewalkedAt = 0;

  constructor(hooks: CollectorHooks) {
    this.#hooks = hooks;
    this.#registry = hooks.registry;
    this.#meter = hooks.meter;
    this.#slicer = new Slicer(hooks.meter, () => this.#step());
    this.#observer = new MutationObserver((records) =>
      this.#meter.measured(() => {
        this.#changes.note(records);
        this.#soon();
      }),
    );
    this.#viewport = new Viewport({
      registry: hooks.registry,
      meter: hooks.meter,
      measured: () => this.#soon(),
      revealed: (root) => {
        this.#changes.added.add(root);
        this.#soon();
      },
    });
    this.#walkHooks = {
      registry: hooks.registry,
      foundRoot: (root) => this.#enter(root),
      undecidedHost: (host) => {
        if (this.#undecided.size < MOST_UNDECIDED) this.#undecided.add(host);
      },
      hiddenSubtree: (root) => this.#viewport.watchHidden(root),
    };
  }

  /** A record is new or shows another picture: its size must be read. */
  changed(record: ImageRecord): void {
    if (!this.#awake) return;
    this.#viewport.watch(record.element);
    this.#toMeasure.push(record);
  }

  /** Starts watching; walks the page the first time. */
  wake(): void {
    if (this.#awake) return;
    this.#awake = true;
    // Hovering may have found some before.
    for (const record of this.#registry.records()) this.changed(record);
    this.#rewalkedAt = performance.now();
    this.#enter(document);
    addEventListener('scrollend', () => this.retestHosts(), { ...this.#listening(), passive: true });
    this.#slicer.start();
  }

  /** Walks everything again: finds what no observer reports, such as styles switched by a media query. */
  rewalk(): void {
    this.wake();
    this.#changes.everything = true;
    this.#rewalkedAt = 0;
    this.#take();
  }

  /**
   * Resolves once every change known now is in the registry and measured, or after `deadlineMs`. Reads sizes
   * itself instead of waiting for the intersection pass, which hidden tabs do not have.
   */
  settle(deadlineMs: number): Promise<void> {
    this.wake();
    this.#take();
    this.#slicer.urgent = true;
    return new Promise((resolve) => {
      const timer = setTimeout(done, deadlineMs);
      function done(): void {
        clearTimeout(timer);
        resolve();
      }
      this.#waiting.push(done);
      for (const record of this.#registry.records()) {
        if (record.rendered === null) this.#toMeasure.push(record);
      }
      this.#slicer.start();
    });
  }

  /** Custom elements that had no shadow tree may have one by now. */
  retestHosts(): void {
    for (const host of this.#undecided) {
      if (!isConnected(host) || enterShadow(host, { ...this.#walkHooks, undecidedHost: () => {} })) {
        this.#undecided.delete(host);
      }
    }
    if (this.#walks.length > 0) this.#slicer.start();
  }

  /** Every root known now, the document first. */
  *roots(): Generator<Root> {
    for (const reference of this.#roots) {
      const root = reference.deref();
      if (root && isConnected(root)) yield root;
      else this.#roots.delete(reference);
    }
  }

  stop(): void {
    this.#stop.abort();
    this.#slicer.stop();
    this.#observer.disconnect();
    this.#viewport.stop();
    if (this.#pause !== null) clearTimeout(this.#pause);
    for (const done of this.#waiting.splice(0)) done();
  }

  #listening(): AddEventListenerOptions {
    return { signal: this.#stop.signal, capture: true };
  }

  /** Observes a root and walks it, once. */
  #enter(root: Root): void {
    if (!this.#awake || this.#knownRoots.has(root)) return;
    this.#knownRoots.add(root);
    this.#roots.add(new WeakRef(root));
    this.#observer.observe(root, {
      subtree: true,
      childList: true,
      attributes: true,
      attributeFilter: OBSERVED_ATTRIBUTES,
    });
    // Load events do not leave shadow trees, so each root needs its own listener.
    EventTarget.prototype.addEventListener.call(root, 'load', this.#loaded, this.#listening());
    this.#walks.push(new Walk(root, this.#walkHooks));
  }

  /** A picture or a style sheet has loaded; forged events are ignored. */
  readonly #loaded = (event: Event): void => {
    const { target } = event;
    if (event.isTrusted && target instanceof Element) this.#meter.measured(() => this.#noteLoad(target));
  };

  #noteLoad(target: Element): void {
    const name = localNameOf(target);
    if (name === 'link') this.#changes.restyled.add(target);
    else if (!IMAGE_TAGS.has(name)) return;
    this.#changes.touched.add(target);
    // Its size may have changed though its address has not.
    for (const record of this.#registry.known(target)) this.changed(record);
    this.#soon();
  }

  /** Takes pending changes up after a pause, so that a storm of mutations becomes a few batches a second. */
  #soon(): void {
    if (this.#pause !== null) return;
    this.#pause = setTimeout(() => {
      this.#pause = null;
      this.#meter.measured(() => this.#take());
      this.#slicer.start();
    }, PAUSE_MS);
  }

  /** Turns pending changes into work for the slicer. */
  #take(): void {
    const changes = this.#changes;
    if (changes.removed) this.#sweep();
    changes.removed = false;
    this.retestHosts();
    const mayRewalk = performance.now() - this.#rewalkedAt >= REWALK_PAUSE_MS;
    if (changes.everything && mayRewalk) {
      this.#walkEverything();
      return;
    }
    if (!changes.everything) this.#takeParts(mayRewalk);
    if (!changes.empty) this.#soon();
  }

  #takeParts(mayRewalk: boolean): void {
    const { added, touched, restyled } = this.#changes;
    const restyledTrees = mayRewalk && restyled.size > 0;
    if (restyledTrees) {
      for (const element of restyled) {
        const scope = scopeOf(element);
        if (scope instanceof Element) added.add(scope);
        else this.#walks.push(new Walk(scope, this.#walkHooks));
      }
      restyled.clear();
      this.#rewalkedAt = performance.now();
    }
    for (const element of topmost(added)) this.#walks.push(new Walk(element, this.#walkHooks));
    added.clear();
    for (const element of touched) if (isConnected(element)) this.#touch(element);
    touched.clear();
  }

  #touch(element: Element): void {
    this.#registry.syncOwn(element);
    if (element instanceof HTMLElement) {
      this.#registry.syncLayers(element, getComputedStyle(element).backgroundImage);
    }
  }

  #walkEverything(): void {
    this.#changes.clear();
    this.#walks.length = 0;
    this.#rewalkedAt = performance.now();
    for (const root of this.roots()) this.#walks.push(new Walk(root, this.#walkHooks));
    this.#sweep();
  }

  #sweep(): void {
    this.#registry.sweep((record) => this.#viewport.forget(record.element));
  }

  /** One unit of work for the slicer; false when everything is done. */
  #step(): boolean {
    const walk = this.#walks[0];
    if (walk) {
      if (!walk.step()) this.#walks.splice(this.#walks.indexOf(walk), 1);
      return true;
    }
    if ((this.#waiting.length > 0 || documentHidden()) && this.#toMeasure.length > 0) {
      const record = this.#toMeasure.pop();
      if (record && isConnected(record.element)) measure(record);
      return true;
    }
    this.#toMeasure.length = 0;
    this.#slicer.urgent = false;
    for (const done of this.#waiting.splice(0)) done();
    this.#hooks.settled();
    return false;
  }
}

/** A style sheet can restyle its whole root; another element only what lies below it. */
function scopeOf(element: Element): Node {
  const name = localNameOf(element);
  return name === 'link' || name === 'style' ? Node.prototype.getRootNode.call(element) : element;
}
