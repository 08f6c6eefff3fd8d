/** The heatmap of one picture, exactly over its painted pixels, with legend and opacity. */
import { legendStops, mapBounds, paintMap } from '../../core/heatmap/scale.ts';
import type { PatchMap } from '../../core/verdict.ts';
import { numbers, text } from '../../ui/i18n.ts';
import type { Size } from '../geometry/box.ts';
import type { Painted } from '../geometry/painted.ts';
import { iconButton, make, moveTo, onTrusted, resize } from './make.ts';
import { legendCorner } from './place.ts';

const OPACITY_AT_FIRST = 0.6;

function paint(map: PatchMap): HTMLCanvasElement {
  const { width, height, rgba } = paintMap(map);
  const canvas = make('canvas', '', { width: String(width), height: String(height), 'aria-hidden': 'true' });
  canvas.getContext('2d')?.putImageData(new ImageData(rgba, width, height), 0, 0);
  return canvas;
}

/** A CSS gradient of the scale; its hidden low end shows as the panel's own paper. */
function ramp(): string {
  const stops = legendStops().map(({ probability, color: [red, green, blue, alpha] }) => {
    const share = `${Math.round(probability * 100)}%`;
    return `rgb(${red} ${green} ${blue} / ${alpha / 255}) ${share}`;
  });
  return `linear-gradient(to right, ${stops.join(', ')})`;
}

export class Heatmap {
  readonly file: Size;
  readonly #map: PatchMap;
  readonly #canvas: HTMLCanvasElement;
  readonly #frame: HTMLElement;
  readonly #legend: HTMLElement;

  /** `close` is called when the person closes it from its legend. */
  constructor(map: PatchMap, close: () => void) {
    this.#map = map;
    this.file = { width: map.widthPx, height: map.heightPx };
    this.#canvas = paint(map);
    this.#frame = make('div', 'map', { role: 'img', 'aria-label': text('overlay_heatmap_name') }, [
      this.#canvas,
    ]);
    this.#legend = this.#makeLegend(close);
    this.#setOpacity(OPACITY_AT_FIRST);
  }

  get elements(): HTMLElement[] {
    return [this.#frame, this.#legend];
  }

  /** Lays the map over the picture; null hides it (scrolled out of sight, covered by its scroller, gone). */
  follow(painted: Painted | null, viewport: Size, rtl: boolean): void {
    const visible = painted !== null && painted.seen.width > 0 && painted.seen.height > 0;
    this.#frame.hidden = !visible;
    this.#legend.hidden = !visible;
    if (!visible) return;
    const { picture, seen } = painted;
    const bounds = mapBounds(this.#map);
    const scaleX = picture.width / this.file.width;
    const scaleY = picture.height / this.file.height;
    moveTo(this.#frame, seen.x, seen.y);
    resize(this.#frame, seen.width, seen.height);
    moveTo(
      this.#canvas,
      picture.x - seen.x + bounds.leftPx * scaleX,
      picture.y - seen.y + bounds.topPx * scaleY,
    );
    resize(this.#canvas, bounds.widthPx * scaleX, bounds.heightPx * scaleY);
    const { width, height } = this.#legend.getBoundingClientRect();
    const corner = legendCorner({ seen, viewport, panel: { width, height }, rtl });
    moveTo(this.#legend, corner.x, corner.y);
  }

  remove(): void {
    for (const element of this.elements) element.remove();
  }

  #setOpacity(share: number): void {
    this.#canvas.style.setProperty('opacity', String(share));
  }

  #makeLegend(close: () => void): HTMLElement {
    const bar = make('span', 'ramp', { 'aria-hidden': 'true' });
    bar.style.setProperty('background', ramp());
    const title = make('span', 'title', {}, [text('overlay_legend_title')]);
    const scale = make(
      'span',
      'scale',
      { role: 'img', 'aria-label': text('overlay_legend_name'), dir: 'ltr' },
      [title, numbers().share(0), bar, numbers().share(1)],
    );
    const slider = make('input', '', {
      type: 'range',
      min: '0',
      max: '100',
      value: String(OPACITY_AT_FIRST * 100),
    });
    onTrusted(slider, 'input', () => this.#setOpacity(slider.valueAsNumber / 100));
    const opacity = make('label', 'opacity', {}, [text('overlay_opacity'), slider]);
    return make('section', 'panel legend', { role: 'group', 'aria-label': text('overlay_legend') }, [
      scale,
      opacity,
      iconButton('close', text('overlay_heatmap_close'), close),
    ]);
  }
}
