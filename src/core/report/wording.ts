/** How scores are put into words and numbers, the same in the popup, on the page and in reports. */
import type { ImageState, Level, Outside } from '../verdict.ts';
import { type Lookup, reasonKey, snakeCase } from './catalogue.ts';
import { type NumberFormats, numberFormats } from './format.ts';

export interface Wording {
  /** BCP 47 tag of the catalogue's language. */
  locale: string;
  lookup: Lookup;
  numbers: NumberFormats;
}

/** Distinct silhouettes, so that levels stay apart in greyscale and at 12 px. */
export const LEVEL_GLYPHS: Record<Level, string> = { strong: '◆', some: '◈', unsure: '?', none: '○' };

/** A wording of catalogue `lookup` with number formats of BCP 47 `locale`. */
export const wordingOf = (lookup: Lookup, locale: string): Wording => ({
  locale,
  lookup,
  numbers: numberFormats(locale),
});

/** P(generated) 0..1 with two digits, or "over 0.99" where two digits would claim certainty. */
export function probabilityText({ lookup, numbers }: Wording, probability: number): string {
  if (probability < 0.005) return lookup('score_below', numbers.share(0.01));
  if (probability >= 0.995) return lookup('score_above', numbers.share(0.99));
  return numbers.share(probability);
}

/** Both ends of a band, each 0..1 with two digits; they may be 0 and 1, which claims nothing. */
export const bandText = ({ lookup, numbers }: Wording, [low, high]: readonly [number, number]): string =>
  lookup('score_range', numbers.share(low), numbers.share(high));

/** Probability and band as one spoken phrase. */
export const scoreText = (wording: Wording, probability: number, [low, high]: readonly [number, number]) =>
  wording.lookup(
    'score_band',
    probabilityText(wording, probability),
    wording.numbers.share(low),
    wording.numbers.share(high),
  );

/** A model's key (`strong@2-c01234567/p1`) as people read it: id and version. */
export const modelName = (model: string): string => model.replace(/\/p\d+$/, '').replace('@', ' ');

/** How an image leaves what its model was tested on, as words with commas; empty when it does not. */
export const outsideWords = ({ lookup }: Pick<Wording, 'lookup'>, outside: readonly Outside[] = []): string =>
  outside.map((reason) => lookup(`outside_${snakeCase(reason)}`)).join(', ');

/** The remark on a score whose image is unlike those its model was tested on; null where there is nothing to remark. */
export const outsideSentence = (wording: Wording, outside: readonly Outside[] = []): string | null =>
  outside.length === 0 ? null : wording.lookup('outside', outsideWords(wording, outside));

/** The few words for a state (`null`: nobody asked yet) and the sentence that explains it, which may be empty. */
export function stateWords(
  { lookup }: Wording,
  state: ImageState | null,
): { word: string; sentence: string } {
  switch (state?.state) {
    case 'scored':
      return {
        word: lookup(`level_${state.level}`),
        sentence: lookup(`level_${state.level}_explained`),
      };
    case 'abstained': {
      const key = reasonKey('abstained', state.reason);
      return { word: lookup(`${key}_short`), sentence: lookup(key) };
    }
    case 'failed': {
      const key = reasonKey('failure', state.reason);
      return { word: lookup(`${key}_short`), sentence: lookup(key) };
    }
    case 'queued':
    case 'running':
      return { word: lookup(`state_${state.state}`), sentence: '' };
    default:
      return { word: lookup('state_unseen'), sentence: '' };
  }
}
