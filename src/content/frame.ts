/** One frame's Telltale: wires collecting, hovering, the overlay and the messages, and takes all of it away again. */
import { failure } from '../core/result.ts';
import { browser, type Runtime } from '../platform/browser.ts';
import { listen } from '../platform/transports.ts';
import { door, type Handlers } from '../protocol/channel.ts';
import { backgroundToContent, type HeatmapOutcome } from '../protocol/messages.ts';
import type { FrameRow } from '../protocol/schemas.ts';
import { text } from '../ui/i18n.ts';
import { type Background, connect, extensionAlive } from './background.ts';
import { Collector } from './collect/collector.ts';
import { imageRef, listed } from './collect/listing.ts';
import { type ImageRecord, Registry } from './collect/registry.ts';
import { mapInSlices } from './collect/slices.ts';
import { documentHidden } from './dom.ts';
import { Follow } from './follow.ts';
import { toggleHeatmap } from './heatmaps.ts';
import { HitTester, recordByUrl } from './hit-test.ts';
import { Hover } from './hover.ts';
import { Meter } from './meter.ts';
import { Overlay } from './overlay/overlay.ts';
import { MenuMemory, Picker } from './pick.ts';
import { readInPage } from './read.ts';
import { Screening } from './screening.ts';

/** How long a list waits for a walk in progress; the popup gives a frame one second to answer. */
const ROWS_WAIT_MS = 600;
const COLLECT_WAIT_MS = 2000;
/** For how long after the popup asked for rows it is told of new pictures, and how often. */
const WATCHED_MS = 60_000;
const TELL_EVERY_MS = 1000;

type ContentHandlers = Handlers<typeof backgroundToContent, Runtime.MessageSender>;

export class Frame {
  readonly meter = new Meter();
  readonly registry: Registry;
  readonly #background: Background;
  readonly #collector: Collector;
  readonly #overlay: Overlay;
  readonly #screening: Screening;
  readonly #hover: Hover;
  readonly #follow: Follow;
  readonly #menu: MenuMemory;
  readonly #picker: Picker;
  readonly #listening = new AbortController();
  #retired = false;
  #watchedUntilMs = 0;
  #telling: ReturnType<typeof setTimeout> | null = null;

  constructor() {
    const { meter } = this;
    const stillAlive = (): boolean => this.#checkAlive();
    this.registry = new Registry((record) => this.#collector.changed(record));
    const { registry } = this;
    this.#background = connect(() => this.retire());
    this.#collector = new Collector({ registry, meter, settled: () => this.#settled() });
    this.#overlay = new Overlay({
      registry,
      meter,
      stillAlive,
      pinned: (record) => this.#examine(record, { focus: false }),
      heatmapWanted: (record, shown) => void this.#toggleHeatmap(record, shown),
      loadLimits: async (role) => (await this.#background('model.limits', { role })).limits,
      badgeClosed: (record, replaced) => this.#badgeClosed(record, replaced),
      heatmapsChanged: () => this.#tell(0),
    });
    const hits = new HitTester(registry);
    this.#screening = new Screening({
      registry,
      background: this.#background,
      changed: (record) => {
        this.#overlay.setTrouble(record, null);
        this.#overlay.refresh(record);
        if (this.#overlay.heatmapOutdated(record)) void this.#toggleHeatmap(record, true);
      },
      unanswered: (record) => this.#overlay.setTrouble(record, text('overlay_no_answer')),
    });
    this.#hover = new Hover({
      hits,
      meter,
      stillAlive,
      host: () => this.#overlay.host.element,
      entered: (record) => this.#glance(record),
      left: () => {
        if (!this.#overlay.badgePinned) this.#overlay.closeBadge();
      },
    });
    this.#follow = new Follow(registry, this.#background, meter);
    const picking = {
      hits,
      overlay: this.#overlay,
      stillAlive,
      picked: (record: ImageRecord) => this.#examine(record, { focus: true }),
    };
    this.#menu = new MenuMemory(picking);
    this.#picker = new Picker(picking);
  }

  /** True while this instance serves its document. */
  get alive(): boolean {
    return !this.#retired && extensionAlive();
  }

  start(): void {
    const open = door('content', backgroundToContent, this.#handlers());
    // Retired, this frame is somebody else's: a script injected later answers.
    listen((message, from) => (this.#retired || !isBackground(from) ? undefined : open(message, from)));
    const options = { signal: this.#listening.signal, capture: true };
    addEventListener('keydown', this.#keyPressed, options);
    addEventListener('pageshow', this.#shownAgain, options);
    void this.#hello();
  }

  /** Removes every trace and stops. */
  retire(): void {
    if (this.#retired) return;
    this.#retired = true;
    this.#listening.abort();
    if (this.#telling !== null) clearTimeout(this.#telling);
    this.#hover.stop();
    this.#follow.stop();
    this.#menu.stop();
    this.#collector.stop();
    this.#overlay.stop();
  }

  async #hello(): Promise<void> {
    const reply = await this.#background('frame.hello', {}).catch(() => null);
    if (reply && !this.#retired) this.#setHover(reply.hover);
  }

  #setHover(on: boolean): void {
    if (on) this.#hover.start();
    else this.#hover.stop();
    if (!on && !this.#overlay.badgePinned) this.#overlay.closeBadge();
  }

  #checkAlive(): boolean {
    if (!this.alive) this.retire();
    return !this.#retired;
  }

  #handlers(): ContentHandlers {
    return {
      'frame.settings': ({ hover, granted }) => {
        this.#setHover(hover);
        if (granted) void this.#screening.retryWithheld();
        return {};
      },
      'frame.retire': () => {
        this.retire();
        return {};
      },
      'frame.rows': async () => ({ rows: await this.#rows() }),
      'scan.collect': async () => ({ images: await this.#collect() }),
      'scan.end': ({ finished }) => {
        this.#follow.stop();
        if (finished) void this.#screening.recover();
        return {};
      },
      'image.states': ({ states }) => {
        this.#screening.receive(states);
        return {};
      },
      'image.read': ({ id, generation }) => this.#read(id, generation),
      'image.analyze': ({ id }) => this.#withRecord(id, (record) => this.#examine(record, { focus: false })),
      'image.reveal': ({ id }) => this.#withRecord(id, (record) => this.#reveal(record)),
      'image.heatmap': async ({ id, shown }) => {
        const record = this.registry.byId(id);
        return { outcome: record ? await this.#toggleHeatmap(record, shown) : 'gone' };
      },
      'menu.analyze': async ({ srcUrl }) => ({ found: await this.#analyzeFromMenu(srcUrl) }),
    };
  }

  #withRecord(id: number, use: (record: ImageRecord) => void): Record<string, never> {
    const record = this.registry.byId(id);
    if (record) use(record);
    return {};
  }

  async #rows(): Promise<FrameRow[]> {
    this.#watchedUntilMs = performance.now() + WATCHED_MS;
    await this.#collector.settle(ROWS_WAIT_MS);
    const records = await listed(this.registry, this.meter);
    return mapInSlices(records, this.meter, (record) => ({
      image: imageRef(record),
      state: record.state,
      heatmapShown: this.#overlay.heatmapShown(record),
    }));
  }

  async #collect() {
    this.#collector.rewalk();
    await this.#collector.settle(COLLECT_WAIT_MS);
    const records = await listed(this.registry, this.meter);
    this.#follow.start(records);
    this.#screening.expect(records);
    return mapInSlices(records, this.meter, imageRef);
  }

  async #read(id: number, generation: number) {
    const record = this.registry.byId(id);
    if (!record || !this.registry.stillShows(record, generation)) return failure('gone' as const);
    const result = await readInPage(record);
    return this.registry.stillShows(record, generation) ? result : failure('gone' as const);
  }

  #reveal(record: ImageRecord): void {
    const calm = documentHidden() || matchMedia('(prefers-reduced-motion: reduce)').matches;
    record.element.scrollIntoView({
      block: 'center',
      inline: 'nearest',
      behavior: calm ? 'instant' : 'smooth',
    });
    this.#overlay.ring(record);
  }

  /** The pointer rests on a picture. A pinned badge stays where it is. */
  #glance(record: ImageRecord): void {
    this.#collector.retestHosts();
    if (this.#overlay.badgePinned || this.#picker.active) return;
    this.#overlay.showBadge(record, { pinned: false, focus: false });
    void this.#screening.glance(record);
  }

  #examine(record: ImageRecord, { focus }: { focus: boolean }): void {
    this.#overlay.showBadge(record, { pinned: true, focus });
    void this.#screening.examine(record);
  }

  #toggleHeatmap(record: ImageRecord, shown: boolean): Promise<HeatmapOutcome> {
    return toggleHeatmap(record, shown, {
      overlay: this.#overlay,
      background: this.#background,
      lost: (gone) => this.#screening.lost(gone),
    });
  }

  #badgeClosed(record: ImageRecord, replaced: boolean): void {
    if (replaced) this.#hover.forget();
    void this.#screening.release(record);
  }

  /**
   * The menu's picture: what it was opened on here, as long as that agrees with the browser's own idea of it;
   * else the picture with that address; else the person picks one.
   */
  async #analyzeFromMenu(srcUrl: string | null): Promise<boolean> {
    const remembered = this.#menu.take();
    let record =
      remembered && this.registry.stillShows(remembered, remembered.generation) ? remembered : null;
    if (srcUrl !== null && record?.url !== srcUrl) {
      await this.#collector.settle(ROWS_WAIT_MS);
      record = recordByUrl(this.registry.records(), srcUrl) ?? record;
    }
    if (record) this.#examine(record, { focus: true });
    else this.#picker.start();
    return record !== null;
  }

  readonly #keyPressed = (event: KeyboardEvent): void => {
    if (!event.isTrusted || event.key !== 'Escape') return;
    if (this.#picker.active) this.#picker.cancel();
    else if (this.#overlay.dismissible) this.#overlay.dismiss();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  /** Back from the back/forward cache: the background has forgotten this document. */
  readonly #shownAgain = (event: PageTransitionEvent): void => {
    if (event.isTrusted && event.persisted && this.#checkAlive()) void this.#hello();
  };

  #settled(): void {
    this.#follow.note();
    if (performance.now() < this.#watchedUntilMs) this.#tell(TELL_EVERY_MS);
  }

  /** Tells the popup's list, through the background, that rows have changed. */
  #tell(afterMs: number): void {
    if (this.#telling !== null || this.#retired) return;
    this.#telling = setTimeout(() => {
      this.#telling = null;
      this.#background('frame.changed', {}).catch(() => {});
    }, afterMs);
  }
}

/** Only the background sends to content scripts: an extension context without a tab of its own. */
const isBackground = (from: Runtime.MessageSender): boolean =>
  from.id === browser.runtime.id && from.tab === undefined;
