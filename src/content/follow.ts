/** While a scan runs: telling the background of pictures that appeared since. */
import type { Background } from './background.ts';
import { imageRef, listed } from './collect/listing.ts';
import type { ImageRecord, Registry } from './collect/registry.ts';
import { mapInSlices } from './collect/slices.ts';
import type { Meter } from './meter.ts';

/** Pictures in one report, and the pause after it; together they bound what a page can make the queue grow by. */
const MOST_PER_REPORT = 100;
const PAUSE_MS = 250;

export class Follow {
  readonly #registry: Registry;
  readonly #background: Background;
  readonly #meter: Meter;
  #following = false;
  #pause: ReturnType<typeof setTimeout> | null = null;

  constructor(registry: Registry, background: Background, meter: Meter) {
    this.#registry = registry;
    this.#background = background;
    this.#meter = meter;
  }

  /** Starts following; the records given are the scan's already. */
  start(reported: readonly ImageRecord[]): void {
    this.#following = true;
    for (const record of reported) record.scannedGeneration = record.generation;
  }

  stop(): void {
    this.#following = false;
    if (this.#pause !== null) clearTimeout(this.#pause);
    this.#pause = null;
  }

  /** The registry has changed: reports what is new, now or after the pause. */
  note(): void {
    if (!this.#following || this.#pause !== null) return;
    this.#pause = setTimeout(() => {
      this.#pause = null;
      void this.#report();
    }, PAUSE_MS);
  }

  async #report(): Promise<void> {
    const isFresh = (record: ImageRecord): boolean => record.scannedGeneration !== record.generation;
    if (![...this.#registry.records()].some(isFresh)) return;
    const fresh = (await listed(this.#registry, this.#meter)).filter(isFresh);
    if (fresh.length === 0 || !this.#following) return;
    const batch = fresh.slice(0, MOST_PER_REPORT);
    const images = await mapInSlices(batch, this.#meter, (record) => {
      record.scannedGeneration = record.generation;
      return imageRef(record);
    });
    // A lost report costs these pictures their place in the scan; the background shows the scan as it knows it.
    this.#background('scan.more', { images }).catch(() => {});
    if (fresh.length > batch.length) this.note();
  }
}
