/** Words and numbers for people, from the catalogue and in the browser's language. */
import type messages from '../../public/_locales/en/messages.json';
import { type NumberFormats, numberFormats } from '../core/report/format.ts';
import { browser } from '../platform/browser.ts';

/** Every key of the English catalogue, so that a missing or misspelt one does not compile. */
export type MessageKey = keyof typeof messages;

/** Keys that come in one form per plural category, by their common beginning. */
type PluralStem = MessageKey extends infer Key ? (Key extends `${infer Stem}_other` ? Stem : never) : never;

/** The sentence for `key` with `$1`.. replaced by `substitutions`. */
export const text = (key: MessageKey, ...substitutions: string[]): string =>
  browser.i18n.getMessage(key, substitutions);

let formats: NumberFormats | undefined;
let plurals: Intl.PluralRules | undefined;

/** Number formats of the browser's language. */
export function numbers(): NumberFormats {
  formats ??= numberFormats(browser.i18n.getUILanguage());
  return formats;
}

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

/** P(generated) 0..1 with two digits, or "over 0.99" where two digits would claim certainty. */
export function probabilityText(probability: number): string {
  const formatted = numbers().share(probability);
  if (formatted !== null) return formatted;
  return probability < 0.5
    ? text('score_below', numbers().share(0.01) ?? '')
    : text('score_above', numbers().share(0.99) ?? '');
}

/** Both ends of a band, each 0..1 with two digits; ends may be 0 and 1, which are no claims of certainty. */
export function bandText([low, high]: readonly [number, number]): string {
  return text('score_range', numbers().bound(low), numbers().bound(high));
}
