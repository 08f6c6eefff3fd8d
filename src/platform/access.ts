/** Host access: what the browser lets Telltale read at this moment. */
import { browser } from './browser.ts';
import { isWebPattern, matchesAny } from './match-pattern.ts';

/** Patterns of everything granted, at install or by a person, without what they have withheld. */
export async function grantedPatterns(): Promise<string[]> {
  const { origins } = await browser.permissions.getAll();
  return (origins ?? []).filter(isWebPattern);
}

/** Whether Telltale may read `url` without its page's help. False for addresses that are not http(s). */
export async function isPermitted(url: string): Promise<boolean> {
  return matchesAny(await grantedPatterns(), url);
}

/** Whether `<all_urls>`, or both web schemes whole, are granted. */
export async function isPermittedEverywhere(): Promise<boolean> {
  return browser.permissions.contains({ origins: ['<all_urls>'] });
}

/** Calls back with the patterns that came or went. Register while the script first runs. */
export function onAccessChanged(
  callback: (change: { added: string[] } | { removed: string[] }) => void,
): void {
  browser.permissions.onAdded.addListener(({ origins }) => {
    if (origins?.length) callback({ added: origins });
  });
  browser.permissions.onRemoved.addListener(({ origins }) => {
    if (origins?.length) callback({ removed: origins });
  });
}
