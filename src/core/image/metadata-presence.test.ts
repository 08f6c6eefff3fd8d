import { describe, expect, it } from 'vitest';
import { noise } from '../../../test/support/noise.ts';
import {
  jpegOf,
  losslessWebpOf,
  pngChunk,
  pngOf,
  waves,
  withOrientation,
} from '../../../test/support/pictures-by-hand.ts';
import { metadataPresence } from './metadata-presence.ts';

const NEITHER = { hasExif: false, hasIcc: false };
const image = waves(24, 16);

function withRiffChunk(webp: Uint8Array, name: string, content: Uint8Array): Uint8Array {
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(content.length, 4);
  const padding = new Uint8Array(content.length % 2);
  return Buffer.concat([webp.subarray(0, 12), head, content, padding, webp.subarray(12)]);
}

describe('metadataPresence', () => {
  it('reads JPEG segments', async () => {
    const jpeg = await jpegOf(image);
    expect(metadataPresence(jpeg, 'jpeg')).toEqual(NEITHER);
    expect(metadataPresence(withOrientation(jpeg, 6), 'jpeg')).toEqual({ hasExif: true, hasIcc: false });
  });

  it('reads PNG chunks', () => {
    expect(metadataPresence(pngOf(image), 'png')).toEqual(NEITHER);
    const both = pngOf(image, [
      pngChunk('iCCP', Uint8Array.of(65, 0, 0)),
      pngChunk('eXIf', Uint8Array.of(77, 77)),
    ]);
    expect(metadataPresence(both, 'png')).toEqual({ hasExif: true, hasIcc: true });
  });

  it('reads WebP chunks of odd length', async () => {
    const webp = await losslessWebpOf(image);
    expect(metadataPresence(webp, 'webp')).toEqual(NEITHER);
    const both = withRiffChunk(withRiffChunk(webp, 'EXIF', noise(5)), 'ICCP', noise(7));
    expect(metadataPresence(both, 'webp')).toEqual({ hasExif: true, hasIcc: true });
  });

  it('answers on noise and cut files', async () => {
    const webp = await losslessWebpOf(image);
    for (const format of ['jpeg', 'png', 'webp', 'gif'] as const) {
      expect(metadataPresence(noise(5000, 3), format)).toEqual(NEITHER);
      expect(metadataPresence(webp.subarray(0, 15), format)).toEqual(NEITHER);
      expect(metadataPresence(new Uint8Array(), format)).toEqual(NEITHER);
    }
  });
});
