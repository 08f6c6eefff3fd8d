/** What one element shows: the address and kind of its own picture, and of its CSS background layers. */
import type { ImageKind } from '../../protocol/schemas.ts';
import { attributeOf, localNameOf } from '../dom.ts';
import { type CssImage, cssImages } from './css-images.ts';

/** Elements that can show a picture of their own; everything else can only have a background. */
export const IMAGE_TAGS: ReadonlySet<string> = new Set(['img', 'input', 'image', 'video', 'canvas']);

export interface Source {
  kind: ImageKind;
  /** Absolute address; for a canvas a name of its size, since setting that clears it. */
  url: string;
  /** CSS layer of a background, else 0. */
  layer: number;
  density: number;
}

const own = (kind: ImageKind, url: string): Source => ({ kind, url, layer: 0, density: 1 });

function resolved(element: Element, address: string | null): string {
  if (address === null || address.trim() === '') return '';
  try {
    return new URL(address, element.baseURI).href;
  } catch {
    return '';
  }
}

const HREF_NAMESPACE = 'http://www.w3.org/1999/xlink';

function svgAddress(element: SVGImageElement): string {
  const href = element.getAttribute('href') ?? element.getAttributeNS(HREF_NAMESPACE, 'href');
  return resolved(element, href);
}

/** The element's own picture, or null when it shows none (an `<img>` without source, a video without poster). */
export function ownSource(element: Element): Source | null {
  const source = sourceByTag(element);
  return source?.url ? source : null;
}

function sourceByTag(element: Element): Source | null {
  switch (localNameOf(element)) {
    case 'img': {
      const img = element as HTMLImageElement;
      // Empty until the browser has chosen from srcset: the next load event brings the choice.
      return own('img', img.currentSrc || resolved(img, attributeOf(img, 'src')));
    }
    case 'input':
      return (element as HTMLInputElement).type === 'image'
        ? own('input', resolved(element, attributeOf(element, 'src')))
        : null;
    case 'image':
      return element instanceof SVGElement ? own('svg-image', svgAddress(element as SVGImageElement)) : null;
    case 'video':
      return own('poster', resolved(element, attributeOf(element, 'poster')));
    case 'canvas': {
      const canvas = element as HTMLCanvasElement;
      return own('canvas', `canvas:${canvas.width}x${canvas.height}`);
    }
    default:
      return null;
  }
}

/** The background layers of an element with this computed `background-image`; equal addresses count once. */
export function backgroundSources(computed: string): Source[] {
  const seen = new Set<string>();
  return cssImages(computed, devicePixelRatio)
    .filter(({ url }: CssImage) => !seen.has(url) && seen.add(url))
    .map(({ url, layer, density }) => ({ kind: 'background', url, layer, density }));
}

/** Intrinsic size of the element's own picture in CSS pixels, or zeros where the page does not know it. */
export function naturalSize(element: Element, kind: ImageKind): { widthPx: number; heightPx: number } {
  if (kind === 'img') {
    const img = element as HTMLImageElement;
    return { widthPx: img.naturalWidth, heightPx: img.naturalHeight };
  }
  if (kind === 'canvas') {
    const canvas = element as HTMLCanvasElement;
    return { widthPx: canvas.width, heightPx: canvas.height };
  }
  return { widthPx: 0, heightPx: 0 };
}
