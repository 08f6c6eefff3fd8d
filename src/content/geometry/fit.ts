/** Where a replaced element paints its picture: `object-fit`, `object-position`, `preserveAspectRatio`. */
import type { Box, Size } from './box.ts';
import { lengthPx, positionParts } from './css-length.ts';

export const scaledTo = (natural: Size, scale: number): Size => ({
  width: natural.width * scale,
  height: natural.height * scale,
});

const containScale = (natural: Size, room: Size): number =>
  Math.min(room.width / natural.width, room.height / natural.height);

const coverScale = (natural: Size, room: Size): number =>
  Math.max(room.width / natural.width, room.height / natural.height);

function fittedSize(fit: string, natural: Size, room: Size): Size {
  switch (fit) {
    case 'contain':
      return scaledTo(natural, containScale(natural, room));
    case 'cover':
      return scaledTo(natural, coverScale(natural, room));
    case 'none':
      return natural;
    case 'scale-down':
      return scaledTo(natural, Math.min(1, containScale(natural, room)));
    default:
      return { width: room.width, height: room.height };
  }
}

/**
 * The whole picture's rectangle (parts may lie outside `content`, where they are clipped), in `content`'s
 * untransformed CSS pixels. `fit` and `position` are the computed `object-fit` and `object-position`.
 */
export function objectBox(
  content: Box,
  natural: Size,
  { fit, position }: { fit: string; position: string },
): Box {
  if (natural.width <= 0 || natural.height <= 0) return content;
  const size = fittedSize(fit, natural, content);
  const { x, y } = positionParts(position);
  return {
    x: content.x + (lengthPx(x, content.width - size.width) ?? 0),
    y: content.y + (lengthPx(y, content.height - size.height) ?? 0),
    ...size,
  };
}

const ALIGNMENT = /^x(Min|Mid|Max)Y(Min|Mid|Max)$/;
const SHARE_BEFORE: Record<string, number> = { Min: 0, Mid: 0.5, Max: 1 };

/** The same for an SVG `<image>`, whose viewport is `content`; `preserve` is its attribute, absent when null. */
export function svgImageBox(content: Box, natural: Size, preserve: string | null): Box {
  const [alignment = 'xMidYMid', fit = 'meet'] = (preserve ?? '').trim().split(/\s+/).filter(Boolean);
  const match = ALIGNMENT.exec(alignment);
  if (alignment === 'none' || natural.width <= 0 || natural.height <= 0) return content;
  const [alongX = 'Mid', alongY = 'Mid'] = match ? match.slice(1) : [];
  const scale = fit === 'slice' ? coverScale(natural, content) : containScale(natural, content);
  const size = scaledTo(natural, scale);
  return {
    x: content.x + (content.width - size.width) * (SHARE_BEFORE[alongX] ?? 0.5),
    y: content.y + (content.height - size.height) * (SHARE_BEFORE[alongY] ?? 0.5),
    ...size,
  };
}
