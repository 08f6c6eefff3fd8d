/** Addresses in computed CSS values. Browsers serialise them resolved and double-quoted, which keeps this small. */

export interface CssImage {
  /** Absolute address. */
  url: string;
  /** Which comma-separated layer of the property it is, 0 = painted on top. */
  layer: number;
  /** Image pixels per CSS pixel: 1, or the chosen `image-set` option's resolution. */
  density: number;
}

/** End of the string that opens at `start`, or the text's end; long `data:` addresses make a char loop too slow. */
function closingQuote(text: string, start: number): number {
  const quote = text.charAt(start);
  for (let at = text.indexOf(quote, start + 1); at >= 0; at = text.indexOf(quote, at + 1)) {
    let backslashes = 0;
    while (text.charAt(at - 1 - backslashes) === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return text.length - 1;
}

/**
 * The top-level pieces of a CSS value between `separator`s, trimmed. Separators inside strings and parentheses
 * do not count. Linear in the text's length apart from strings, which are skipped.
 */
export function splitTopLevel(text: string, separator: ',' | ' '): string[] {
  const pieces: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '"' || char === "'") at = closingQuote(text, at);
    else if (char === '(') depth += 1;
    else if (char === ')') depth -= 1;
    else if (char === separator && depth === 0) {
      pieces.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  pieces.push(text.slice(start).trim());
  return pieces.filter((piece) => piece !== '');
}

const unescaped = (text: string): string => text.replaceAll(/\\(["'\\()])/g, '$1');

/** Address in a leading `url(…)` or string, or null. */
function leadingUrl(piece: string): string | null {
  const open = piece.startsWith('url(') ? 4 : 0;
  const quote = piece.charAt(open);
  if (quote === '"' || quote === "'") {
    return unescaped(piece.slice(open + 1, closingQuote(piece, open)));
  }
  return open === 4 ? piece.slice(4, piece.indexOf(')')).trim() : null;
}

const RESOLUTION = /(?:^|\s)([\d.]+)(dppx|x|dpi|dpcm)(?:\s|$)/;
const PER_DPPX = { dppx: 1, x: 1, dpi: 96, dpcm: 96 / 2.54 } as const;

function densityOf(option: string): number {
  const match = RESOLUTION.exec(option.slice(option.lastIndexOf('"') + 1));
  if (!match) return 1;
  const unit = match[2] as keyof typeof PER_DPPX;
  return Number(match[1]) / PER_DPPX[unit] || 1;
}

/** The option a browser takes: the lowest resolution that is enough for the screen, else the highest. */
function chosenOption(body: string, devicePixelRatio: number): { url: string; density: number } | null {
  const options = splitTopLevel(body, ',')
    .map((option) => ({ url: leadingUrl(option), density: densityOf(withoutType(option)) }))
    .filter((option): option is { url: string; density: number } => option.url !== null)
    .sort((a, b) => a.density - b.density);
  return options.find((option) => option.density >= devicePixelRatio) ?? options.at(-1) ?? null;
}

const withoutType = (option: string): string => option.replace(/\s*type\(("[^"]*"|'[^']*')\)/, '');

/** The images in a computed `background-image`, one per layer that shows a file; gradients and `none` are left out. */
export function cssImages(computed: string, devicePixelRatio: number): CssImage[] {
  if (computed === 'none' || computed === '') return [];
  const images: CssImage[] = [];
  for (const [layer, piece] of splitTopLevel(computed, ',').entries()) {
    const set = /^(?:-webkit-)?image-set\((.*)\)$/s.exec(piece)?.[1];
    const image =
      set === undefined
        ? { url: piece.startsWith('url(') ? leadingUrl(piece) : null, density: 1 }
        : chosenOption(set, devicePixelRatio);
    if (image?.url && !image.url.startsWith('about:') && !image.url.startsWith('#')) {
      images.push({ url: image.url, layer, density: image.density });
    }
  }
  return images;
}
