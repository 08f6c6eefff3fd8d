/** An inspection in plain words. */
import type { BaselineRun, Inspection } from './inspection.ts';
import type { MetadataBaseline } from './metadata-baseline.ts';

/** Balanced accuracy from which file format counts as a cue that training would take up. */
const CLEAR = 0.6;
const SLIGHT = 0.55;

/** Sentences for a person who is about to train on or measure with these pictures; the gravest first. */
export function conclusionsOf({ baselines, crossing }: Inspection): string[] {
  return [
    ...baselines.filter(({ kinds }) => kinds.length > 1).map(baselineSentence),
    ...duplicateSentences(crossing),
  ];
}

function baselineSentence({ about, outcome }: BaselineRun): string {
  const whose = about === 'files' ? 'File format' : "The originals' file format";
  if (!outcome.ok) {
    return `${whose} was not tested: each class needs pictures of at least two sources.`;
  }
  const { balancedAccuracy } = outcome.value;
  const figures = figuresOf(outcome.value);
  if (balancedAccuracy >= CLEAR) {
    return `${whose} alone reaches ${figures}: equalise before you train or compare.`;
  }
  if (balancedAccuracy >= SLIGHT) {
    return `${whose} alone tells the classes apart a little (${figures}): figures near that prove nothing.`;
  }
  return `${whose} alone says next to nothing about the class (${figures}).`;
}

function figuresOf({ balancedAccuracy, balancedAccuracyInterval, rocAuc }: MetadataBaseline): string {
  const interval = balancedAccuracyInterval;
  const range = interval === null ? '' : ` (${interval.lower.toFixed(2)} to ${interval.upper.toFixed(2)})`;
  return `${balancedAccuracy.toFixed(2)}${range} balanced accuracy, ${rocAuc.toFixed(2)} AUC`;
}

function duplicateSentences(crossing: Inspection['crossing']): string[] {
  const sentences = [
    crossing.class > 0 ? `${groups(crossing.class)} both real and fake: look at them.` : null,
    crossing.split > 0 ? `${groups(crossing.split)} across splits: figures on copies are void.` : null,
    crossing.source > 0
      ? `${groups(crossing.source)} across sources: leaving a source out does not leave copies out.`
      : null,
  ].filter((sentence) => sentence !== null);
  return sentences.length > 0 ? sentences : ['No picture appears across classes, splits or sources.'];
}

const groups = (count: number): string =>
  count === 1
    ? '1 group of equal or nearly equal pictures is'
    : `${count} groups of equal or nearly equal pictures are`;
