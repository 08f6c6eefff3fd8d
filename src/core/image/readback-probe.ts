/**
 * Known pixels to draw and read back. Privacy browsers add noise to what a canvas hands out, and a forensic model
 * reads that noise as a trace of generation: a 1956 photograph was once called generated because of it.
 */

/** Side of the square probe: large enough that noise on one pixel in a hundred cannot be missed. */
export const PROBE_SIDE_PX = 64;

/**
 * The probe's pixels, `PROBE_SIDE_PX` squared, interleaved opaque RGBA: xorshift32 noise, because some browsers
 * leave smooth or single-coloured canvases alone.
 */
export function probePixels(): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(PROBE_SIDE_PX * PROBE_SIDE_PX * 4);
  let state = 0x7e117a1e;
  for (let index = 0; index < rgba.length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    rgba[index] = index % 4 === 3 ? 255 : state >>> 24;
  }
  return rgba;
}

/** Whether `read`, RGBA read back after drawing the probe, is the probe to the last bit. */
export function isProbeIntact(read: Uint8Array | Uint8ClampedArray): boolean {
  const drawn = probePixels();
  return read.length === drawn.length && drawn.every((value, index) => value === read[index]);
}
