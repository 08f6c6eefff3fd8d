/**
 * DOM access that a page cannot clobber. `<form><input name="localName">` and `<img name="elementsFromPoint">`
 * replace properties of forms and of the document even in the isolated world, because named elements win over
 * the prototype there; going through the prototypes' own members is immune.
 */

type Getter<Owner, Value> = (owner: Owner) => Value;

function getterOf<Owner, Value>(prototype: object, name: string): Getter<Owner, Value> {
  const get = Object.getOwnPropertyDescriptor(prototype, name)?.get;
  if (!get) throw new Error(`no getter ${name}`);
  return (owner) => get.call(owner) as Value;
}

export const localNameOf = getterOf<Element, string>(Element.prototype, 'localName');
export const parentOf = getterOf<Node, Node | null>(Node.prototype, 'parentNode');
export const isConnected = getterOf<Node, boolean>(Node.prototype, 'isConnected');
const slotOf = getterOf<Element, Element | null>(Element.prototype, 'assignedSlot');
const childCountOf = getterOf<Element, number>(Element.prototype, 'childElementCount');
const documentElementOf = getterOf<Document, Element | null>(Document.prototype, 'documentElement');
const isHidden = getterOf<Document, boolean>(Document.prototype, 'hidden');
const activeElementOf = getterOf<Document, Element | null>(Document.prototype, 'activeElement');

export type Root = Document | ShadowRoot;

export const contains = (outer: Node, inner: Node): boolean => Node.prototype.contains.call(outer, inner);
export const hasChildren = (element: Element): boolean => childCountOf(element) > 0;
export const documentHidden = (): boolean => isHidden(document);
export const activeElement = (): Element | null => activeElementOf(document);

/** The root element, or null while the document has none. */
export const rootElement = (): Element | null => documentElementOf(document);

export const createElement = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
): HTMLElementTagNameMap[Tag] =>
  Document.prototype.createElement.call(document, tag) as HTMLElementTagNameMap[Tag];

export const attributeOf = (element: Element, name: string): string | null =>
  Element.prototype.getAttribute.call(element, name);

export const rectOf = (element: Element): DOMRect => Element.prototype.getBoundingClientRect.call(element);

/** Every element at a viewport point in `root`'s own tree, topmost first. */
export function elementsAt(root: Root, x: number, y: number): Element[] {
  const prototype = root instanceof Document ? Document.prototype : ShadowRoot.prototype;
  return prototype.elementsFromPoint.call(root, x, y);
}

/** All descendants of `node` in tree order, not entering shadow trees; a snapshot, so later changes cannot derail a walk. */
export function descendantsOf(node: Node, selector = '*'): NodeListOf<Element> {
  if (node instanceof Document) return Document.prototype.querySelectorAll.call(node, selector);
  if (node instanceof DocumentFragment) {
    return DocumentFragment.prototype.querySelectorAll.call(node, selector);
  }
  return Element.prototype.querySelectorAll.call(node, selector);
}

/** The element that `element` is laid out in: its slot, its parent, or the host of its shadow tree. */
export function flatParentOf(element: Element): Element | null {
  const above = slotOf(element) ?? parentOf(element);
  if (above instanceof ShadowRoot) return above.host;
  return above instanceof Element ? above : null;
}

/** Whether the element is rendered and not made invisible by `visibility` or `opacity`, its ancestors' included. */
export const isVisible = (element: Element): boolean =>
  Element.prototype.checkVisibility.call(element, { opacityProperty: true, visibilityProperty: true });

/** Whether the element takes part in layout at all. */
export const isRendered = (element: Element): boolean => Element.prototype.checkVisibility.call(element);
