/** An evaluation as figures: what `telltale evaluate --json` prints, one object a model. */
import { AS_IS } from '../degrade/specification.ts';
import { type Overlap, overlapOf } from '../model/calibration-data.ts';
import {
  type GeneratorFigures,
  measureGenerators,
  measureRealSources,
  type RealSourceFigures,
  type WorstRealSource,
  worstOf,
} from './breakdown.ts';
import { type EvaluatedModel, type Evaluation, picturesOf, type ScoredPicture } from './evaluation.ts';
import { type GroupOut, measureGroupOut } from './group-out.ts';
import { measureOverall, type Overall } from './overall.ts';
import { sampleOf, scoredOf } from './sample.ts';

/** Pictures of each class. */
export interface ClassCounts {
  real: number;
  fake: number;
}

/** The figures of one model under one degradation. */
export interface Measurement {
  overall: Overall & { worstRealSource: WorstRealSource | null };
  generators: Record<string, GeneratorFigures>;
  realSources: Record<string, RealSourceFigures>;
  /** Only where it was asked for. */
  groupOut?: GroupOut;
  /** Pictures without a score are part of no figure above. */
  counts: Record<'listed' | 'scored' | 'abstained' | 'failed', ClassCounts>;
  abstained: { input: string; label: 'real' | 'fake'; reason: string }[];
  failed: { input: string; label: 'real' | 'fake'; reason: string; detail?: string }[];
}

/** A model's figures: on the pictures as they are, and under each degradation by its name. */
export interface ModelReport extends Measurement {
  model: string;
  /** Of the card (`telltale card --evaluation` asks for it); null for models without a card of ours. */
  identity: string | null;
  backend: string;
  /**
   * Scored files that the model was calibrated on, of those that its card keeps marks of: any make these figures look
   * better than the model is. Null where no card says what it was calibrated on.
   */
  calibrationOverlap: Overlap | null;
  degradations: Record<string, Measurement>;
}

/** One report a model, in the order of `evaluation.models`. */
export function reportsOf(evaluation: Evaluation): ModelReport[] {
  return evaluation.models.map((model) => {
    const measured = (degradation: string) =>
      measure(picturesOf(evaluation, model, degradation), model, evaluation.groupOut);
    const asIs = measured(AS_IS.name);
    const degradations = evaluation.degradations.map(
      (name) => [name, name === AS_IS.name ? asIs : measured(name)] as const,
    );
    const { name, identity, backend, calibratedOn } = model;
    const calibrationOverlap = overlapOf({ data: calibratedOn ?? undefined }, evaluation.calibrationMarks);
    return {
      model: name,
      identity,
      backend,
      calibrationOverlap,
      ...asIs,
      degradations: Object.fromEntries(degradations),
    };
  });
}

/** The figures of `pictures` at the model's threshold. */
export function measure(
  pictures: readonly ScoredPicture[],
  { threshold, falsePositiveTarget }: Pick<EvaluatedModel, 'threshold' | 'falsePositiveTarget'>,
  groupOut: boolean,
): Measurement {
  const items = scoredOf(pictures);
  const realSources = measureRealSources(items, threshold);
  return {
    overall: { ...measureOverall(sampleOf(items), threshold), worstRealSource: worstOf(realSources) },
    generators: measureGenerators(items, threshold),
    realSources,
    ...(groupOut ? { groupOut: measureGroupOut(items, falsePositiveTarget) } : {}),
    counts: {
      listed: countsOf(pictures),
      scored: countsOf(pictures.filter(({ outcome }) => outcome.state === 'scored')),
      abstained: countsOf(pictures.filter(({ outcome }) => outcome.state === 'abstained')),
      failed: countsOf(pictures.filter(({ outcome }) => outcome.state === 'failed')),
    },
    abstained: pictures.flatMap(({ path, label, outcome }) =>
      outcome.state === 'abstained' ? [{ input: path, label, reason: outcome.reason }] : [],
    ),
    failed: pictures.flatMap(({ path, label, outcome }) => {
      if (outcome.state !== 'failed') return [];
      const { reason, detail } = outcome;
      return [{ input: path, label, reason, ...(detail === undefined ? {} : { detail }) }];
    }),
  };
}

const countsOf = (pictures: readonly ScoredPicture[]): ClassCounts => {
  const fake = pictures.filter(({ label }) => label === 'fake').length;
  return { real: pictures.length - fake, fake };
};
