/** Which picture is under a point, also below transparent covers, inside shadow trees and with `pointer-events: none`. */
import { shadowRootOf } from '../platform/shadow-root.ts';
import { SMALLEST_LISTED_PX } from './collect/listing.ts';
import type { ImageRecord, Registry } from './collect/registry.ts';
import { descendantsOf, elementsAt, flatParentOf, isVisible, localNameOf, type Root, rectOf } from './dom.ts';

/** Elements looked at from the top: deeper stacks are page decoration. */
const MOST_ELEMENTS = 40;
/** Around the topmost element, how far up and among how many pictures one without pointer events is sought. */
const NEARBY_LEVELS = 3;
const NEARBY_PICTURES = 60;

export interface HitOptions {
  /** Also pictures too small to be listed, and the page's own background (the context menu takes any). */
  anySize: boolean;
  /** Telltale's own host element, which is never a hit. */
  host: Element | null;
}

/** The elements at a point from the top down, those of shadow trees in place of their hosts' insides. */
function stackAt(root: Root, x: number, y: number, seen: Set<Element | null>): Element[] {
  const stack: Element[] = [];
  for (const element of elementsAt(root, x, y)) {
    if (seen.has(element)) continue;
    seen.add(element);
    const inner = element instanceof HTMLElement ? shadowRootOf(element) : null;
    if (inner) stack.push(...stackAt(inner, x, y, seen));
    stack.push(element);
  }
  return stack;
}

const ALPHA = /^rgba?\(.*[,/]\s*([\d.]+)(%?)\)$/;

/** Whether a computed colour hides what is behind it. */
export function isOpaqueColor(computed: string): boolean {
  if (computed === 'transparent') return false;
  const slash = /^rgba\(|\//.test(computed) ? ALPHA.exec(computed) : null;
  if (!slash) return true;
  const alpha = Number(slash[1]) / (slash[2] === '%' ? 100 : 1);
  return alpha > 0.9;
}

const OPAQUE_TAGS: ReadonlySet<string> = new Set(['iframe', 'frame', 'embed', 'object']);

function hidesBelow(element: Element, style: CSSStyleDeclaration): boolean {
  if (OPAQUE_TAGS.has(localNameOf(element))) return true;
  return isOpaqueColor(style.backgroundColor) && Number(style.opacity) > 0.9;
}

const within = (box: DOMRect, x: number, y: number): boolean =>
  x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;

export class HitTester {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /**
   * The picture that a person sees at a viewport point, or null. A transparent picture counts only when nothing
   * visible is below it. Reads layout: call it a few times a second, not per event.
   */
  at(x: number, y: number, options: HitOptions): ImageRecord | null {
    let transparent: ImageRecord | null = null;
    const stack = stackAt(document, x, y, new Set([options.host])).slice(0, MOST_ELEMENTS);
    for (const element of stack) {
      const style = getComputedStyle(element);
      for (const record of this.#recordsOf(element, style)) {
        if (!options.anySize && !this.#worthHovering(record)) continue;
        if (isVisible(element)) return record;
        transparent ??= record;
      }
      if (hidesBelow(element, style)) break;
    }
    return this.#unpointed(stack[0] ?? null, { x, y, anySize: options.anySize }) ?? transparent;
  }

  #recordsOf(element: Element, style: CSSStyleDeclaration): ImageRecord[] {
    const own = this.#registry.syncOwn(element);
    const layers = this.#registry.syncLayers(element, style.backgroundImage);
    return own ? [own, ...layers] : layers;
  }

  /** Big enough to be listed; and not behind the whole page, where it would answer to every text. */
  #worthHovering(record: ImageRecord): boolean {
    const name = localNameOf(record.element);
    if (name === 'body' || name === 'html') return false;
    const box = rectOf(record.element);
    return box.width >= SMALLEST_LISTED_PX && box.height >= SMALLEST_LISTED_PX;
  }

  /** A picture near the topmost element that ignores the pointer, as some sites do against saving. */
  #unpointed(
    top: Element | null,
    { x, y, anySize }: { x: number; y: number; anySize: boolean },
  ): ImageRecord | null {
    let around = top;
    for (let level = 0; around && level < NEARBY_LEVELS; level += 1) {
      const pictures = descendantsOf(around, 'img,canvas,video,image');
      if (pictures.length > NEARBY_PICTURES) return null;
      for (const picture of pictures) {
        if (!within(rectOf(picture), x, y) || !isVisible(picture)) continue;
        if (getComputedStyle(picture).pointerEvents !== 'none') continue;
        const record = this.#registry.syncOwn(picture);
        if (record && (anySize || this.#worthHovering(record))) return record;
      }
      around = flatParentOf(around);
    }
    return null;
  }
}

/** Of `records`, the one that shows `url`, preferring one in the viewport. */
export function recordByUrl(records: Iterable<ImageRecord>, url: string): ImageRecord | null {
  let found: ImageRecord | null = null;
  for (const record of records) {
    if (record.url !== url) continue;
    if (record.inViewport) return record;
    found ??= record;
  }
  return found;
}
