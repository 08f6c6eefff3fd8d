/** Small helpers to build the overlay's elements; attributes and styles are set through the DOM, so no page policy blocks them. */
import { createElement } from '../dom.ts';

type Attributes = Record<string, string>;

/** A new element with a class, attributes and children. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className: string,
  attributes: Attributes = {},
  children: (Node | string)[] = [],
): HTMLElementTagNameMap[Tag] {
  const element = createElement(tag);
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

/** An icon of 16 x 16 drawn with one path in the text's colour; decorative, its button carries the name. */
export function icon(path: string): SVGSVGElement {
  const svg = Document.prototype.createElementNS.call(document, SVG, 'svg') as SVGSVGElement;
  const line = Document.prototype.createElementNS.call(document, SVG, 'path');
  for (const [name, value] of Object.entries({ viewBox: '0 0 16 16', 'aria-hidden': 'true' })) {
    svg.setAttribute(name, value);
  }
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

export const ICONS = {
  close: 'M4.5 4.5l7 7m0-7l-7 7',
  heatmap: 'M2.5 2.5h11v11h-11zM6.2 2.5v11M9.8 2.5v11M2.5 6.2h11M2.5 9.8h11',
} as const;

/** A button that shows an icon. `run` hears trusted clicks only. */
export function iconButton(look: keyof typeof ICONS, name: string, run: () => void): HTMLButtonElement {
  const button = make('button', `icon ${look}`, { type: 'button', 'aria-label': name, title: name }, [
    icon(ICONS[look]),
  ]);
  onTrusted(button, 'click', run);
  return button;
}

/** Listens for events that a person caused; scripted ones are ignored. */
export function onTrusted<Name extends keyof HTMLElementEventMap>(
  target: EventTarget,
  name: Name,
  run: (event: HTMLElementEventMap[Name]) => void,
): void {
  EventTarget.prototype.addEventListener.call(target, name, (event) => {
    if (event.isTrusted) run(event as HTMLElementEventMap[Name]);
  });
}

/** Last value written of each style, so that a still picture costs no style recalculation per frame. */
const written = new WeakMap<HTMLElement, Map<string, string>>();

export function setStyle(element: HTMLElement, name: string, value: string): void {
  const values = written.get(element) ?? new Map<string, string>();
  if (values.get(name) === value) return;
  written.set(element, values.set(name, value));
  element.style.setProperty(name, value);
}

/** Moves an element that stands at the viewport's corner. */
export function moveTo(element: HTMLElement, x: number, y: number): void {
  setStyle(element, 'translate', `${x}px ${y}px`);
}

export function resize(element: HTMLElement, width: number, height: number): void {
  setStyle(element, 'width', `${width}px`);
  setStyle(element, 'height', `${height}px`);
}
