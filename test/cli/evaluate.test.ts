/** `telltale evaluate` and `telltale merge` from outside. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelReport } from '../../src/core/evaluate/report.ts';
import { calibrationDataOf } from '../../src/core/model/calibration-data.ts';
import { answersOf, type Finished, startTelltale, telltale } from '../support/command-line.ts';
import { noise } from '../support/noise.ts';
import { pngOf } from '../support/pictures-by-hand.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

let scratch = '';
let model = '';
beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'telltale-evaluate-'));
  model = path.join(scratch, 'tiny');
  writeTinyModel(model);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Noise of 16 x 16 px around `mean`. */
function picture(mean: number, seed: number, sidePx = 16): Uint8Array {
  const grain = noise(sidePx * sidePx * 4, seed);
  const rgba = grain.map((value, index) => (index % 4 === 3 ? 255 : mean + (value % 64) - 32));
  return pngOf({ widthPx: sidePx, heightPx: sidePx, rgba });
}

function put(name: string, bytes: Uint8Array | string): void {
  const file = path.join(scratch, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}

/** Pictures of three sites and three generators, generated ones mostly brighter; returns the folder. */
function fill(name: string, each: number): string {
  for (let group = 0; group < 3; group++) {
    for (let index = 0; index < each; index++) {
      const seed = 1 + group * 1000 + index;
      put(`${name}/real/site-${group}/${index}.png`, picture(105 + ((seed * 7) % 40), seed));
      put(`${name}/fake/maker-${group}/${index}.png`, picture(115 + ((seed * 11) % 50), seed + 5000));
    }
  }
  return path.join(scratch, name);
}

const reportOf = (finished: Finished): ModelReport => {
  const [report] = finished.stdout.trim().split('\n');
  return JSON.parse(report ?? '');
};

describe('telltale evaluate', () => {
  it('scores 980 of a thousand pictures and names the 20 that are broken', async () => {
    const folder = path.join(scratch, 'thousand');
    for (let index = 0; index < 980; index++) {
      const label = index % 2 === 0 ? 'real' : 'fake';
      const bytes = picture(label === 'real' ? 110 : 140, index + 1);
      put(`thousand/${label}/group-${index % 14}/deep/${index}.png`, bytes);
    }
    const good = Buffer.from(picture(128, 7));
    const broken = {
      'not-an-image': Buffer.from('<!doctype html>'),
      truncated: good.subarray(0, good.length - 40),
      corrupt: Buffer.from(good).fill(0x55, 60, 400),
      'unsupported-format': Buffer.from('R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=', 'base64'),
    };
    const expected: { input: string; reason: string }[] = [];
    for (const [reason, bytes] of Object.entries(broken)) {
      for (let copy = 0; copy < 5; copy++) {
        const label = copy % 2 === 0 ? 'real' : 'fake';
        const extension = reason === 'unsupported-format' ? 'gif' : 'png';
        const input = `${label}/broken/${reason}-${copy}.${extension}`;
        put(`thousand/${input}`, bytes);
        expected.push({ input, reason });
      }
    }
    const finished = await telltale(['evaluate', '--model', model, '--data', folder, '--json']);
    expect(finished.code).toBe(1);
    const report = reportOf(finished);
    expect(report.overall.n).toBe(980);
    expect(report.counts.listed).toEqual({ real: 502, fake: 498 });
    expect(report.failed.map(({ input, reason }) => ({ input, reason }))).toEqual(
      expected.toSorted((left, right) => (left.input < right.input ? -1 : 1)),
    );
    expect(report.overall.rocAuc).toBe(1);
    const named = finished.stderr.split('\n').filter((line) => line !== '');
    expect(named).toHaveLength(20);
    expect(named.every((line) => /^telltale: (?:real|fake)\/broken\/\S+: \S/.test(line))).toBe(true);
  });

  it('scores as "screen" does, and measures every degradation', async () => {
    const folder = fill('same', 6);
    put('same/real/site-0/small.png', picture(120, 3, 6));
    const words = [
      'evaluate',
      '--model',
      model,
      '--data',
      folder,
      '--degrade',
      'jpeg:50,flip+webp:40',
      '--group-out',
    ];
    const journal = path.join(scratch, 'same.jsonl');
    const finished = await telltale([...words, '--json', '--resume', journal]);
    expect(finished).toMatchObject({ code: 0, stderr: '' });
    const report = reportOf(finished);
    expect(Object.keys(report).slice(0, 7)).toEqual([
      ...['model', 'identity', 'backend', 'calibrationOverlap'],
      ...['overall', 'generators', 'realSources'],
    ]);
    expect(report).toMatchObject({
      identity: expect.stringMatching(/^[0-9a-f]{16}$/),
      calibrationOverlap: null,
    });
    expect(Object.keys(report.degradations)).toEqual(['jpeg:50', 'flip+webp:40']);
    expect(report.abstained).toEqual([
      { input: 'real/site-0/small.png', label: 'real', reason: 'too-small' },
    ]);
    expect(report.overall).toMatchObject({ n: 36, threshold: 0.75 });
    expect(Object.keys(report.groupOut?.groups ?? {})).toHaveLength(6);

    const screened = answersOf(await telltale(['screen', folder, '--model', model, '--json']));
    const scores = new Map(screened.map(({ input, pFake }) => [path.relative(folder, input), pFake]));
    const records = readFileSync(journal, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line));
    const asIs = records.filter(({ degradation }) => degradation === 'none');
    expect(asIs).toHaveLength(37);
    for (const { path: name, outcome } of asIs) expect(outcome.pFake ?? null, name).toBe(scores.get(name));
  });

  it('continues where it was stopped, from a torn line too', async () => {
    const folder = fill('stopped', 4);
    const journal = path.join(scratch, 'stopped.jsonl');
    const words = ['evaluate', '--model', model, '--data', folder, '--degrade', 'noise:3', '--json'];
    const whole = await telltale([...words, '--resume', journal]);
    const lines = readFileSync(journal, 'utf8').split('\n');
    expect(lines).toHaveLength(1 + 24 * 2 + 1);
    const kept = lines.slice(0, 20);
    // A score that nobody would compute again shows that it was kept.
    const first = JSON.parse(kept[1] ?? '');
    kept[1] = JSON.stringify({ ...first, outcome: { ...first.outcome, pFake: 0.123 } });
    writeFileSync(journal, `${kept.join('\n')}\n${lines[20]?.slice(0, 50)}`);
    const resumed = await telltale([...words, '--resume', journal]);
    expect(resumed.code).toBe(0);
    const after = readFileSync(journal, 'utf8').split('\n');
    expect(after).toHaveLength(lines.length);
    expect(after.slice(0, 20)).toEqual(kept);
    writeFileSync(journal, `${lines.slice(0, 20).join('\n')}\n`);
    expect((await telltale([...words, '--resume', journal])).stdout).toBe(whole.stdout);
  });

  it('refuses scores of other pictures, and files that are no journal', async () => {
    const folder = fill('changed', 1);
    const journal = path.join(scratch, 'changed.jsonl');
    const words = ['evaluate', '--model', model, '--resume', journal];
    await telltale([...words, '--data', folder]);
    const kept = readFileSync(journal, 'utf8');
    const other = await telltale([...words, '--data', fill('elsewhere', 1)]);
    expect(other).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('its scores are of'),
    });
    put('changed/real/site-0/0.png', picture(90, 77));
    const changed = await telltale([...words, '--data', folder]);
    expect(changed).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `telltale: ${journal}: real/site-0/0.png has changed since it was scored; begin a new file\n`,
    });
    expect(readFileSync(journal, 'utf8')).toBe(kept);
    const notes = path.join(scratch, 'notes.txt');
    writeFileSync(notes, 'something to keep');
    const noJournal = await telltale(['evaluate', '--model', model, '--data', folder, '--resume', notes]);
    expect(noJournal).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('it is no journal of scores'),
    });
    expect(readFileSync(notes, 'utf8')).toBe('something to keep');
  });

  it.skipIf(process.platform === 'win32')('keeps what was done when it is interrupted', async () => {
    const folder = fill('interrupted', 40);
    const journal = path.join(scratch, 'interrupted.jsonl');
    const words = [
      'evaluate',
      '--model',
      model,
      '--data',
      folder,
      '--threads',
      '1',
      '--degrade',
      'jpeg:60',
      '--resume',
      journal,
    ];
    const child = startTelltale(words);
    let stderr = '';
    child.stderr.on('data', (data) => {
      stderr += String(data);
    });
    const closed = new Promise((resolve) => child.on('close', resolve));
    await new Promise<void>((resolve) => {
      const watch = setInterval(() => {
        if (!existsSync(journal) || readFileSync(journal, 'utf8').split('\n').length < 3) return;
        clearInterval(watch);
        resolve();
      }, 5);
    });
    child.kill('SIGINT');
    expect(await closed).toBe(130);
    expect(stderr).toMatch(/^telltale: stopped after \d+ of 480 scores; --resume \S+ continues\n$/);
    const lines = readFileSync(journal, 'utf8').trim().split('\n');
    expect(lines.length).toBeLessThan(480);
    for (const line of lines.slice(1)) expect(JSON.parse(line)).toHaveProperty('outcome');
  });

  it('takes several models and writes a page', async () => {
    const folder = fill('several', 3);
    const other = path.join(scratch, 'other');
    writeTinyModel(other, { id: 'other', middle: 140 });
    const page = path.join(scratch, 'page.html');
    const words = [
      'evaluate',
      '--model',
      model,
      other,
      '--data',
      folder,
      '--degrade',
      'blur:1',
      '--threshold',
      '0.5',
    ];
    const finished = await telltale([...words, '--html', page]);
    expect(finished).toMatchObject({ code: 0, stderr: '' });
    expect(finished.stdout).toMatch(/^tiny@1\/p\d on wasm; [\s\S]+\nother@1\/p\d on wasm; /);
    expect(finished.stdout).toContain('balanced accuracy at 0.500');
    const text = readFileSync(page, 'utf8');
    expect(text).toContain('<h2>tiny@1/p');
    expect(text).not.toMatch(/<script|<link|src=|url\(|https?:|NaN|undefined/);
    expect(text.match(/<svg class="chart"/g)).toHaveLength(6);
  });

  it('ends with the table that decides, on degraded pictures, too', async () => {
    const finished = await telltale(['evaluate', '--model', model, '--data', fill('table', 5)]);
    expect(finished).toMatchObject({ code: 0, stderr: '' });
    const [title, head, ...rows] = finished.stdout.trimEnd().split('\n').slice(-7);
    expect(title).toBe('tiny@1/p1 at threshold 0.750; in brackets 95 % intervals');
    expect(head?.trim().split(/ {2,}/)).toHaveLength(4);
    const cell = '  +\\d\\.\\d{3} \\(\\d\\.\\d{3}-\\d\\.\\d{3}\\)';
    for (const row of rows) expect(row).toMatch(new RegExp(`^\\S.*\\S${cell.repeat(4)}$`));
  });

  it('warns of figures on the pictures of the calibration, after a merge, too', async () => {
    const folder = fill('calibrated', 2);
    const calibrated = path.join(scratch, 'on-same');
    writeTinyModel(calibrated);
    const file = path.join(calibrated, 'card.json');
    const card = JSON.parse(readFileSync(file, 'utf8'));
    const seen = ['real/site-0/0.png', 'fake/maker-1/1.png'].map((name) =>
      createHash('sha256')
        .update(readFileSync(path.join(folder, name)))
        .digest('hex'),
    );
    card.calibration.data = calibrationDataOf([...seen, 'e'.repeat(64)]);
    writeFileSync(file, JSON.stringify(card));
    const warning =
      /^telltale: tiny@1\/p\d was calibrated on pictures that it is measured on here: 2 of 3 that its card keeps marks of\./;
    const page = path.join(scratch, 'overlap.html');
    const words = ['evaluate', '--model', calibrated, '--data', folder, '--degrade', 'none'];
    const finished = await telltale([...words, '--json', '--html', page]);
    expect(finished).toMatchObject({ code: 0, stderr: expect.stringMatching(warning) });
    expect(reportOf(finished).calibrationOverlap).toEqual({ shared: 2, of: 3 });
    expect(readFileSync(page, 'utf8')).toContain('<p class="caution">tiny@1/p1 was calibrated on pictures');
    const files = [1, 2].map((index) => path.join(scratch, `same-${index}.jsonl`));
    for (const [index, part] of files.entries()) {
      await telltale([...words, '--shard', `${index + 1}/2`, '--out', part]);
    }
    const merged = await telltale(['merge', ...files, '--json']);
    expect(merged).toMatchObject({ stdout: finished.stdout, stderr: expect.stringMatching(warning) });
  });

  it('says what is wrong, in words', async () => {
    const empty = path.join(scratch, 'empty');
    mkdirSync(empty, { recursive: true });
    const nothing = await telltale(['evaluate', '--model', model, '--data', empty]);
    expect(nothing).toMatchObject({ code: 1, stdout: '' });
    expect(nothing.stderr).toContain('there are no pictures in real/ and fake/, and no index.csv');
    const folder = fill('wrong', 1);
    const noModel = await telltale(['evaluate', '--model', path.join(scratch, 'none'), '--data', folder]);
    expect(noModel).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is no such file or folder'),
    });
    const page = path.join(scratch, 'nowhere', 'page.html');
    const unwritable = await telltale(['evaluate', '--model', model, '--data', folder, '--html', page]);
    expect(unwritable).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `telltale: ${page}: it cannot be written\n`,
    });
    const usage = await telltale(['evaluate', '--data', folder, '--degrade', 'jpeg:200']);
    expect(usage).toMatchObject({ code: 2, stderr: expect.stringContaining('"jpeg:200" is no degradation') });
  });
});

describe('telltale merge', () => {
  it('joins shards into exactly the figures of a single run', async () => {
    const folder = fill('shared', 5);
    put('shared/fake/maker-0/broken.png', 'no picture');
    const words = ['evaluate', '--model', model, '--data', folder, '--degrade', 'screenshot', '--group-out'];
    const whole = await telltale([...words, '--json']);
    const files = [1, 2].map((index) => path.join(scratch, `part-${index}.jsonl`));
    for (const [index, file] of files.entries()) {
      const part = await telltale([...words, '--shard', `${index + 1}/2`, '--out', file]);
      expect(part.stdout).toBe('');
    }
    const merged = await telltale(['merge', ...files.toReversed(), '--json']);
    expect(merged.code).toBe(1);
    expect(merged.stdout).toBe(whole.stdout);
    const missing = await telltale(['merge', ...files.slice(0, 1), '--json']);
    expect(missing).toMatchObject({ code: 1, stdout: '', stderr: 'telltale: shard 2/2 is missing\n' });
  });
});
