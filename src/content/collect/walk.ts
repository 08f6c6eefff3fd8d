/** The walk over a page's elements: what each one shows, and which shadow trees it opens. */
import { shadowRootOf } from '../../platform/shadow-root.ts';
import { contains, descendantsOf, isConnected, localNameOf } from '../dom.ts';
import type { Registry } from './registry.ts';

/** Elements without a box or a background of their own, besides all of SVG. */
const PLAIN_TAGS: ReadonlySet<string> = new Set([
  'area',
  'base',
  'br',
  'col',
  'datalist',
  'head',
  'link',
  'meta',
  'noscript',
  'optgroup',
  'option',
  'param',
  'script',
  'slot',
  'source',
  'style',
  'template',
  'title',
  'track',
  'wbr',
]);

/** Besides custom elements, the tags that `attachShadow` accepts. */
const HOST_TAGS: ReadonlySet<string> = new Set([
  'article',
  'aside',
  'blockquote',
  'body',
  'div',
  'footer',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'header',
  'main',
  'nav',
  'p',
  'section',
  'span',
]);

export interface WalkHooks {
  registry: Registry;
  /** A shadow tree that was not known before. */
  foundRoot(root: ShadowRoot): void;
  /** A custom element without shadow tree: it may get one later, which no observer reports. */
  undecidedHost(host: HTMLElement): void;
  /** The root of a subtree that is not rendered: its backgrounds were not read. */
  hiddenSubtree(root: Element): void;
}

/** Tests one element for a shadow tree; true when it has one. */
export function enterShadow(element: Element, hooks: WalkHooks): boolean {
  if (!(element instanceof HTMLElement)) return false;
  const name = localNameOf(element);
  const custom = name.includes('-');
  if (!custom && !HOST_TAGS.has(name)) return false;
  const root = shadowRootOf(element);
  if (root) hooks.foundRoot(root);
  else if (custom) hooks.undecidedHost(element);
  return root !== null;
}

/** Reads one element's own picture, and its backgrounds and shadow tree unless it is not rendered. */
function visit(element: Element, hooks: WalkHooks): 'rendered' | 'hidden' {
  hooks.registry.syncOwn(element);
  const name = localNameOf(element);
  if (PLAIN_TAGS.has(name) || (element instanceof SVGElement && name !== 'svg')) return 'rendered';
  const style = getComputedStyle(element);
  if (style.display === 'none') return 'hidden';
  hooks.registry.syncLayers(element, style.backgroundImage);
  enterShadow(element, hooks);
  return 'rendered';
}

/** One subtree being walked, resumable after each element. Works on a snapshot: the page may change meanwhile. */
export class Walk {
  readonly #elements: NodeListOf<Element>;
  readonly #top: Element | null;
  readonly #hooks: WalkHooks;
  #at = -1;
  #hidden: Element | null = null;

  constructor(top: Node, hooks: WalkHooks) {
    this.#top = top instanceof Element ? top : null;
    this.#elements = descendantsOf(top);
    this.#hooks = hooks;
  }

  /** Visits the next element; false when there is none left. */
  step(): boolean {
    const element = this.#at < 0 ? this.#top : this.#elements[this.#at];
    this.#at += 1;
    if (element && isConnected(element)) this.#visit(element);
    return this.#at < this.#elements.length;
  }

  #visit(element: Element): void {
    if (this.#hidden && contains(this.#hidden, element)) {
      // Reading computed styles below `display: none` would make the browser compute them all.
      this.#hooks.registry.syncOwn(element);
      return;
    }
    this.#hidden = null;
    if (visit(element, this.#hooks) === 'rendered') return;
    this.#hidden = element;
    this.#hooks.hiddenSubtree(element);
  }
}
