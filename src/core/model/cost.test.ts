import { describe, expect, it } from 'vitest';
import { detectorNamed } from '../backbones/detectors.ts';
import { multiplyAccumulates } from './cost.ts';

const at = (lengthPx: number) => ({ widthPx: lengthPx, heightPx: lengthPx });

describe('multiplyAccumulates', () => {
  it('agrees with published counts', () => {
    // torchvision states 4.09 GMAC for ResNet-50 at 224 px; the stack of the speed measurements has 1.63 at 299.
    expect(
      multiplyAccumulates(detectorNamed('cnndetection_resnet50')?.layers ?? [], at(224)) / 1e9,
    ).toBeCloseTo(4.09, 1);
    expect(multiplyAccumulates(detectorNamed('xception_block2')?.layers ?? [], at(299)) / 1e9).toBeCloseTo(
      1.63,
      2,
    );
  });

  it('counts convolutions by hand', () => {
    const conv = { op: 'conv' as const, name: 'a', in: 3, out: 5, kernel: 3, stride: 2, bias: false };
    expect(multiplyAccumulates([conv], { widthPx: 9, heightPx: 7 })).toBe(4 * 3 * 9 * 3 * 5);
    expect(multiplyAccumulates([{ op: 'concat', branches: [[conv], [conv]] }], at(9))).toBe(
      2 * 16 * 9 * 3 * 5,
    );
    expect(multiplyAccumulates([conv], at(2))).toBe(0);
  });
});
