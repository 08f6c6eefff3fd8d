/**
 * Everything Telltale draws on the page: one badge, any number of heatmaps, a ring, the pick hint. Follows the
 * pictures once a frame while something is shown; idle otherwise, and without a trace in the document.
 */
import type { ImageState, PatchMap } from '../../core/verdict.ts';
import type { ImageRecord, Registry } from '../collect/registry.ts';
import { activeElement } from '../dom.ts';
import type { Size } from '../geometry/box.ts';
import { paintedNow } from '../geometry/painted.ts';
import type { Meter } from '../meter.ts';
import { Badge } from './badge.ts';
import { Heatmap } from './heatmap.ts';
import { OverlayHost } from './host.ts';
import { isRightToLeft } from './language.ts';
import type { LoadLimits } from './limits.ts';
import { make, moveTo, resize } from './make.ts';

const RING_MS = 1600;

export interface OverlayHooks {
  registry: Registry;
  meter: Meter;
  /** The badge was clicked: look at all of the picture, now. */
  pinned(record: ImageRecord): void;
  /** The badge's heatmap button was pressed. */
  heatmapWanted(record: ImageRecord, shown: boolean): void;
  loadLimits: LoadLimits;
  /** The badge has gone; `replaced` when its element shows another picture now. */
  badgeClosed(record: ImageRecord, replaced: boolean): void;
  /** The set of shown heatmaps has changed. */
  heatmapsChanged(): void;
  /** The frame ends here: the extension was removed or reloaded. */
  stillAlive(): boolean;
}

interface ShownBadge {
  record: ImageRecord;
  generation: number;
  badge: Badge;
  pinned: boolean;
  trouble: string | null;
  /** What had the focus before the badge took it. */
  focusBefore: Element | null;
}

interface ShownHeatmap {
  generation: number;
  heatmap: Heatmap;
  /** The score that it was computed with. */
  look: string;
}

/** Names a look at a picture: another model's, or a fuller one, has another map. */
const lookOf = ({ state }: ImageRecord): string =>
  state?.state === 'scored' ? `${state.sha256} ${state.model} ${state.coverage}` : '';

const fileSize = (state: ImageState | null): Size =>
  state && 'facts' in state
    ? { width: state.facts.widthPx, height: state.facts.heightPx }
    : { width: 0, height: 0 };

export class Overlay {
  readonly host = new OverlayHost();
  readonly #hooks: OverlayHooks;
  readonly #rtl = isRightToLeft();
  readonly #heatmaps = new Map<ImageRecord, ShownHeatmap>();
  #badge: ShownBadge | null = null;
  #ring: { element: HTMLElement; record: ImageRecord; untilMs: number } | null = null;
  #hint: HTMLElement[] = [];
  #frame = 0;

  constructor(hooks: OverlayHooks) {
    this.#hooks = hooks;
  }

  /** The badge's picture, if one is shown. */
  get badgeRecord(): ImageRecord | null {
    return this.#badge?.record ?? null;
  }

  get badgePinned(): boolean {
    return this.#badge?.pinned ?? false;
  }

  /** Something that Escape should take away. */
  get dismissible(): boolean {
    return this.#heatmaps.size > 0 || this.#badge !== null;
  }

  heatmapShown(record: ImageRecord): boolean {
    return this.#heatmaps.get(record)?.generation === record.generation;
  }

  /** A heatmap is shown, of another look than the score. */
  heatmapOutdated(record: ImageRecord): boolean {
    const shown = this.#heatmaps.get(record);
    return shown !== undefined && this.heatmapShown(record) && shown.look !== lookOf(record);
  }

  /** Shows the badge at `record`, or pins the one that is there. `focus` moves the keyboard into it. */
  showBadge(record: ImageRecord, { pinned, focus }: { pinned: boolean; focus: boolean }): void {
    const layer = this.host.layer();
    if (!layer) return;
    if (this.#badge?.record !== record) {
      this.closeBadge();
      this.host.raise();
      const badge = new Badge(this.#badgeActions(record));
      layer.append(badge.element);
      const { generation } = record;
      this.#badge = { record, generation, badge, pinned, trouble: null, focusBefore: null };
    }
    this.#badge.pinned ||= pinned;
    this.#renderBadge();
    this.#follow();
    if (focus) {
      this.#badge.focusBefore ??= activeElement();
      this.#badge.badge.focus();
    }
  }

  closeBadge(): void {
    const shown = this.#badge;
    if (!shown) return;
    this.#badge = null;
    const hadFocus = this.host.element !== null && activeElement() === this.host.element;
    shown.badge.element.remove();
    if (hadFocus && shown.focusBefore instanceof HTMLElement) {
      shown.focusBefore.focus({ preventScroll: true });
    }
    this.#hooks.badgeClosed(shown.record, shown.record.generation !== shown.generation);
    this.#tidy();
  }

  /** Says in the badge why there is no answer; null takes it back. */
  setTrouble(record: ImageRecord, trouble: string | null): void {
    if (this.#badge?.record !== record || this.#badge.trouble === trouble) return;
    this.#badge.trouble = trouble;
    this.#renderBadge();
  }

  /** The record has another state. */
  refresh(record: ImageRecord): void {
    if (this.#badge?.record === record) this.#renderBadge();
  }

  showHeatmap(record: ImageRecord, map: PatchMap): void {
    const layer = this.host.layer();
    if (!layer || map.widthPx === 0 || map.heightPx === 0) return;
    this.hideHeatmap(record);
    this.host.raise();
    const heatmap = new Heatmap(map, () => this.hideHeatmap(record));
    layer.prepend(...heatmap.elements);
    this.#heatmaps.set(record, { generation: record.generation, heatmap, look: lookOf(record) });
    this.refresh(record);
    this.#hooks.heatmapsChanged();
    this.#follow();
  }

  hideHeatmap(record: ImageRecord): void {
    const shown = this.#heatmaps.get(record);
    if (!shown) return;
    this.#heatmaps.delete(record);
    shown.heatmap.remove();
    this.refresh(record);
    this.#hooks.heatmapsChanged();
    this.#tidy();
  }

  /** Takes badge and heatmaps away. */
  dismiss(): void {
    for (const record of [...this.#heatmaps.keys()]) this.hideHeatmap(record);
    this.closeBadge();
  }

  /** Draws a ring around the picture for a moment. */
  ring(record: ImageRecord): void {
    const layer = this.host.layer();
    if (!layer) return;
    this.#ring?.element.remove();
    const element = make('div', 'ring');
    layer.append(element);
    this.#ring = { element, record, untilMs: performance.now() + RING_MS };
    this.#follow();
  }

  /** Covers the frame for picking and shows `sentence`; the returned element receives the pointer. */
  showHint(sentence: string): HTMLElement | null {
    this.hideHint();
    const layer = this.host.layer();
    if (!layer) return null;
    this.host.raise();
    const veil = make('div', 'veil');
    this.#hint = [veil, make('div', 'panel hint', { role: 'status' }, [sentence])];
    layer.append(...this.#hint);
    return veil;
  }

  hideHint(): void {
    for (const element of this.#hint.splice(0)) element.remove();
    this.#tidy();
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#heatmaps.clear();
    this.#badge = null;
    this.#ring = null;
    this.#hint = [];
    this.host.remove();
  }

  #badgeActions(record: ImageRecord) {
    return {
      pin: () => {
        if (this.#badge?.pinned) this.closeBadge();
        else this.#hooks.pinned(record);
      },
      toggleHeatmap: () => this.#hooks.heatmapWanted(record, !this.heatmapShown(record)),
      close: () => this.closeBadge(),
      loadLimits: this.#hooks.loadLimits,
    };
  }

  #renderBadge(): void {
    if (!this.#badge) return;
    const { badge, record, pinned, trouble } = this.#badge;
    badge.show({ state: record.state, pinned, trouble, heatmapShown: this.heatmapShown(record) });
  }

  /** Nothing is shown: leave the document as it was. */
  #tidy(): void {
    if (!this.#badge && this.#heatmaps.size === 0 && !this.#ring && this.#hint.length === 0)
      this.host.remove();
  }

  #follow(): void {
    this.#hooks.meter.measured(() => this.#place());
    if (this.#frame === 0) this.#frame = requestAnimationFrame(this.#onFrame);
  }

  readonly #onFrame = (): void => {
    this.#frame = 0;
    if (!this.#badge && this.#heatmaps.size === 0 && !this.#ring) return;
    if (!this.#hooks.stillAlive()) return;
    // The page may have thrown the host out.
    if (this.host.layer()) this.#hooks.meter.measured(() => this.#place());
    this.#frame = requestAnimationFrame(this.#onFrame);
  };

  /** Drops what belongs to pictures that are no longer there, and moves the rest. */
  #place(): void {
    const viewport = { width: innerWidth, height: innerHeight };
    const rtl = this.#rtl;
    for (const [record, { generation, heatmap }] of [...this.#heatmaps]) {
      if (!this.#hooks.registry.stillShows(record, generation)) this.hideHeatmap(record);
      else heatmap.follow(paintedNow(record, heatmap.file), viewport, rtl);
    }
    this.#placeBadge(viewport, rtl);
    this.#placeRing();
  }

  #placeBadge(viewport: Size, rtl: boolean): void {
    const shown = this.#badge;
    if (!shown) return;
    const { record, generation, badge } = shown;
    if (!this.#hooks.registry.stillShows(record, generation)) {
      this.closeBadge();
      return;
    }
    const painted = paintedNow(record, fileSize(record.state));
    const seen = painted && painted.seen.width > 0 && painted.seen.height > 0 ? painted.seen : null;
    badge.follow(seen, viewport, rtl);
  }

  #placeRing(): void {
    if (!this.#ring) return;
    const { element, record, untilMs } = this.#ring;
    const leftMs = untilMs - performance.now();
    const painted = paintedNow(record, fileSize(record.state));
    if (leftMs <= 0 || !painted) {
      element.remove();
      this.#ring = null;
      this.#tidy();
      return;
    }
    element.classList.toggle('fading', leftMs < 400);
    moveTo(element, painted.element.x, painted.element.y);
    resize(element, painted.element.width, painted.element.height);
  }
}
