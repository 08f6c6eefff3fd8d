/** Where the overlay's panels stand beside or inside a picture. All boxes are viewport CSS pixels. */
import type { Box, Size } from '../geometry/box.ts';

/** Distance from the picture's edge, and from the viewport's. */
const MARGIN_PX = 8;

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(value, high));

/** A panel's top left corner so that it lies in the viewport; one too big for it keeps its top left visible. */
function inViewport(x: number, y: number, panel: Size, viewport: Size): { x: number; y: number } {
  return {
    x: clamp(x, MARGIN_PX, Math.max(MARGIN_PX, viewport.width - panel.width - MARGIN_PX)),
    y: clamp(y, MARGIN_PX, Math.max(MARGIN_PX, viewport.height - panel.height - MARGIN_PX)),
  };
}

export interface Placement {
  /** The part of the picture that can be seen. */
  seen: Box;
  viewport: Size;
  panel: Size;
  rtl: boolean;
}

/**
 * Corner of a closed badge: inside the picture's top start corner when it fits there, else above, below, or
 * beside it, whichever has room; always within the viewport.
 */
export function badgeCorner({ seen, viewport, panel, rtl }: Placement): { x: number; y: number } {
  const fits = seen.width >= panel.width + 2 * MARGIN_PX && seen.height >= panel.height + 2 * MARGIN_PX;
  const startX = (inset: number): number =>
    rtl ? seen.x + seen.width - inset - panel.width : seen.x + inset;
  if (fits) return inViewport(startX(MARGIN_PX), seen.y + MARGIN_PX, panel, viewport);
  const above = seen.y - MARGIN_PX - panel.height;
  const below = seen.y + seen.height + MARGIN_PX;
  if (above >= MARGIN_PX) return inViewport(startX(0), above, panel, viewport);
  if (below + panel.height + MARGIN_PX <= viewport.height) {
    return inViewport(startX(0), below, panel, viewport);
  }
  const right = seen.x + seen.width + MARGIN_PX;
  const left = seen.x - MARGIN_PX - panel.width;
  const roomRight = right + panel.width + MARGIN_PX <= viewport.width;
  return inViewport(roomRight ? right : left, seen.y, panel, viewport);
}

/** Width of an open badge where there is room for it. */
const OPEN_WIDTH_PX = 320;

/**
 * How a badge opens without moving what the pointer is about to click: its row stays at `corner`, the details
 * take the room that is left towards the end side, and stand above the row where there is none below.
 */
export function opening(
  corner: { x: number; y: number },
  { row, details, viewport, rtl }: { row: Size; details: Size; viewport: Size; rtl: boolean },
): { maxWidthPx: number; upward: boolean } {
  const roomX = rtl ? corner.x + row.width - MARGIN_PX : viewport.width - corner.x - MARGIN_PX;
  const bottom = corner.y + row.height + details.height;
  return {
    maxWidthPx: Math.max(row.width, Math.min(OPEN_WIDTH_PX, roomX)),
    upward: bottom > viewport.height - MARGIN_PX && corner.y - details.height >= MARGIN_PX,
  };
}

/** The legend's corner: the picture's bottom start corner when it fits inside, else below it, else above. */
export function legendCorner({ seen, viewport, panel, rtl }: Placement): {
  x: number;
  y: number;
} {
  const inside = seen.width >= panel.width + 2 * MARGIN_PX && seen.height >= 3 * panel.height;
  const inset = inside ? MARGIN_PX : 0;
  const x = rtl ? seen.x + seen.width - panel.width - inset : seen.x + inset;
  const bottom = seen.y + seen.height;
  if (inside) return inViewport(x, bottom - panel.height - MARGIN_PX, panel, viewport);
  const below = bottom + MARGIN_PX;
  const fitsBelow = below + panel.height + MARGIN_PX <= viewport.height;
  return inViewport(x, fitsBelow ? below : seen.y - panel.height - MARGIN_PX, panel, viewport);
}
