/** Every picture of the frame that was ever asked about, and the last state of each. */

import { isBetter, nextShown } from '../../core/score/second-opinion.ts';
import type { ImageState, Scored } from '../../core/verdict.ts';
import { isWaiting } from '../../core/verdict.ts';
import type { ImageKind, StateUpdate } from '../../protocol/schemas.ts';
import { isConnected, localNameOf } from '../dom.ts';
import { backgroundSources, IMAGE_TAGS, ownSource, type Source } from './sources.ts';

/** One picture of one element. The object stays the same when the element shows another picture later. */
export interface ImageRecord {
  readonly id: number;
  /** Grows with every other source; verdicts for an older one are dropped. */
  generation: number;
  readonly element: Element;
  kind: ImageKind;
  url: string;
  layer: number;
  density: number;
  state: ImageState | null;
  /** Rendered size in CSS pixels as last seen, or null before the first look. */
  rendered: { widthPx: number; heightPx: number } | null;
  inViewport: boolean;
  /** Generation that the running scan knows of, or -1. */
  scannedGeneration: number;
}

interface ElementRecords {
  own: ImageRecord | null;
  layers: ImageRecord[];
  /** Computed `background-image` that `layers` was made from. */
  computed: string;
}

const show = (record: ImageRecord, source: Source): void => {
  record.kind = source.kind;
  record.url = source.url;
  record.layer = source.layer;
  record.density = source.density;
};

export class Registry {
  readonly #byElement = new WeakMap<Element, ElementRecords>();
  /** Only records of elements in the document: `sweep` forgets the others, so nothing here keeps them alive. */
  readonly #live = new Map<number, ImageRecord>();
  #nextId = 1;
  /** Number of records at which creating one more sweeps first: nobody else does while only hovering is on. */
  #sweepAt = 256;
  readonly #onChange: (record: ImageRecord) => void;

  /** `onChange` hears of every new record and of every record that shows another picture. */
  constructor(onChange: (record: ImageRecord) => void) {
    this.#onChange = onChange;
  }

  get size(): number {
    return this.#live.size;
  }

  records(): IterableIterator<ImageRecord> {
    return this.#live.values();
  }

  byId(id: number): ImageRecord | null {
    return this.#live.get(id) ?? null;
  }

  /** The element's records as last synchronised, its own picture first, then backgrounds from the top layer down. */
  known(element: Element): ImageRecord[] {
    const records = this.#byElement.get(element);
    return records ? [...(records.own ? [records.own] : []), ...records.layers] : [];
  }

  /** Brings the element's own record up to date with what it shows now, and returns it. */
  syncOwn(element: Element): ImageRecord | null {
    if (!IMAGE_TAGS.has(localNameOf(element))) return null;
    const source = ownSource(element);
    const records = this.#byElement.get(element);
    if (!source && !records?.own) return null;
    const entry = records ?? this.#entry(element);
    entry.own = this.#updated(element, entry.own, source);
    return entry.own;
  }

  /** The same for background layers, given the element's computed `background-image`. */
  syncLayers(element: Element, computed: string): ImageRecord[] {
    const records = this.#byElement.get(element);
    if (computed === 'none' && !records?.layers.length) return [];
    if (records && records.computed === computed) {
      for (const record of records.layers) this.#live.set(record.id, record);
      return records.layers;
    }
    const entry = records ?? this.#entry(element);
    entry.computed = computed;
    const sources = backgroundSources(computed);
    for (const dropped of entry.layers.slice(sources.length)) this.#live.delete(dropped.id);
    entry.layers = sources
      .map((source, at) => this.#updated(element, entry.layers[at] ?? null, source))
      .filter((record) => record !== null);
    return entry.layers;
  }

  /** Reads the record's element again; true when it still shows the picture of `generation`. */
  stillShows(record: ImageRecord, generation: number): boolean {
    if (!isConnected(record.element)) return false;
    if (record.kind === 'background') {
      this.syncLayers(record.element, getComputedStyle(record.element).backgroundImage);
    } else {
      this.syncOwn(record.element);
    }
    return this.#live.get(record.id) === record && record.generation === generation;
  }

  /**
   * Stores a state that arrived; null when it is for an unknown element or an older picture, or says "waiting"
   * of a picture that has its answer: messages of different origin overtake one another. Whoever asks again for an
   * answered picture sets it to waiting first.
   */
  apply(update: StateUpdate): ImageRecord | null {
    const record = this.#live.get(update.id);
    if (!record || !this.stillShows(record, update.generation)) return null;
    if (record.state !== null && !isWaiting(record.state) && isWaiting(update.state)) return null;
    record.state = nextShown(record.state, update.state);
    return record;
  }

  /** Other records with a lesser score of the same bytes, which now show `scored` as well: one picture, one number. */
  share(scored: Scored): ImageRecord[] {
    const others = [...this.#live.values()].filter(
      ({ state }) =>
        state?.state === 'scored' &&
        state.sha256 === scored.sha256 &&
        isBetter(scored, state) &&
        state !== scored,
    );
    for (const record of others) record.state = scored;
    return others;
  }

  /** Forgets elements that left the document. About 0.1 µs a record. */
  sweep(forgotten: (record: ImageRecord) => void): void {
    for (const record of this.#live.values()) {
      if (isConnected(record.element)) continue;
      this.#live.delete(record.id);
      forgotten(record);
    }
  }

  #entry(element: Element): ElementRecords {
    const entry: ElementRecords = { own: null, layers: [], computed: 'none' };
    this.#byElement.set(element, entry);
    return entry;
  }

  #updated(element: Element, record: ImageRecord | null, source: Source | null): ImageRecord | null {
    if (!source) {
      if (record) this.#live.delete(record.id);
      return null;
    }
    if (!record) return this.#created(element, source);
    const known = this.#live.has(record.id);
    this.#live.set(record.id, record);
    const same = record.url === source.url && record.kind === source.kind;
    if (!same) {
      record.generation += 1;
      record.state = null;
    }
    show(record, source);
    if (!same || !known) this.#onChange(record);
    return record;
  }

  #created(element: Element, source: Source): ImageRecord {
    if (this.#live.size >= this.#sweepAt) {
      this.sweep(() => {});
      this.#sweepAt = Math.max(256, 2 * this.#live.size);
    }
    const record: ImageRecord = {
      id: this.#nextId,
      generation: 0,
      element,
      ...source,
      state: null,
      rendered: null,
      inViewport: false,
      scannedGeneration: -1,
    };
    this.#nextId += 1;
    this.#live.set(record.id, record);
    this.#onChange(record);
    return record;
  }
}
