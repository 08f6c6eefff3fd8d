/** `telltale import` and `info`, and models that must be refused. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/lib/command.mjs';
import { MODEL_ROLES } from '../../src/core/verdict.ts';
import { PACKAGED_CARDS } from '../../src/platform/packaged-models.ts';
import { pickle } from '../support/checkpoint-files.ts';
import { answersOf, telltale } from '../support/command-line.ts';

const FIXTURES = 'test/fixtures/checkpoint';
const CHECKPOINT = `${FIXTURES}/resnet18_layer1.zip.pth`;
const OPTIONS = `${FIXTURES}/resnet18_layer1.opt.yml`;
const PICTURE = 'test/fixtures/parity/resnet18_layer1/input-2.png';
const STACK = /\bat .*:\d+:\d+/;

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'telltale-models-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('telltale import', () => {
  it('writes a folder that scores like the checkpoint', async () => {
    const folder = path.join(scratch, 'model');
    const imported = await telltale(['import', CHECKPOINT, '--opt', OPTIONS, '--out', folder]);
    expect(imported).toMatchObject({ code: 0, stdout: `${folder}\n` });
    expect(readdirSync(folder).sort()).toEqual(['card.json', 'weights.safetensors']);

    const direct = await telltale(['screen', PICTURE, '--model', CHECKPOINT, '--opt', OPTIONS, '--json']);
    const again = await telltale(['screen', PICTURE, '--model', folder, '--json']);
    const [[expected], [found]] = [answersOf(direct), answersOf(again)];
    expect(found).toMatchObject({ state: 'scored', grid: [56, 56], model: expected?.model });
    expect(found?.ensemble).toEqual(expected?.ensemble);

    const second = await telltale(['import', CHECKPOINT, '--opt', OPTIONS, '--out', folder]);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain('the folder is not empty');
  });

  it('makes a folder that is refused once its weights were changed', async () => {
    const folder = path.join(scratch, 'damaged');
    await telltale(['import', CHECKPOINT, '--opt', OPTIONS, '--out', folder]);
    const weights = path.join(folder, 'weights.safetensors');
    const bytes = readFileSync(weights);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    writeFileSync(weights, bytes);
    const finished = await telltale(['screen', PICTURE, '--model', folder]);
    expect(finished).toMatchObject({ code: 1, stdout: '' });
    expect(finished.stderr).toContain('not the file that the card names');
  });
});

describe('telltale info', () => {
  it('tells what the literature tells', async () => {
    const finished = await telltale(['info', 'xception_block2', '--size', '333', '--json']);
    expect(finished.code).toBe(0);
    const facts = JSON.parse(finished.stdout);
    expect(facts).toMatchObject({
      receptiveField: { sizePx: 43, stridePx: 8, offsetPx: -18 },
      parameters: 191_330,
      size: 333,
      grid: [41, 41],
      preprocessing: { resize: { mode: 'short-side', sizePx: 299, kernel: 'lanczos' }, centerCropPx: 299 },
    });
    expect(facts.layers.at(-1)).toMatchObject({ name: 'convout', grid: [41, 41] });
    const top = facts.layers.filter(({ depth }: { depth: number }) => depth === 0);
    const sum = top.reduce((total: number, { gmac }: { gmac: number }) => total + gmac, 0);
    expect(sum).toBeCloseTo(facts.gmac, 9);
  });

  it('knows a checkpoint, a folder and a name as the same network', async () => {
    const [file, name] = await Promise.all([
      telltale(['info', CHECKPOINT, '--opt', OPTIONS, '--json']),
      telltale(['info', 'resnet18_layer1', '--json']),
    ]);
    const [fromFile, fromName] = [JSON.parse(file.stdout), JSON.parse(name.stdout)];
    for (const key of ['model', 'parameters', 'receptiveField', 'grid', 'gmac', 'classes'])
      expect(fromFile[key]).toEqual(fromName[key]);
  });

  it.each(MODEL_ROLES)('knows the packaged model %s by its name', async (role) => {
    const { sizePx, stridePx } = PACKAGED_CARDS[role].receptiveField;
    const plain = await telltale(['info', role], scratch);
    expect(plain.stdout).toContain(`receptive field  ${sizePx} px, stride ${stridePx} px`);
  });
});

describe('a model that cannot be used', () => {
  const refused: [string, () => Uint8Array | string, RegExp][] = [
    ['page.pth', () => '<!doctype html><p>Sign in</p>', /neither a PyTorch checkpoint nor safetensors/],
    ['empty.pth', () => '', /an empty file/],
    ['cut.pth', () => readFileSync(path.join(ROOT, CHECKPOINT)).subarray(0, 9000), /at byte \d+/],
    [
      'hostile.pth',
      () => Uint8Array.from(pickle({ call: 'posix.system', args: ['touch owned'] })),
      /posix.*at byte \d+/,
    ],
  ];

  it.each(refused)('%s is refused with its reason', async (name, make, reason) => {
    const file = path.join(scratch, name);
    writeFileSync(file, make());
    const screened = await telltale(['screen', PICTURE, '--model', file, '--json'], ROOT);
    expect(screened.code).toBe(1);
    const [answer] = answersOf(screened);
    expect(answer).toMatchObject({ input: PICTURE, state: 'failed', reason: 'model-refused', pFake: null });
    expect(answer?.detail).toMatch(reason);
    expect(screened.stderr).toMatch(reason);
    expect(screened.stderr).not.toMatch(STACK);
    expect(existsSync(path.join(ROOT, 'owned'))).toBe(false);
  });

  it('may be refused for its options, its name or its absence', async () => {
    const options = path.join(scratch, 'opt.yml');
    writeFileSync(options, 'loadSize: many\n');
    const asked = [
      await telltale(['import', CHECKPOINT, '--opt', options, '--out', path.join(scratch, 'a')]),
      await telltale(['info', CHECKPOINT, '--network', 'xception_block1']),
      await telltale(['info', 'xception_block99']),
    ];
    expect(asked.map(({ code, stdout }) => [code, stdout])).toEqual(asked.map(() => [1, '']));
    const [byOptions, byName, byAbsence] = asked.map(({ stderr }) => stderr);
    expect(byOptions).toMatch(/opt\.yml: option loadSize/);
    expect(byName).toMatch(/not those of xception_block1 \(conv1\.weight: expected/);
    expect(byAbsence).toMatch(/there is no such file or folder/);
  });
});
