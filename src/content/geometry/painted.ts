/** Reads from the live page where a record's picture is painted and how much of it can be seen. */
import type { ImageRecord } from '../collect/registry.ts';
import { naturalSize } from '../collect/sources.ts';
import { attributeOf, flatParentOf, isConnected, isVisible, localNameOf, rectOf } from '../dom.ts';
import { layerValue, tileBox } from './background.ts';
import { type Box, intersection, isEmpty, type Size } from './box.ts';
import { objectBox, svgImageBox } from './fit.ts';

export interface Painted {
  /** The whole picture, in viewport pixels; parts may be clipped away. */
  picture: Box;
  /** The part of `picture` that is not clipped by its element, by scrolling ancestors or by the viewport. */
  seen: Box;
  /** The element's border box. */
  element: Box;
}

interface Edges {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

const px = (computed: string): number => Number.parseFloat(computed) || 0;

const borders = (style: CSSStyleDeclaration): Edges => ({
  top: px(style.borderTopWidth),
  right: px(style.borderRightWidth),
  bottom: px(style.borderBottomWidth),
  left: px(style.borderLeftWidth),
});

const paddings = (style: CSSStyleDeclaration): Edges => ({
  top: px(style.paddingTop),
  right: px(style.paddingRight),
  bottom: px(style.paddingBottom),
  left: px(style.paddingLeft),
});

const inset = (box: Box, edges: Edges): Box => ({
  x: box.x + edges.left,
  y: box.y + edges.top,
  width: Math.max(0, box.width - edges.left - edges.right),
  height: Math.max(0, box.height - edges.top - edges.bottom),
});

const viewport = (): Box => ({ x: 0, y: 0, width: innerWidth, height: innerHeight });

const boxOf = (element: Element): Box => {
  const { x, y, width, height } = rectOf(element);
  return { x, y, width, height };
};

/**
 * Layout size of the border box before transforms, from which the scale between layout and viewport pixels
 * follows. `offsetWidth` is rounded to whole pixels, so it decides only whether there is a scale at all.
 */
function layoutSize(element: Element, { width, height }: Box): Size {
  if (!(element instanceof HTMLElement)) return { width, height };
  const { offsetWidth, offsetHeight } = element;
  const unscaled = Math.abs(offsetWidth - width) < 1 && Math.abs(offsetHeight - height) < 1;
  return unscaled || offsetWidth === 0 || offsetHeight === 0
    ? { width, height }
    : { width: offsetWidth, height: offsetHeight };
}

/** `inner`, given in layout pixels from the border box's corner, in viewport pixels. */
function placed(inner: Box, box: Box, layout: Size): Box {
  const scaleX = box.width / layout.width;
  const scaleY = box.height / layout.height;
  return {
    x: box.x + inner.x * scaleX,
    y: box.y + inner.y * scaleY,
    width: inner.width * scaleX,
    height: inner.height * scaleY,
  };
}

interface Painting {
  picture: Box;
  /** What of `picture` the element itself lets through. */
  clip: Box;
}

function paintedReplaced(record: ImageRecord, outer: Box, style: CSSStyleDeclaration, file: Size): Painting {
  const known = naturalSize(record.element, record.kind);
  const natural = known.widthPx > 0 ? { width: known.widthPx, height: known.heightPx } : file;
  const content = inset(inset(outer, borders(style)), paddings(style));
  const look = { fit: style.objectFit, position: style.objectPosition };
  return { picture: objectBox(content, natural, look), clip: content };
}

const areaOf = (keyword: string, outer: Box, style: CSSStyleDeclaration): Box => {
  if (keyword === 'border-box') return outer;
  const padding = inset(outer, borders(style));
  return keyword === 'content-box' ? inset(padding, paddings(style)) : padding;
};

function paintedBackground(
  record: ImageRecord,
  outer: Box,
  style: CSSStyleDeclaration,
  file: Size,
): Painting {
  const { layer, density } = record;
  const natural = { width: file.width / density, height: file.height / density };
  const area = areaOf(layerValue(style.backgroundOrigin, layer), outer, style);
  const tile = tileBox(area, natural, {
    size: layerValue(style.backgroundSize, layer),
    positionX: layerValue(style.backgroundPositionX, layer),
    positionY: layerValue(style.backgroundPositionY, layer),
    repeat: layerValue(style.backgroundRepeat, layer),
  });
  const clip = layerValue(style.backgroundClip, layer);
  return { picture: tile, clip: areaOf(clip === 'text' ? 'border-box' : clip, outer, style) };
}

/** A background fixed to the viewport is laid out in it, whatever the element's place. */
const isFixedBackground = (record: ImageRecord, style: CSSStyleDeclaration): boolean =>
  record.kind === 'background' && layerValue(style.backgroundAttachment, record.layer) === 'fixed';

function painting(record: ImageRecord, box: Box, style: CSSStyleDeclaration, file: Size): Painting {
  if (record.kind === 'svg-image') {
    const preserve = attributeOf(record.element, 'preserveAspectRatio');
    return { picture: svgImageBox(box, file, preserve), clip: box };
  }
  if (isFixedBackground(record, style)) {
    const picture = paintedBackground(record, viewport(), style, file).picture;
    return { picture, clip: box };
  }
  const layout = layoutSize(record.element, box);
  const outer = { x: 0, y: 0, ...layout };
  const paint = record.kind === 'background' ? paintedBackground : paintedReplaced;
  const { picture, clip } = paint(record, outer, style, file);
  return { picture: placed(picture, box, layout), clip: placed(clip, box, layout) };
}

/** The element's padding box in viewport pixels; `zoom` and transforms widen its borders with it. */
function paddingBox(element: Element, style: CSSStyleDeclaration): Box {
  const box = boxOf(element);
  if (isEmpty(box)) return box;
  const layout = layoutSize(element, box);
  return placed(inset({ x: 0, y: 0, ...layout }, borders(style)), box, layout);
}

/** What the ancestors' overflow lets through. Positioned elements escape ancestors that do not contain them. */
function ancestorClip(element: Element, start: CSSStyleDeclaration): Box {
  let clip = viewport();
  let { position } = start;
  for (let above = flatParentOf(element); above && position !== 'fixed'; above = flatParentOf(above)) {
    const style = getComputedStyle(above);
    const contains = position !== 'absolute' || style.position !== 'static' || style.transform !== 'none';
    if (!contains) continue;
    const isRoot = !(flatParentOf(above) instanceof Element) || localNameOf(above) === 'body';
    if (!isRoot && (style.overflowX !== 'visible' || style.overflowY !== 'visible')) {
      clip = intersection(clip, paddingBox(above, style));
    }
    position = style.position;
  }
  return clip;
}

/**
 * Where the record's picture is painted now, or null when nothing of it is: gone, hidden, or no box.
 * `file` is the picture's own size in pixels (after EXIF orientation), for elements that do not tell theirs.
 * Rotated and skewed elements get their bounding rectangle.
 */
export function paintedNow(record: ImageRecord, file: Size): Painted | null {
  const { element } = record;
  if (!isConnected(element) || !isVisible(element)) return null;
  const box = boxOf(element);
  if (isEmpty(box)) return null;
  if (record.kind === 'poster' && isPlaying(element)) return null;
  const style = getComputedStyle(element);
  const { picture, clip } = painting(record, box, style, file);
  const seen = intersection(intersection(picture, clip), ancestorClip(element, style));
  return { picture, seen, element: box };
}

/** A video that has been started shows frames, not its poster. */
function isPlaying(element: Element): boolean {
  return element instanceof HTMLVideoElement && (element.currentTime > 0 || !element.paused);
}
