/** Where a CSS background layer paints its first tile: `background-size`, `-position`, `-repeat`. */
import { splitTopLevel } from '../collect/css-images.ts';
import type { Box, Size } from './box.ts';
import { lengthPx } from './css-length.ts';
import { scaledTo } from './fit.ts';

export interface BackgroundStyle {
  size: string;
  positionX: string;
  positionY: string;
  repeat: string;
}

/** The value of `layer` in a comma-separated computed list; shorter lists repeat. */
export function layerValue(computed: string, layer: number): string {
  const values = splitTopLevel(computed, ',');
  return values[layer % Math.max(1, values.length)] ?? '';
}

function tileSize(size: string, natural: Size, area: Size): Size {
  const scaleOf = { contain: Math.min, cover: Math.max }[size];
  if (scaleOf) return scaledTo(natural, scaleOf(area.width / natural.width, area.height / natural.height));
  const [first = 'auto', second = 'auto'] = splitTopLevel(size, ' ');
  const width = lengthPx(first, area.width);
  const height = lengthPx(second, area.height);
  if (width !== null && height !== null) return { width, height };
  if (width !== null) return { width, height: (natural.height * width) / natural.width };
  if (height !== null) return { width: (natural.width * height) / natural.height, height };
  return natural;
}

/** `round` stretches tiles until a whole number fits. */
const rounded = (tilePx: number, areaPx: number): number =>
  tilePx > 0 ? areaPx / Math.max(1, Math.round(areaPx / tilePx)) : tilePx;

/** `computed` is px, %, or calc; Firefox also serialises `right 10px`. */
function offsetPx(computed: string, freePx: number): number {
  const [edge = '', offset = ''] = splitTopLevel(computed, ' ');
  if (edge === 'right' || edge === 'bottom') return freePx - (lengthPx(offset, freePx) ?? 0);
  return lengthPx(computed, freePx) ?? 0;
}

/**
 * The first tile's rectangle, unclipped. `area` is the background positioning area, `natural` the picture's
 * size in CSS pixels. The tile at the computed position, also where the layer repeats; with `space` and
 * more than one tile the first stands at the area's edge.
 */
export function tileBox(area: Box, natural: Size, style: BackgroundStyle): Box {
  if (natural.width <= 0 || natural.height <= 0) return area;
  const size = tileSize(style.size, natural, area);
  const [repeatX = 'repeat', repeatY = repeatX] = style.repeat.split(' ');
  if (repeatX === 'round') size.width = rounded(size.width, area.width);
  if (repeatY === 'round') size.height = rounded(size.height, area.height);
  const spacedX = repeatX === 'space' && size.width * 2 <= area.width;
  const spacedY = repeatY === 'space' && size.height * 2 <= area.height;
  return {
    x: area.x + (spacedX ? 0 : offsetPx(style.positionX, area.width - size.width)),
    y: area.y + (spacedY ? 0 : offsetPx(style.positionY, area.height - size.height)),
    ...size,
  };
}
