/**
 * What Telltale draws on a page, seen with a debugger's eyes: the overlay lives in a closed shadow root that
 * no script of the page, and so no ordinary test code, can open.
 */

/**
 * @typedef {import('puppeteer-core').Protocol.DOM.Node} DomNode
 * @typedef {import('puppeteer-core').Page} Page
 * @typedef {{ text: string, nodes: DomNode[] }} Overlay
 */

/**
 * The content of every closed shadow root directly below the document's root element or body, or null when
 * there is none: its visible text, and its elements in document order.
 * @param {Page} page
 * @returns {Promise<Overlay | null>}
 */
export async function overlayOf(page) {
  const client = await page.createCDPSession();
  try {
    const { root } = await client.send('DOM.getDocument', { depth: -1, pierce: true });
    const nodes = hostsOf(root).flatMap((host) => host.shadowRoots ?? []);
    if (nodes.length === 0) return null;
    const all = nodes.flatMap(flatten);
    const text = all
      .filter((node) => node.nodeType === 3)
      .map((node) => node.nodeValue.trim())
      .filter(Boolean)
      .join(' ');
    return { text, nodes: all.filter((node) => node.nodeType === 1) };
  } finally {
    await client.detach();
  }
}

/** @param {DomNode} root */
function hostsOf(root) {
  const html = root.children?.find((node) => node.nodeName === 'HTML');
  const body = html?.children?.find((node) => node.nodeName === 'BODY');
  return [...(html?.children ?? []), ...(body?.children ?? [])].filter((node) =>
    node.shadowRoots?.some((shadow) => shadow.shadowRootType === 'closed'),
  );
}

/**
 * @param {DomNode} node
 * @returns {DomNode[]}
 */
const flatten = (node) =>
  node.nodeName === 'STYLE' || attributeOf(node, 'hidden') !== null
    ? []
    : [node, ...(node.children ?? []).flatMap(flatten)];

/**
 * Value of an attribute, or null.
 * @param {DomNode} node
 * @param {string} name
 */
export function attributeOf(node, name) {
  const list = node.attributes ?? [];
  const index = list.findIndex((entry, position) => position % 2 === 0 && entry === name);
  return index < 0 ? null : (list[index + 1] ?? null);
}

/**
 * Viewport rectangle of an overlay element in CSS px, or null when it is not laid out.
 * @param {Page} page
 * @param {DomNode} node
 */
export async function boxOf(page, node) {
  const client = await page.createCDPSession();
  try {
    await client.send('DOM.getDocument', { depth: 0 });
    const { object } = await client.send('DOM.resolveNode', { backendNodeId: node.backendNodeId });
    const { objectId } = object;
    if (objectId === undefined) return null;
    const { result } = await client.send('Runtime.callFunctionOn', {
      objectId,
      returnByValue: true,
      functionDeclaration:
        'function () { const { x, y, width, height } = this.getBoundingClientRect(); return { x, y, width, height }; }',
    });
    /** @type {{ x: number, y: number, width: number, height: number }} */
    const box = result.value;
    return box.width > 0 && box.height > 0 ? box : null;
  } finally {
    await client.detach();
  }
}

/**
 * Whether a picture's heatmap is shown and a badge has one of `words` as its last one: no model is still looking.
 * @param {Overlay | null} overlay
 * @param {RegExp} words
 */
export function isAnswered(overlay, words) {
  const nodes = overlay?.nodes ?? [];
  const hasMap = nodes.some(({ nodeName }) => nodeName === 'CANVAS');
  const isLooking = nodes.some((node) => /\bchecking\b/.test(attributeOf(node, 'class') ?? ''));
  return hasMap && !isLooking && words.test(overlay?.text ?? '');
}
