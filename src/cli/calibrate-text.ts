/** A calibration in words. */
import type { CalibrationFailure } from '../core/calibrate/calibrate.ts';
import { ISOTONIC_PICTURES } from '../core/calibrate/fit.ts';
import { leastPicturesFor } from '../core/calibrate/thresholds.ts';
import type { Calibration, FalseAlarms } from '../core/model/calibration.ts';

export const CALIBRATION_FAILURES: Readonly<Record<CalibrationFailure, string>> = {
  'no-fit': 'the scores do not rise with the label, or a class is missing: there is nothing to fit',
  'too-few-sources': 'each class needs pictures of at least two sources',
  'too-few-pictures-for-isotonic': `an isotonic fit needs more than ${ISOTONIC_PICTURES} pictures`,
};

/** The report for people. */
export function calibrationLines(calibration: Calibration): string[] {
  const { a, b, covariance, isotonic, operatingPoint, bins, calibrationError } = calibration;
  const deviations = [covariance.aa, covariance.bb].map((variance) => Math.sqrt(variance).toPrecision(2));
  const curve =
    isotonic === undefined ? `a ${a}, b ${b}` : `isotonic with ${isotonic.length} knots; line a ${a}, b ${b}`;
  return [
    `fitted on       ${calibration.fittedOn}`,
    `curve           ${curve} (standard deviations ${deviations.join(', ')})`,
    `calibration     expected error ${(calibrationError ?? 0).toFixed(3)} on sources left out of the fit`,
    `strong from     ${calibration.strongAt}; unsure from ${calibration.unsureFrom}; yes or no at ${calibration.decideAt ?? calibration.strongAt}`,
    ...(operatingPoint === undefined
      ? []
      : [
          `false alarms    all real pictures: ${alarmsText(operatingPoint.overall, 'these sources')}`,
          `                worst source ${operatingPoint.worstSource.source}: ${alarmsText(operatingPoint.worstSource, 'it')}`,
          '                pictures of other sources can give more: sources differ more than pictures of one do',
        ]),
    ...(bins ?? [])
      .filter(({ strongAt }) => strongAt > calibration.strongAt)
      .map(({ of, from, below, strongAt, real }) => {
        const what = of === 'jpegQuality' ? 'JPEG quality' : 'short side';
        return `                ${what} ${from} to below ${below}: strong from ${strongAt} (${real} real pictures)`;
      }),
  ];
}

/** What the thresholds do not rest on: one line each, none where every real source was large enough. */
export function calibrationWarnings({ operatingPoint, strongAt }: Calibration): string[] {
  if (operatingPoint === undefined) return [];
  const { limit, overall, smallSources } = operatingPoint;
  const least = leastPicturesFor(limit);
  const saturated =
    strongAt < 1 ? [] : ['strong signs are never found: real pictures reach a probability of 1'];
  if (overall.images < least) {
    return [
      `${overall.images} real pictures cannot show a rate of ${percent(limit)}, for which ${least} are needed: strong begins above all of them`,
      ...saturated,
    ];
  }
  if (smallSources === undefined) return saturated;
  const { sources, images } = smallSources;
  const judged = images < least ? 'judged only with all others' : 'judged together as one';
  return [
    `real sources of fewer than ${least} pictures cannot show a rate of ${percent(limit)}: ${sources} of them (${images} pictures) were ${judged}`,
    ...saturated,
  ];
}

/** The bound takes pictures as independent, which they are only as draws from the same sources. */
const alarmsText = ({ threshold, falsePositiveRate, images, upper }: FalseAlarms, from: string): string =>
  `${percent(falsePositiveRate)} of ${images} at ${threshold}; of further pictures of ${from} below ${percent(upper)} with 97.5 % confidence`;

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
