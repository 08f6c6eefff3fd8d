/** `telltale screen` from outside: what it prints and how it ends. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ROOT } from '../../scripts/lib/command.mjs';
import { modelKey } from '../../src/core/model/card.ts';
import { patchesAlong } from '../../src/core/model/geometry.ts';
import { PACKAGED_CARDS } from '../../src/platform/packaged-models.ts';
import { answersOf, startTelltale, telltale } from '../support/command-line.ts';

const PICTURE = 'test/fixtures/parity/resnet18_layer1/input.png';
const JPEG = 'test/fixtures/decode/waves-420.jpg';
/** What answers when no model is named. */
const STRONG = PACKAGED_CARDS.strong;
const bytesOf = (file: string) => readFileSync(path.join(ROOT, file));

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'telltale-screen-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('telltale screen --json', () => {
  it('prints one object an input, and the reason where there is no score', async () => {
    const page = path.join(scratch, 'page.jpg');
    const cut = path.join(scratch, 'cut.jpg');
    const damaged = path.join(scratch, 'damaged.png');
    const small = path.join(ROOT, 'public/icons/16.png');
    writeFileSync(page, '<!doctype html><title>404</title>');
    writeFileSync(cut, bytesOf(JPEG).subarray(0, 400));
    writeFileSync(damaged, Buffer.from(bytesOf(PICTURE)).fill(0x55, 60, 4000));
    const finished = await telltale([
      ...['screen', PICTURE, page, cut, damaged, small, 'no-such-file.png', '--json', '--backend', 'wasm'],
    ]);
    expect(finished.code).toBe(1);
    const [scored, ...others] = answersOf(finished);
    expect(Object.keys(scored ?? {})).toEqual([
      'input',
      'state',
      'pFake',
      'ensemble',
      'grid',
      'ms',
      'model',
      'backend',
    ]);
    expect(scored).toMatchObject({
      input: PICTURE,
      state: 'scored',
      model: modelKey(STRONG),
      backend: 'wasm',
    });
    const patches = patchesAlong(224, STRONG.receptiveField);
    expect(scored?.grid).toEqual([patches, patches]);
    expect(scored?.pFake).toBeCloseTo(scored?.ensemble?.beforeSoftmax ?? Number.NaN, 6);
    expect(others.map(({ input, state, pFake, reason }) => [input, state, pFake, reason])).toEqual([
      [page, 'failed', null, 'not-an-image'],
      [cut, 'failed', null, 'truncated'],
      [damaged, 'failed', null, 'corrupt'],
      [small, 'abstained', null, 'too-small'],
      ['no-such-file.png', 'failed', null, 'not-found'],
    ]);
    expect(finished.stderr.split('\n').filter((line) => line !== '')).toHaveLength(4);
    expect(finished.stderr).not.toMatch(/\bat .*:\d+:\d+/);
  });

  it('gives a file one P(fake), whatever the path that leads to it', async () => {
    const folder = path.join(scratch, 'pictures');
    mkdirSync(path.join(folder, 'deeper'), { recursive: true });
    cpSync(path.join(ROOT, PICTURE), path.join(folder, 'deeper', 'one [1].PNG'));
    writeFileSync(path.join(folder, 'notes.txt'), 'not looked at');
    const file = path.join(folder, 'deeper', 'one [1].PNG');
    const paths = [file, 'pictures/deeper/one [1].PNG', './pictures', 'pictures/**/*.PNG', folder];
    const finished = await telltale(['screen', ...paths, '--json'], scratch);
    expect(finished).toMatchObject({ code: 0, stderr: '' });
    const answers = answersOf(finished);
    expect(answers).toHaveLength(paths.length);
    expect(new Set(answers.map(({ pFake }) => pFake)).size).toBe(1);
    expect(answers.map(({ input }) => path.resolve(scratch, input))).toEqual(paths.map(() => file));
  });
});

describe('telltale screen', () => {
  it('says words for people, takes an ensemble and writes heatmaps', async () => {
    const heatmaps = path.join(scratch, 'heatmaps');
    const words = ['screen', PICTURE, PICTURE, '--ensemble', 'vote', '--heatmaps', heatmaps];
    const finished = await telltale(words);
    expect(finished.code).toBe(0);
    expect(finished.stdout).toMatch(/^[01]\.\d{3} {2}\S.* {2}\S*input\.png\n/);
    const by = modelKey(STRONG);
    expect(finished.stderr).toBe(`telltale: 2 scored by ${by} on wasm, 0 without a score, 0 failed\n`);
    expect(readdirSync(heatmaps)).toEqual(['input.png-2.heatmap.png', 'input.png.heatmap.png']);
    const png = readFileSync(path.join(heatmaps, 'input.png.heatmap.png'));
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([224, 224]);
    expect(png.equals(bytesOf(PICTURE))).toBe(false);
  });

  it('asks the packaged model that is named', async () => {
    const { stdout } = await telltale(['screen', PICTURE, '--model', 'fast', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ state: 'scored', model: modelKey(PACKAGED_CARDS.fast) });
    // A folder of that name is another matter.
    const folder = await telltale(['screen', PICTURE, '--model', './fast', '--json']);
    expect(folder.stderr).toContain('./fast: there is no such file or folder');
  });

  it('answers wrong usage with exit status 2, and --help with 0', async () => {
    const wrong = await telltale(['screen', PICTURE, '--colour']);
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toMatch(/^telltale: .+\nTry "telltale --help"\.\n$/);
    const help = await telltale(['screen', '--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(/^Usage: telltale screen /);
  });

  it('has threads that help it with each picture', async () => {
    const [preload, log] = [path.join(scratch, 'preload.mjs'), path.join(scratch, 'threads.txt')];
    writeFileSync(
      preload,
      `import { appendFileSync } from 'node:fs';\nappendFileSync(${JSON.stringify(log)}, process.argv[1] + '\\n');\n`,
    );
    // Runs in every thread before its own script does.
    vi.stubEnv('NODE_OPTIONS', `--import=${pathToFileURL(preload)}`);
    const child = startTelltale(['screen', ...Array(1000).fill(PICTURE), '--json']);
    vi.unstubAllEnvs();
    const closed = new Promise((resolve) => child.on('close', resolve));
    child.stdout.resume();
    child.stderr.resume();
    // Begins with the pictures, and is as slow as the machine is busy.
    const wanted = Math.min(4, availableParallelism()) - 1;
    await vi
      .waitFor(
        () => {
          const threads = readFileSync(log, 'utf8').split('\n');
          expect(threads.some((script) => script.endsWith('screen-worker.js'))).toBe(true);
          expect(threads.filter((script) => script.endsWith('kernel-helper.js'))).toHaveLength(wanted);
        },
        { timeout: 50_000 },
      )
      .finally(() => child.kill());
    await closed;
  });

  it('refuses WebGPU where there is none', async () => {
    const finished = await telltale(['screen', PICTURE, '--backend', 'webgpu', '--json']);
    expect(finished.code).toBe(1);
    expect(finished.stderr).toContain('no WebGPU adapter');
    expect(answersOf(finished)).toMatchObject([{ input: PICTURE, state: 'failed', reason: 'model-refused' }]);
  });

  it.skipIf(process.platform === 'win32')('ends cleanly when it is interrupted', async () => {
    const child = startTelltale(['screen', ...Array(200).fill(PICTURE), '--json']);
    let stdout = '';
    let stderr = '';
    child.stderr.on('data', (data) => {
      stderr += String(data);
    });
    child.stdout.on('data', (data) => {
      stdout += String(data);
      child.kill('SIGINT');
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(130);
    expect(stderr).toMatch(/^telltale: stopped after \d+ of 200\n$/);
    expect(stdout.endsWith('}\n')).toBe(true);
    const answers = answersOf({ code: 130, stdout, stderr });
    expect(answers.length).toBeLessThan(200);
  });
});
