/** HTML as a type of its own: text cannot become markup by mistake. */

const markup: unique symbol = Symbol('markup');

/** A piece of HTML that was built by `html`, so every text in it is escaped. */
export interface Markup {
  readonly [markup]: string;
}

type Part = Markup | readonly Markup[] | string | number | null;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

// C0 and C1 controls but tab and newline: browsers drop or misread them, and no label needs them.
const CONTROLS = /(?![\t\n])[\p{Cc}\u2028\u2029]/gu;

/** `text` for HTML content and quoted attributes; lone surrogates and control characters are replaced. */
export const escapeHtml = (text: string): string =>
  text
    .replace(CONTROLS, ' ')
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');

function render(part: Part): string {
  if (part === null) return '';
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  if (markup in part) return part[markup];
  return part.map(render).join('');
}

/** A template whose substitutions are escaped unless they are markup themselves; `null` leaves nothing. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  let result = strings[0] ?? '';
  for (const [index, part] of parts.entries()) result += render(part) + (strings[index + 1] ?? '');
  return { [markup]: result };
}

/** Markup from a constant of ours, such as a style sheet; never from anything that came from a page. */
export const constantMarkup = (text: string): Markup => ({ [markup]: text });

/** The HTML text of `part`. */
export const htmlText = (part: Markup): string => part[markup];

/** `url` when a click on it can only open a web page, else null (`javascript:`, `data:`, relative ones). */
export const linkTarget = (url: string): string | null => (/^https?:\/\/[^\s]+$/i.test(url) ? url : null);

/** `url` when it is a `data:` URL of a raster picture without parameters, else null. */
export const pictureData = (url: string): string | null =>
  /^data:image\/(?:png|jpeg|webp);base64,[A-Za-z0-9+/]+={0,2}$/.test(url) ? url : null;
