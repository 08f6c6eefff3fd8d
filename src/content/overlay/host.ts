/**
 * The one element that Telltale puts into a page: no attributes, no size, a closed shadow root. Inside it a
 * manual popover lies in the top layer, so that neither the page's stacking nor its transforms reach it.
 */
import tokens from '../../ui/tokens.css?inline';
import { createElement, isConnected, rootElement } from '../dom.ts';
import badgeStyles from './badge.css?inline';
import heatmapStyles from './heatmap.css?inline';
import { isRightToLeft } from './language.ts';
import { make, setStyle } from './make.ts';
import overlayStyles from './overlay.css?inline';

/** How often a page may throw the host out before it is left alone: insisting would be a fight over its DOM. */
const MOST_APPENDS = 50;

/** Events that a click or key press in the overlay would otherwise send up into the page's own handlers. */
const KEPT_INSIDE = [
  'click',
  'dblclick',
  'mousedown',
  'mouseup',
  'pointerdown',
  'pointerup',
  'keydown',
  'keyup',
  'wheel',
];

/** A page can set custom properties on its own side of the host, so the tokens live on the layer inside. */
const insideTokens = tokens.replaceAll(':host', '.layer').replaceAll(':root', '.layer');
const styles = [insideTokens, overlayStyles, badgeStyles, heatmapStyles].join('\n');

function adoptStyles(root: ShadowRoot): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    root.adoptedStyleSheets = [sheet];
  } catch {
    // Firefox refuses sheets constructed in a content script's sandbox; an element does the same there.
    root.prepend(make('style', '', {}, [styles]));
  }
}

export class OverlayHost {
  #host: HTMLElement | null = null;
  #layer: HTMLElement | null = null;
  #appends = 0;

  /** The host element while it exists. */
  get element(): HTMLElement | null {
    return this.#host;
  }

  /** The layer to draw in, made and put into the page on first use and again when the page has removed it; null when it may not. */
  layer(): HTMLElement | null {
    if (!this.#layer || !this.#host) this.#create();
    if (this.#host && !isConnected(this.#host)) this.#append(this.#host);
    if (!this.#host || !isConnected(this.#host)) return null;
    this.#undoZoom(this.#host);
    return this.#layer;
  }

  /** Takes the host out of the page; what is in the layer stays for the next time. */
  remove(): void {
    this.#host?.remove();
    this.#appends = 0;
  }

  #create(): void {
    const host = createElement('div');
    const root = host.attachShadow({ mode: 'closed' });
    adoptStyles(root);
    const layer = make('div', 'layer', { popover: 'manual', dir: isRightToLeft() ? 'rtl' : 'ltr' });
    root.append(layer);
    for (const name of KEPT_INSIDE) root.addEventListener(name, (event) => event.stopPropagation());
    this.#host = host;
    this.#layer = layer;
  }

  /** CSS `zoom` on the root element reaches into the top layer; the layer's lengths are viewport pixels. */
  #undoZoom(host: HTMLElement): void {
    // Undefined where the browser has no standard `zoom`.
    const zoom: number | undefined = host.currentCSSZoom;
    if (this.#layer) setStyle(this.#layer, 'zoom', String(1 / (zoom || 1)));
  }

  #append(host: HTMLElement): void {
    if (this.#appends >= MOST_APPENDS) return;
    this.#appends += 1;
    const root = rootElement();
    if (!root) return;
    Element.prototype.append.call(root, host);
    this.raise();
  }

  /** Puts the layer on top of dialogs and full-screen elements opened since. */
  raise(): void {
    const layer = this.#layer;
    if (!layer || !isConnected(layer)) return;
    try {
      if (layer.matches(':popover-open')) layer.hidePopover();
      layer.showPopover();
    } catch {
      // The page is removing the host at this moment: without the top layer it is drawn by its z-index.
    }
  }
}
