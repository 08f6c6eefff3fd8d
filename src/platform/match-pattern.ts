/** Match patterns as `permissions` and `scripting` use them: whole hosts only, the path is always `*`. */

/** The pattern for everything on the host of `url`, or null where extensions never run or ask. */
export function sitePattern(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { protocol, hostname } = new URL(url);
  // A pattern without a port covers every port; one with a port is not understood by every browser.
  return protocol === 'http:' || protocol === 'https:' ? `${protocol}//${hostname}/*` : null;
}

function hostMatches(pattern: string, hostname: string): boolean {
  if (pattern === '*') return true;
  if (!pattern.startsWith('*.')) return pattern === hostname;
  const base = pattern.slice(2);
  return hostname === base || hostname.endsWith(`.${base}`);
}

/** Whether `url` (http or https) lies in `pattern`; false for patterns of other schemes and for nonsense. */
export function matchesPattern(pattern: string, url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return false;
  if (pattern === '<all_urls>') return true;
  const parts = /^(\*|https?):\/\/([^/]+)\//.exec(pattern);
  if (parts === null) return false;
  const [, scheme = '', host = ''] = parts;
  return (scheme === '*' || `${scheme}:` === protocol) && hostMatches(host.replace(/:\*$/, ''), hostname);
}

/** Whether one of `patterns` holds `url`. */
export const matchesAny = (patterns: readonly string[], url: string): boolean =>
  patterns.some((pattern) => matchesPattern(pattern, url));

/** Whether a pattern is about pages of the web at all (not `file:`, `chrome://favicon/`, other extensions). */
export const isWebPattern = (pattern: string): boolean =>
  pattern === '<all_urls>' || /^(\*|https?):\/\//.test(pattern);
