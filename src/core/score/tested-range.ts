/** Whether a picture is like those that the model's figures were measured on. */
import type { Calibration } from '../model/calibration.ts';
import type { TestedRange } from '../model/card-facts.ts';
import type { Outside } from '../verdict.ts';

/** What is measured of an input before it is scored. */
export interface InputFacts {
  /** 1..100: nearest setting of libjpeg; null for other containers and where it is not known. */
  jpegQuality: number | null;
  widthPx: number;
  heightPx: number;
  /** Share of blocks that are not flat. */
  texturedShare: number;
}

/** In which ways `facts` leave `range`, whose borders belong to it; none for a card that states no range. */
export function outsideOf(facts: InputFacts, range: TestedRange | undefined): Outside[] {
  if (range === undefined) return [];
  const { jpegQuality, widthPx, heightPx, texturedShare } = facts;
  const leaves = (values: readonly number[], within: readonly [number, number] | undefined): boolean =>
    within !== undefined && values.some((value) => value < within[0] || value > within[1]);
  const left: Record<Outside, boolean> = {
    'jpeg-quality': jpegQuality !== null && leaves([jpegQuality], range.jpegQuality),
    size: leaves([widthPx, heightPx], range.sidePx),
    texture: leaves([texturedShare], range.texturedShare),
  };
  return (['jpeg-quality', 'size', 'texture'] as const).filter((reason) => left[reason]);
}

/** P from which signs are called strong in such an input: the highest of the card's own and of the ranges it is in. */
export function strongAtFor(
  { strongAt, bins = [] }: Pick<Calibration, 'strongAt' | 'bins'>,
  { jpegQuality, widthPx, heightPx }: InputFacts,
): number {
  const values = { jpegQuality, shortSidePx: Math.min(widthPx, heightPx) };
  const own = bins.filter(({ of, from, below }) => {
    const value = values[of];
    return value !== null && value >= from && value < below;
  });
  return Math.max(strongAt, ...own.map((bin) => bin.strongAt));
}
