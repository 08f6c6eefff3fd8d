/** One cell of the benchmark, and the pictures that every engine is given for it. */

export interface Task {
  network: string;
  /** Side of the square pictures. */
  sizePx: number;
  batch: number;
}

/** What an engine returns for a task: logits with the given order of axes behind the batch. */
export interface Logits {
  layout: 'NHWC' | 'NCHW';
  values: Float32Array;
}

/** An engine with a network on it and its input in memory, in the layout it likes best. */
export interface Prepared {
  /** From the floats in memory to logits in a JavaScript array. */
  run(): Promise<Logits>;
}

/** The task's pictures, interleaved RGB 0..255 whole levels, one after the other: noise on a slope, the same everywhere. */
export function picturesOf({ sizePx, batch }: Task): Float32Array {
  const rgb = new Float32Array(batch * sizePx * sizePx * 3);
  let state = 0x9e3779b9;
  for (let index = 0; index < rgb.length; index++) {
    // xorshift32
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const column = Math.floor(index / 3) % sizePx;
    rgb[index] = (state >>> 25) + Math.floor((column * 128) / sizePx);
  }
  return rgb;
}

/** The same pictures plane by plane, [batch, 3, rows, columns]. */
export function planarFrom(rgb: Float32Array, { sizePx, batch }: Task): Float32Array {
  const cells = sizePx * sizePx;
  const planar = new Float32Array(rgb.length);
  for (let image = 0; image < batch; image++) {
    for (let cell = 0; cell < cells; cell++) {
      for (let channel = 0; channel < 3; channel++) {
        const from = (image * cells + cell) * 3 + channel;
        planar[(image * 3 + channel) * cells + cell] = rgb[from] ?? 0;
      }
    }
  }
  return planar;
}
