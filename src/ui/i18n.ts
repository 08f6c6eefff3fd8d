/** Words and numbers for people, from the catalogue and in the browser's language. */
import type messages from '../../public/_locales/en/messages.json';
import type { NumberFormats } from '../core/report/format.ts';
import { type Wording, wordingOf } from '../core/report/wording.ts';
import { browser } from '../platform/browser.ts';

/** Every key of the English catalogue, so that a missing or misspelt one does not compile. */
export type MessageKey = keyof typeof messages;

/** Keys that come in one form per plural category, by their common beginning. */
type PluralStem = MessageKey extends infer Key ? (Key extends `${infer Stem}_other` ? Stem : never) : never;

/** The sentence for `key` with `$1`.. replaced by `substitutions`. */
export const text = (key: MessageKey, ...substitutions: string[]): string =>
  browser.i18n.getMessage(key, substitutions);

let current: Wording | undefined;
let plurals: Intl.PluralRules | undefined;

/** The wording of the browser's language, for the functions of `core/report/wording.ts`. */
export function wording(): Wording {
  current ??= wordingOf(
    (key, ...substitutions) => browser.i18n.getMessage(key, substitutions),
    browser.i18n.getUILanguage(),
  );
  return current;
}

/** Number formats of the browser's language. */
export const numbers = (): NumberFormats => wording().numbers;

/**
 * The sentence for `stem` in the plural category of `value`, whose formatted text becomes `$1`; a category
 * that the catalogue lacks falls back to `_other`.
 */
export function plural(stem: PluralStem, value: number, ...more: string[]): string {
  plurals ??= new Intl.PluralRules(browser.i18n.getUILanguage());
  const substitutions = [numbers().count(value), ...more];
  return (
    browser.i18n.getMessage(`${stem}_${plurals.select(value)}`, substitutions) ||
    browser.i18n.getMessage(`${stem}_other`, substitutions)
  );
}

/** Gives `document` its title, language and writing direction. */
export function nameDocument(title: string): void {
  document.title = title;
  document.documentElement.lang = browser.i18n.getUILanguage();
  document.documentElement.dir = browser.i18n.getMessage('@@bidi_dir') || 'ltr';
}
