/** Which records are pictures that a person sees, and how they are described to the background. */
import { LIMITS } from '../../core/limits.ts';
import type { ImageRef } from '../../protocol/schemas.ts';
import { attributeOf, contains, isRendered, isVisible, parentOf, rectOf } from '../dom.ts';
import type { Meter } from '../meter.ts';
import type { ImageRecord, Registry } from './registry.ts';
import { mapInSlices } from './slices.ts';
import { naturalSize } from './sources.ts';

/** Smaller than this on either side, a picture is an icon, a rule or a tracker. The context menu takes any size. */
export const SMALLEST_LISTED_PX = 24;

/** Share of the smaller box that two boxes must share to be the same picture painted twice. */
const TWIN_OVERLAP = 0.8;
/** How far up the tree the two elements of a twin may meet. */
const TWIN_DEPTH = 4;

/** Reads the element's box; forces layout when the page has changed it, so callers batch. */
export function measure(record: ImageRecord): void {
  const box = rectOf(record.element);
  record.rendered = { widthPx: box.width, heightPx: box.height };
  record.inViewport =
    box.width > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
}

function isDeclaredTiny(element: Element): boolean {
  return ['width', 'height'].some((name) => {
    const value = attributeOf(element, name);
    return value !== null && Number.parseFloat(value) < SMALLEST_LISTED_PX && !value.includes('%');
  });
}

/** Whether a measured record is big enough to be listed. */
export function isListed(record: ImageRecord): boolean {
  const { rendered, element, kind } = record;
  if (!rendered) return false;
  const smallest = Math.min(rendered.widthPx, rendered.heightPx);
  const natural = naturalSize(element, kind);
  if (kind === 'img' && natural.widthPx === 0) {
    // Lazy, still loading, or broken: its box says nothing about the picture, unless the page hides it.
    return smallest >= SMALLEST_LISTED_PX || (isRendered(element) && !isDeclaredTiny(element));
  }
  if (kind === 'img' && Math.min(natural.widthPx, natural.heightPx) <= 2) return false;
  if (kind === 'canvas' && (natural.widthPx === 0 || natural.heightPx === 0)) return false;
  return smallest >= SMALLEST_LISTED_PX;
}

function meetNearby(a: Element, b: Element): boolean {
  let above: Node | null = a;
  for (let level = 0; above && level < TWIN_DEPTH; level += 1) {
    if (contains(above, b)) return true;
    above = parentOf(above);
  }
  return false;
}

function overlap(a: DOMRect, b: DOMRect): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  const smaller = Math.min(a.width * a.height, b.width * b.height);
  return width > 0 && height > 0 && smaller > 0 ? (width * height) / smaller : 0;
}

/** Two records that show one picture: same address, close in the tree, one box behind the other. */
export function areTwins(a: ImageRecord, b: ImageRecord): boolean {
  if (a.url !== b.url || a.element === b.element) return false;
  if ((a.kind === 'background') === (b.kind === 'background')) return false;
  return meetNearby(a.element, b.element) && overlap(rectOf(a.element), rectOf(b.element)) >= TWIN_OVERLAP;
}

/** Of a twin, the one that paints: the element's own picture unless it is transparent. */
function paintedTwin(a: ImageRecord, b: ImageRecord): ImageRecord {
  const own = a.kind === 'background' ? b : a;
  const background = own === a ? b : a;
  return isVisible(own.element) ? own : background;
}

/** More elements than this with one address are a pattern, not a twin; testing all pairs would stall the page. */
const MOST_OF_ONE_ADDRESS = 50;

/** Those of `records` whose picture another record paints. */
function hiddenTwins(records: readonly ImageRecord[]): Set<ImageRecord> {
  const byUrl = new Map<string, ImageRecord[]>();
  for (const record of records) {
    const group = byUrl.get(record.url);
    if (group) group.push(record);
    else byUrl.set(record.url, [record]);
  }
  const hidden = new Set<ImageRecord>();
  for (const group of byUrl.values()) {
    const backgrounds = group.filter((record) => record.kind === 'background');
    if (backgrounds.length === 0 || group.length > MOST_OF_ONE_ADDRESS) continue;
    for (const own of group) {
      if (own.kind === 'background') continue;
      const twin = backgrounds.find((background) => areTwins(own, background));
      if (twin) hidden.add(paintedTwin(own, twin) === own ? twin : own);
    }
  }
  return hidden;
}

/**
 * The pictures of `registry` that a person sees, each once: measured, big enough, and of twins only the one
 * that paints. Records that were never measured are left out. Works in slices.
 */
export async function listed(registry: Registry, meter: Meter): Promise<ImageRecord[]> {
  const records = [...registry.records()];
  const big = await mapInSlices(records, meter, isListed);
  const candidates = records.filter((_, at) => big[at]);
  const hidden = meter.measured(() => hiddenTwins(candidates));
  return candidates.filter((record) => !hidden.has(record));
}

function fileName(url: string): string {
  if (!/^https?:/.test(url)) return '';
  const last = url.split(/[?#]/, 1)[0]?.split('/').pop() ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

function labelOf(record: ImageRecord): string {
  const { element, url } = record;
  const text = ['alt', 'aria-label', 'title'].map((name) => attributeOf(element, name)?.trim()).find(Boolean);
  return (text ?? fileName(url)).slice(0, LIMITS.labelChars);
}

function sameOrigin(url: string): boolean {
  try {
    return new URL(url).origin === self.origin;
  } catch {
    return false;
  }
}

/** The record as messages carry it. */
export function imageRef(record: ImageRecord): ImageRef {
  const inPageOnly = record.kind === 'canvas' || /^(?:data|blob):/i.test(record.url);
  const natural = naturalSize(record.element, record.kind);
  return {
    id: record.id,
    generation: record.generation,
    kind: record.kind,
    url: inPageOnly || record.url.length > LIMITS.urlChars ? null : record.url,
    pageReadable: inPageOnly || sameOrigin(record.url),
    label: labelOf(record),
    ...natural,
    inViewport: record.inViewport,
  };
}
