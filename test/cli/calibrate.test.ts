/** `telltale calibrate` from outside, on pictures made here: generated ones are the brighter ones, as the tiny model has it. */
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PixelImage } from '../../src/core/image/pixels.ts';
import { answersOf, telltale } from '../support/command-line.ts';
import { noise } from '../support/noise.ts';
import { jpegOf, pngOf, waves } from '../support/pictures-by-hand.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

let model = '';
let scratch = '';
const put = (name: string, bytes: Uint8Array) => {
  mkdirSync(path.dirname(path.join(scratch, name)), { recursive: true });
  writeFileSync(path.join(scratch, name), bytes);
};
const dim = (image: PixelImage): PixelImage => ({
  ...image,
  rgba: image.rgba.map((byte, index) => (index % 4 === 3 ? byte : Math.round(byte * 0.8))),
});
const grainy = (seed: number): PixelImage => {
  const image = dim(waves(120, 112));
  const grain = noise(image.rgba.length, seed);
  const rgba = image.rgba.map((byte, index) => {
    const lifted = byte + ((grain[index] ?? 0) - 128) * 0.2;
    return index % 4 === 3 ? 255 : Math.max(0, Math.min(255, lifted));
  });
  return { ...image, rgba: Uint8Array.from(rgba) };
};

beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'telltale-calibrate-'));
  model = path.join(scratch, 'tiny');
  writeTinyModel(model);
  for (let index = 0; index < 6; index++) {
    put(`data/real/camera${index % 2}/${index}.png`, pngOf(grainy(index + 1)));
    put(`data/fake/maker${index % 2}/${index}.jpg`, await jpegOf(waves(120 + index, 112), 60));
  }
  // The classes overlap, so that the fit is a finite one.
  put('data/real/camera0/smooth.png', pngOf(waves(130, 112)));
  put('data/fake/maker1/grainy.png', pngOf(grainy(40)));
  put('data/real/camera1/tiny.png', pngOf(waves(6, 6)));
  put('data/fake/maker0/broken.png', Uint8Array.of(1, 2, 3));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const words = (...more: string[]) => {
  const given = [
    '--model',
    model,
    '--data',
    'data',
    '--degrade',
    'none',
    '--degrade',
    'jpeg:80',
    '--rounds',
    '50',
  ];
  return ['calibrate', ...given, ...more];
};

describe('telltale calibrate', () => {
  it('writes a card that the model is used with, and goes on from kept scores', async () => {
    const out = path.join(scratch, 'card.json');
    const scores = path.join(scratch, 'scores.jsonl');
    const finished = await telltale(words('--json', '--resume', scores, '--out', out), scratch);
    expect(finished.code).toBe(0);
    expect(finished.stderr).toContain('fake/maker0/broken.png: not-an-image');
    expect(finished.stderr).toContain('real/camera1/tiny.png: no score');
    const calibration = JSON.parse(finished.stdout);
    expect(calibration.a).toBeGreaterThan(0);
    expect(calibration.fittedOn).toBe(
      '7 real pictures of 2 sources and 7 generated pictures of 2 sources, as they are, JPEG 80; classes and sources weigh equally',
    );
    expect(calibration.operatingPoint.worstSource).toMatchObject({
      source: 'all real pictures',
      images: 7,
      falsePositiveRate: 0,
    });
    expect(finished.stderr).toContain(
      '7 real pictures cannot show a rate of 1.0 %, for which 100 are needed',
    );
    expect(calibration.data).toMatchObject({ files: 14 });
    const { version } = JSON.parse(readFileSync(out, 'utf8'));
    expect(version).toMatch(/-c[0-9a-f]{8}$/);
    expect(finished.stderr).toContain(`version ${version}`);
    expect(calibration.bins).toContainEqual(
      expect.objectContaining({ of: 'jpegQuality', from: 80, below: 90, real: 7, fake: 7 }),
    );

    const folder = path.join(scratch, 'model');
    cpSync(model, folder, { recursive: true });
    cpSync(out, path.join(folder, 'card.json'));
    const picture = 'data/real/camera0/smooth.png';
    const [answer] = answersOf(await telltale(['screen', picture, '--model', folder, '--json'], scratch));
    const [before] = answersOf(await telltale(['screen', picture, '--model', model, '--json'], scratch));
    const { a, b } = JSON.parse(readFileSync(path.join(model, 'card.json'), 'utf8')).calibration;
    const odds = (p: number | null | undefined) => Math.log((p ?? 0) / (1 - (p ?? 0)));
    const mean = (odds(before?.pFake) - b) / a;
    expect(odds(answer?.pFake)).toBeCloseTo(calibration.a * mean + calibration.b, 4);

    // As an interrupted run leaves it: fewer lines, the last one cut off.
    const kept = readFileSync(scores, 'utf8').split('\n');
    writeFileSync(scores, `${kept.slice(0, 8).join('\n')}\n`);
    appendFileSync(scores, (kept[8] ?? '').slice(0, 20));
    const resumed = await telltale(words('--json', '--resume', scores), scratch);
    expect(JSON.parse(resumed.stdout)).toEqual(calibration);
    expect(readFileSync(scores, 'utf8').split('\n').sort()).toEqual(kept.toSorted());
  });

  it('refuses scores of other versions, missing sources, and published networks', async () => {
    const scores = path.join(scratch, 'other.jsonl');
    writeFileSync(scores, '{"telltale":"calibrate","weights":"0","versions":["none"]}\n');
    const other = await telltale(words('--resume', scores), scratch);
    expect(other).toMatchObject({ code: 1, stdout: '' });
    expect(other.stderr).toContain('kept by another run');
    put('few/real/a/1.png', pngOf(grainy(9)));
    put('few/fake/b/2.png', pngOf(waves(120, 112)));
    const few = await telltale(['calibrate', '--model', model, '--data', 'few'], scratch);
    expect(few).toMatchObject({ code: 1, stdout: '' });
    expect(few.stderr).toContain('each class needs pictures of at least two sources');
  });
});
