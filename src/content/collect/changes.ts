/** What a page's mutations mean for the collector: subtrees to walk, elements to read again, a sweep. */
import { descendantsOf, hasChildren, localNameOf, parentOf } from '../dom.ts';

/** More records than this in one delivery are one event: walk everything again. */
const REWALK_RECORDS = 1000;

export const OBSERVED_ATTRIBUTES = [
  'src',
  'srcset',
  'sizes',
  'media',
  'type',
  'poster',
  'href',
  'style',
  'class',
  'hidden',
  'open',
  'width',
  'height',
];

/** Attributes whose change can restyle everything below their element. */
const RESTYLING: ReadonlySet<string> = new Set(['class', 'hidden', 'open']);
/** Elements that bring rules for the whole page. */
const STYLE_TAGS: ReadonlySet<string> = new Set(['style', 'link']);

/** Changes since they were last taken, coalesced by element. */
export class Changes {
  /** New subtrees. */
  readonly added = new Set<Element>();
  /** Elements whose own attributes changed. */
  readonly touched = new Set<Element>();
  /** Elements whose descendants may look different. */
  readonly restyled = new Set<Element>();
  removed = false;
  everything = false;

  note(records: MutationRecord[]): void {
    if (records.length > REWALK_RECORDS) {
      this.everything = true;
      this.removed = true;
      return;
    }
    for (const record of records) {
      if (record.type === 'childList') this.#noteChildren(record);
      else if (record.target instanceof Element) this.#noteAttribute(record.target, record.attributeName);
    }
    if (this.added.size + this.touched.size > REWALK_RECORDS) this.everything = true;
  }

  #noteChildren(record: MutationRecord): void {
    if (record.removedNodes.length > 0) this.removed = true;
    for (const node of record.addedNodes) {
      if (!(node instanceof Element)) continue;
      if (STYLE_TAGS.has(localNameOf(node))) this.restyled.add(node);
      else this.added.add(node);
    }
  }

  #noteAttribute(element: Element, attribute: string | null): void {
    if (localNameOf(element) === 'source') {
      this.#notePicture(element);
      return;
    }
    this.touched.add(element);
    if (attribute !== null && RESTYLING.has(attribute) && hasChildren(element)) this.restyled.add(element);
  }

  /** A `<source>` changed: the picture's `<img>` may choose another one. */
  #notePicture(source: Element): void {
    const picture = parentOf(source);
    if (picture instanceof Element) for (const img of descendantsOf(picture, 'img')) this.touched.add(img);
  }

  get empty(): boolean {
    return !(this.everything || this.removed || this.added.size + this.touched.size + this.restyled.size > 0);
  }

  clear(): void {
    this.added.clear();
    this.touched.clear();
    this.restyled.clear();
    this.removed = false;
    this.everything = false;
  }
}

/** Of `elements`, those without an ancestor among them: walking these covers all. */
export function topmost(elements: ReadonlySet<Element>): Element[] {
  const isCovered = (element: Element): boolean => {
    for (let above = parentOf(element); above; above = parentOf(above)) {
      if (elements.has(above as Element)) return true;
    }
    return false;
  };
  return [...elements].filter((element) => !isCovered(element));
}
