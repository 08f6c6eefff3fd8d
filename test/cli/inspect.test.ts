/** `telltale inspect-data` from outside. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { telltale } from '../support/command-line.ts';
import { noise } from '../support/noise.ts';
import { jpegOf, pngOf, waves } from '../support/pictures-by-hand.ts';

let scratch = '';
const put = (name: string, bytes: Uint8Array | string) => {
  mkdirSync(path.dirname(path.join(scratch, name)), { recursive: true });
  writeFileSync(path.join(scratch, name), bytes);
};
const grain = (seed: number) => {
  const rgba = noise(96 * 64 * 4, seed).map((byte, index) => (index % 4 === 3 ? 255 : byte));
  return { widthPx: 96, heightPx: 64, rgba };
};

beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'telltale-inspect-'));
  for (let index = 0; index < 12; index++) {
    put(`one/real/camera${index % 3}/${index}.jpg`, await jpegOf(grain(index + 1), 70 + index));
    put(`one/fake/maker${index % 3}/${index}.png`, pngOf(grain(index + 100)));
  }
  const shared = waves(96, 64);
  put('one/real/camera0/shared.jpg', await jpegOf(shared, 90));
  put('one/fake/maker0/shared.png', pngOf(shared));
  put('two/real/camera0/again.jpg', await jpegOf(grain(3), 72));
  put('two/real/camera9/<b>.jpg', await jpegOf(shared, 40));
  put('one/fake/maker1/page.png', '<!doctype html>');
  put('one/fake/maker2/cut.png', pngOf(grain(5)).subarray(0, 900));
  put('one/elsewhere/stray.png', pngOf(shared));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('telltale inspect-data', () => {
  it('says what the files give away, and names what it could not read', async () => {
    const finished = await telltale(['inspect-data', 'one', '--json'], scratch);
    expect(finished.code).toBe(0);
    const report = JSON.parse(finished.stdout);
    expect(report).toMatchObject({
      files: 26,
      unreadable: [
        { path: 'fake/maker1/page.png', reason: 'not-an-image' },
        { path: 'fake/maker2/cut.png', reason: 'truncated' },
      ],
      strays: ['elsewhere/stray.png'],
      duplicates: {
        groupsByWorstBorder: { class: 1, split: 0, source: 0, none: 0 },
        groups: [{ kind: 'near', files: ['fake/maker0/shared.png', 'real/camera0/shared.jpg'] }],
      },
    });
    expect(report.conclusions[0]).toMatch(/^File format alone reaches 1\.00 .*equalise/);
    const [all] = report.baselines;
    expect(all).toMatchObject({ about: 'files', balancedAccuracy: 1, rocAuc: 1, files: 26 });
    expect(report.distributions[0]).toMatchObject({ label: 'real', containers: { jpeg: 13 } });
    expect(report.distributions[0].qualities).toMatchObject({ q75: 1, q81: 1 });
    expect(finished.stderr).toContain('fake/maker1/page.png: not-an-image');
  });

  it('compares two collections and writes a page', async () => {
    const page = path.join(scratch, 'report.html');
    const finished = await telltale(['inspect-data', 'one', '--against', 'two', '--html', page], scratch);
    expect(finished.code).toBe(0);
    expect(finished.stdout).toContain('equal or nearly equal pictures is both real and fake');
    expect(finished.stdout).toMatch(
      /equal +across split, source: one\/real\/camera2\/2\.jpg {2}two\/real\/camera0\/again\.jpg/,
    );
    const text = readFileSync(page, 'utf8');
    expect(text).toContain('two/real/camera9/&lt;b&gt;.jpg');
    expect(text).not.toMatch(/<script|https?:\/\//);
  });

  it('goes on from what an earlier run has read', async () => {
    const file = path.join(scratch, 'run.jsonl');
    const words = ['inspect-data', 'one', '--json', '--resume', file];
    const whole = await telltale(words, scratch);
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(lines).toHaveLength(1 + 26 + 1);
    writeFileSync(file, `${lines.slice(0, 9).join('\n')}\n${(lines[9] ?? '').slice(0, 30)}`);
    const resumed = await telltale(words, scratch);
    expect(resumed).toEqual(whole);
    expect(readFileSync(file, 'utf8').split('\n').sort()).toEqual(lines.toSorted());
    const other = await telltale(['inspect-data', 'two', '--resume', file], scratch);
    expect(other).toMatchObject({ code: 1, stdout: '' });
  });

  it('refuses folders without labelled pictures', async () => {
    const finished = await telltale(['inspect-data', 'one/elsewhere'], scratch);
    expect(finished).toMatchObject({ code: 1, stdout: '' });
    expect(finished.stderr).toContain('no pictures in real/ and fake/');
  });
});
