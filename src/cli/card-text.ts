/** A model card in words for people, for the terminal and its page. */

import { type ModelCard, modelKey } from '../core/model/card.ts';
import type { CardEvaluation, CardFigure } from '../core/model/card-facts.ts';
import { chainText } from './chain-text.ts';

/** What a score means, and what it does not. */
export function readingAdvice({ calibration }: ModelCard): string[] {
  const { strongAt, unsureFrom } = calibration;
  return [
    'A score is the probability that the picture is generated, where half of all pictures are. Where few are, as in most places, the same score means much less.',
    `From ${strongAt} on the picture shows signs; "strong" only when its whole 95 % band lies there. Between ${unsureFrom} and ${strongAt}, or where the band reaches across, the model is unsure: that is no answer.`,
    '"No signs found" does not make a picture genuine: generators that the model does not know are missed.',
    'The model looks at traces in pixels, never at what a picture shows. Take its word as one clue beside source and context.',
  ];
}

/** What two figures about strong signs count, in one sentence each. */
export const strongWords = ({ calibration: { strongAt } }: ModelCard): string =>
  `Over the threshold of strong signs: the score is ${strongAt} or more, wherever its band reaches; Telltale shows "some" or "strong signs". ` +
  `Called "strong signs": the whole 95 % band lies there, too, which fewer pictures reach.`;

const FAILURE_NAMES: Readonly<Record<NonNullable<ModelCard['failureClasses']>[number]['kind'], string>> = {
  illustration: 'Illustrations',
  screenshot: 'Screenshots',
  'heavy-jpeg': 'Strong JPEG compression',
  tiny: 'Tiny pictures',
  upscaled: 'Enlarged pictures',
  other: 'Other',
};

/** Known failures, one line each. */
export const failureLines = ({ failureClasses = [], limits }: ModelCard): string[] => [
  ...failureClasses.map(({ kind, what }) => `${FAILURE_NAMES[kind]}: ${what}`),
  ...limits.unknowns,
];

/** What the figures cover, one line each. */
export function testedLines({ testedRange = {}, limits }: ModelCard): string[] {
  const { jpegQuality, sidePx, texturedShare } = testedRange;
  return [
    `No score below ${limits.minSidePx} px on the shorter side.`,
    ...(jpegQuality === undefined ? [] : [`JPEG quality ${jpegQuality[0]} to ${jpegQuality[1]}.`]),
    ...(sidePx === undefined ? [] : [`Sides from ${sidePx[0]} to ${sidePx[1]} px.`]),
    ...(texturedShare === undefined
      ? []
      : [`Textured area from ${percent(texturedShare[0])} to ${percent(texturedShare[1])} of the picture.`]),
  ];
}

/** False alarms at the thresholds, one line each. */
export function alarmLines({ calibration: { operatingPoint } }: ModelCard): string[] {
  if (operatingPoint === undefined) return [];
  const { limit, overall, worstSource, smallSources } = operatingPoint;
  const small =
    smallSources === undefined
      ? ''
      : ` large enough to show that; ${smallSources.sources} smaller ones (${smallSources.images} pictures) were judged together`;
  return [
    `The threshold was chosen so that at most ${percent(limit)} of real pictures reach it, in every source${small}.`,
    `Of ${overall.images} real pictures together, ${percent(overall.falsePositiveRate)} reach ${overall.threshold}; with 97.5 % confidence fewer than ${percent(overall.upper)} of further pictures of the same sources do. Pictures of other sources can reach it more often.`,
    `The source that needs the highest threshold, ${worstSource.source} (${worstSource.images} pictures), is kept at ${percent(worstSource.falsePositiveRate)} by ${worstSource.threshold}; the rate among further pictures of it is below ${percent(worstSource.upper)} with 97.5 % confidence.`,
  ];
}

/** The card for a terminal. */
export function cardLines(card: ModelCard): string[] {
  const { trainedOn, evaluation, calibration } = card;
  return [
    `${card.name} (${modelKey(card)})`,
    ...section('How to read a score', readingAdvice(card)),
    ...section('Trained on', trainedOn?.on ?? []),
    ...section('Not trained on', trainedOn?.notOn ?? []),
    ...section('Tested on', testedLines(card)),
    ...section('Figures', evaluation === undefined ? ['none in the card'] : figureLines(card, evaluation)),
    ...section('Calibration', [`${calibration.fittedOn}.`, calibration.note, ...alarmLines(card)]),
    ...section('Known failures', failureLines(card)),
  ];
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];

const figureLines = (card: ModelCard, { on, conditions }: CardEvaluation): string[] => [
  on,
  ...conditions.flatMap((one) => [
    `${chainText(one.degradation)}:`,
    `  mean AUC over generators ${figureText(one.meanGeneratorAuc)}, balanced accuracy ${figureText(one.balancedAccuracy)}, found at 1 % false alarms ${figureText(one.tprAt1Fpr)}, calibration error ${figureText(one.ece)}`,
    `  over the threshold of strong signs: real pictures of the worst source ${figureText(one.worstOverStrongFalsePositiveRate ?? null)}, generated pictures ${figureText(one.overStrongRecall ?? null)}`,
    `  called "strong signs": real pictures of the worst source ${figureText(one.worstStrongFalsePositiveRate)}`,
  ]),
  strongWords(card),
];

/** A figure with its interval, two decimals. */
export function figureText(figure: CardFigure | null): string {
  if (figure === null) return 'n/a';
  const { value, interval } = figure;
  return interval === null
    ? value.toFixed(2)
    : `${value.toFixed(2)} (${interval[0].toFixed(2)}-${interval[1].toFixed(2)})`;
}

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
