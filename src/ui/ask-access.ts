/** Asking for, and giving back, access to sites. */
import { browser } from '../platform/browser.ts';

export const ALL_SITES = '<all_urls>';

/** The host of a match pattern, for people: `https://example.org/*` gives `example.org`. */
export const patternHost = (pattern: string): string => pattern.replace(/^[^:]*:\/\/|\/.*$/g, '');

/**
 * Asks the person for access to `pattern`; true when it is there afterwards. Must be called in a click
 * handler before anything is awaited: browsers show the question only in answer to a gesture.
 */
export const askAccess = (pattern: string): Promise<boolean> =>
  browser.permissions.request({ origins: [pattern] }).catch(() => false);

/** Gives access to `pattern` back; false when the browser keeps it (it was given outside Telltale). */
export const withdrawAccess = (pattern: string): Promise<boolean> =>
  browser.permissions.remove({ origins: [pattern] }).catch(() => false);
