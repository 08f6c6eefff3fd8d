/** How each level looks, wherever it is shown: never by colour alone, always with its glyph and its word. */
import type { Level } from '../core/verdict.ts';

export interface LevelLook {
  /** Distinct silhouettes, so that they stay apart in greyscale and at 12 px. */
  glyph: string;
  /** Name of the colour token (`tokens.css`) of the glyph's disc. */
  colorToken: string;
  /** Keys of the catalogue: the word, and the one line that explains it. */
  wordKey: string;
  explanationKey: string;
}

export const LEVEL_LOOKS: Record<Level, LevelLook> = {
  strong: {
    glyph: '◆',
    colorToken: '--level-strong',
    wordKey: 'level_strong',
    explanationKey: 'level_strong_explained',
  },
  some: {
    glyph: '◈',
    colorToken: '--level-some',
    wordKey: 'level_some',
    explanationKey: 'level_some_explained',
  },
  unsure: {
    glyph: '?',
    colorToken: '--level-unsure',
    wordKey: 'level_unsure',
    explanationKey: 'level_unsure_explained',
  },
  none: {
    glyph: '○',
    colorToken: '--level-none',
    wordKey: 'level_none',
    explanationKey: 'level_none_explained',
  },
};

/** Catalogue key of the sentence for a failure or an abstention: `failure_not_allowed`, `abstained_too_small`. */
export const reasonKey = (kind: 'failure' | 'abstained', reason: string): string =>
  `${kind}_${reason.replaceAll('-', '_')}`;
