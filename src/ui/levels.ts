/** How each level looks, wherever it is shown: never by colour alone, always with its glyph and its word. */
import type { Level } from '../core/verdict.ts';

export interface LevelLook {
  /** Distinct silhouettes, so that they stay apart in greyscale and at 12 px. */
  glyph: string;
  /** Name of the colour token (`tokens.css`) of the glyph's disc. */
  colorToken: string;
  /** Keys of the catalogue: the words, a shorter form for lists, and the one line that explains them. */
  wordKey: `level_${Level}`;
  shortKey: `level_${Level}_short`;
  explanationKey: `level_${Level}_explained`;
}

export const LEVEL_LOOKS: Record<Level, LevelLook> = {
  strong: {
    glyph: '◆',
    colorToken: '--level-strong',
    wordKey: 'level_strong',
    shortKey: 'level_strong_short',
    explanationKey: 'level_strong_explained',
  },
  some: {
    glyph: '◈',
    colorToken: '--level-some',
    wordKey: 'level_some',
    shortKey: 'level_some_short',
    explanationKey: 'level_some_explained',
  },
  unsure: {
    glyph: '?',
    colorToken: '--level-unsure',
    wordKey: 'level_unsure',
    shortKey: 'level_unsure_short',
    explanationKey: 'level_unsure_explained',
  },
  none: {
    glyph: '○',
    colorToken: '--level-none',
    wordKey: 'level_none',
    shortKey: 'level_none_short',
    explanationKey: 'level_none_explained',
  },
};

export { reasonKey } from '../core/report/catalogue.ts';
