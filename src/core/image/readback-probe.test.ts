import { describe, expect, it } from 'vitest';
import { isProbeIntact, PROBE_SIDE_PX, probePixels } from './readback-probe.ts';

describe('the read-back probe', () => {
  it('accepts its own pixels, in any byte array', () => {
    expect(isProbeIntact(probePixels())).toBe(true);
    expect(isProbeIntact(new Uint8Array(probePixels()))).toBe(true);
  });

  it('looks random and is opaque', () => {
    const pixels = probePixels();
    expect(new Set(pixels).size).toBe(256);
    expect(pixels.filter((value, index) => index % 4 === 3 && value !== 255)).toHaveLength(0);
  });

  it('notices one level on one pixel, and a short read', () => {
    const noisy = probePixels();
    const index = 4 * (PROBE_SIDE_PX * 30 + 12);
    noisy[index] = (noisy[index] ?? 0) ^ 1;
    expect(isProbeIntact(noisy)).toBe(false);
    expect(isProbeIntact(probePixels().subarray(4))).toBe(false);
  });
});
