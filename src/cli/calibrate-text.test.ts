import { describe, expect, it } from 'vitest';
import { exampleCard } from '../../test/support/example-card.ts';
import type { Calibration, OperatingPoint } from '../core/model/calibration.ts';
import { calibrationLines, calibrationWarnings } from './calibrate-text.ts';

const alarms = { threshold: 0.7, falsePositiveRate: 0.01, images: 193, upper: 0.04 };
const point = (changes: Partial<OperatingPoint> = {}): OperatingPoint => ({
  limit: 0.01,
  overall: alarms,
  worstSource: { source: 'phones', ...alarms },
  ...changes,
});
const calibrated = (operatingPoint: OperatingPoint, strongAt = 0.7): Calibration => ({
  ...exampleCard.calibration,
  strongAt,
  operatingPoint,
});

describe('calibrationLines', () => {
  it('bounds false alarms for the same sources only', () => {
    const text = calibrationLines(calibrated(point())).join('\n');
    expect(text).toContain('of further pictures of these sources below 4.0 % with 97.5 % confidence');
    expect(text).toContain('worst source phones: 1.0 % of 193 at 0.7; of further pictures of it below');
    expect(text).toContain('pictures of other sources can give more');
  });
});

describe('calibrationWarnings', () => {
  it('tell what the threshold does not rest on', () => {
    expect(calibrationWarnings(calibrated(point()))).toEqual([]);
    const few = calibrationWarnings(calibrated(point({ overall: { ...alarms, images: 60 } })));
    expect(few.join()).toContain('60 real pictures cannot show a rate of 1.0 %, for which 100 are needed');
    const pooled = calibrationWarnings(calibrated(point({ smallSources: { sources: 4, images: 120 } })));
    expect(pooled.join()).toMatch(/: 4 of them \(120 pictures\) were judged together as one$/);
    const left = calibrationWarnings(calibrated(point({ smallSources: { sources: 1, images: 20 } })));
    expect(left.join()).toMatch(/were judged only with all others$/);
    expect(calibrationWarnings(calibrated(point(), 1)).join()).toContain('strong signs are never found');
  });
});
