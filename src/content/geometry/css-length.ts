/** Computed CSS positions and lengths: pixels, percentages, and the `calc()` of both that browsers serialise. */
import { splitTopLevel } from '../collect/css-images.ts';

const TERM = /([+-]?)\s*([\d.]+(?:e[+-]?\d+)?)(px|%)/g;

/**
 * A computed `<length-percentage>` in pixels, percentages being of `basisPx`; null for keywords such as `auto`.
 * Of functions only sums inside `calc()` are understood, which is all that computed values contain.
 */
export function lengthPx(computed: string, basisPx: number): number | null {
  let sum: number | null = null;
  for (const [, sign, digits, unit] of computed.matchAll(TERM)) {
    const value = Number(digits) * (sign === '-' ? -1 : 1);
    sum = (sum ?? 0) + (unit === '%' ? (value / 100) * basisPx : value);
  }
  if (sum !== null) return sum;
  return /^-?0(\.0+)?$/.test(computed) ? 0 : null;
}

const KEYWORDS: Record<string, string> = {
  left: '0%',
  top: '0%',
  center: '50%',
  right: '100%',
  bottom: '100%',
};

/**
 * Horizontal and vertical part of a computed position (`50% 50%`, `calc(100% - 10px) 0px`, also the four-value
 * form `right 10px bottom 20px`), each to be resolved against the free space with `lengthPx`.
 */
export function positionParts(computed: string): { x: string; y: string } {
  const parts = splitTopLevel(computed, ' ');
  if (parts.length === 4) {
    return { x: edgeOffset(parts[0], parts[1]), y: edgeOffset(parts[2], parts[3]) };
  }
  const [x = '50%', y = '50%'] = parts;
  return { x: KEYWORDS[x] ?? x, y: KEYWORDS[y] ?? y };
}

function edgeOffset(edge = '', offset = ''): string {
  return edge === 'right' || edge === 'bottom' ? `calc(100% + ${negated(offset)})` : offset;
}

const negated = (length: string): string => (length.startsWith('-') ? length.slice(1) : `-${length}`);
