/** How each level looks, wherever it is shown: never by colour alone, always with its glyph and its word. */
import { LEVEL_GLYPHS } from '../core/report/wording.ts';
import type { Level } from '../core/verdict.ts';

export interface LevelLook {
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
    glyph: LEVEL_GLYPHS.strong,
    colorToken: '--level-strong',
    wordKey: 'level_strong',
    shortKey: 'level_strong_short',
    explanationKey: 'level_strong_explained',
  },
  some: {
    glyph: LEVEL_GLYPHS.some,
    colorToken: '--level-some',
    wordKey: 'level_some',
    shortKey: 'level_some_short',
    explanationKey: 'level_some_explained',
  },
  unsure: {
    glyph: LEVEL_GLYPHS.unsure,
    colorToken: '--level-unsure',
    wordKey: 'level_unsure',
    shortKey: 'level_unsure_short',
    explanationKey: 'level_unsure_explained',
  },
  none: {
    glyph: LEVEL_GLYPHS.none,
    colorToken: '--level-none',
    wordKey: 'level_none',
    shortKey: 'level_none_short',
    explanationKey: 'level_none_explained',
  },
};

export { reasonKey } from '../core/report/catalogue.ts';
