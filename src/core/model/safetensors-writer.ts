/** Writes weights in the safetensors format (github.com/huggingface/safetensors), float32. */
import type { Weights } from './safetensors.ts';

const ALIGNMENT_BYTES = 8;

/** The file that `readSafetensors` reads back to the same `weights`, in their order. Throws on names beyond ASCII. */
export function writeSafetensors(weights: Weights): Uint8Array {
  let end = 0;
  const entries = [...weights].map(([name, { shape, values }]) => {
    const start = end;
    end += values.length * 4;
    return [name, { dtype: 'F32', shape, data_offsets: [start, end] }];
  });
  const header = JSON.stringify(Object.fromEntries(entries));
  if (/[^\x20-\x7e]/.test(header)) throw new Error('tensor names beyond ASCII');
  const headerBytes = Math.ceil(header.length / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
  const bytes = new Uint8Array(8 + headerBytes + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerBytes), true);
  for (const [index, character] of [...header.padEnd(headerBytes)].entries()) {
    bytes[8 + index] = character.charCodeAt(0);
  }
  let offset = 8 + headerBytes;
  for (const { values } of weights.values()) {
    for (const value of values) {
      view.setFloat32(offset, value, true);
      offset += 4;
    }
  }
  return bytes;
}
