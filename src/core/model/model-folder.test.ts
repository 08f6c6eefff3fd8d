import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkpointFromFile } from '../../../test/support/parity.ts';
import { startBackend } from '../../../test/support/tensorflow.ts';
import { importCheckpoint } from '../backbones/import-checkpoint.ts';
import { goldenInput } from './golden.ts';
import { parseImportedCard } from './imported-card.ts';
import { type FolderContents, type ModelFolder, openModelFolder, writeModelFolder } from './model-folder.ts';
import { readSafetensors, type Weights } from './safetensors.ts';
import { writeSafetensors } from './safetensors-writer.ts';

const FILE = new URL('../../../test/fixtures/checkpoint/xception_block1.safetensors', import.meta.url)
  .pathname;
const sha256 = async (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

interface Written {
  contents: FolderContents;
  weights: Weights;
  folder: ModelFolder;
}

async function written(): Promise<Written> {
  const file = new Uint8Array(readFileSync(FILE));
  const imported = importCheckpoint(checkpointFromFile(FILE));
  if (!imported.ok) throw new Error(JSON.stringify(imported.failure));
  const { weights, ...network } = imported.value;
  const source = { format: 'safetensors', sha256: await sha256(file), sizeBytes: file.byteLength };
  const contents = { ...network, source };
  const folder = await writeModelFolder(await startBackend('wasm'), contents, weights, sha256);
  if (!folder.ok) throw new Error(JSON.stringify(folder.failure));
  return { contents, weights, folder: folder.value };
}

/** The card as it comes back from its file. */
const reread = ({ card }: ModelFolder): unknown => JSON.parse(JSON.stringify(card));

describe('a model folder', () => {
  let made: Written;
  beforeAll(async () => {
    made = await written();
  }, 60_000);

  it('holds everything that scoring needs', () => {
    expect(made.folder.card).toMatchObject({
      name: 'xception_block1',
      cut: 'block1',
      classes: ['fake', 'real'],
      ensemble: 'afterSoftmax',
      preprocessing: { resize: { mode: 'short-side', sizePx: 299, kernel: 'lanczos' }, centerCropPx: 299 },
      receptiveField: { sizePx: 19, stridePx: 4, offsetPx: -6 },
      assumptions: ['network', 'class-order', 'sizes'],
      source: { sha256: '203088916220548588825d31eaa4203cede2092e6ee7e3dc847e5d1f4fa3525d' },
    });
  });

  it('opens to the same network', async () => {
    const tf = await startBackend('wasm');
    const before = tf.memory().numTensors;
    const opened = await openModelFolder(
      tf,
      { card: reread(made.folder), weights: made.folder.weights },
      sha256,
    );
    if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
    const { golden } = opened.value.card;
    const { heightPx, widthPx } = golden.input;
    const { logits } = await opened.value.network.forward(goldenInput(golden), heightPx, widthPx);
    expect([...logits]).toEqual(golden.logits);
    opened.value.network.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each<[string, (folder: { card: Record<string, unknown>; weights: Uint8Array }) => void, unknown]>([
    [
      'one changed byte of the weights',
      ({ weights }) => weights.fill(1, weights.length - 1),
      { kind: 'bad-weights', where: 'weights.safetensors' },
    ],
    [
      'classes the other way round',
      ({ card }) => Object.assign(card, { classes: ['real', 'fake'] }),
      { kind: 'wrong-golden' },
    ],
    [
      'a class too few',
      ({ card }) => Object.assign(card, { classes: ['fake'] }),
      { kind: 'bad-card', where: 'layers' },
    ],
    [
      'another receptive field',
      ({ card }) => Object.assign(card, { receptiveField: { sizePx: 19, stridePx: 4, offsetPx: -5 } }),
      { kind: 'bad-card', where: 'receptiveField' },
    ],
    [
      'a weights path that leaves the folder',
      ({ card }) => Object.assign(card.weights ?? {}, { file: '../x' }),
      { kind: 'bad-card', where: 'weights.file' },
    ],
  ])('is refused with %s', async (_name, change, expected) => {
    const tf = await startBackend('wasm');
    const before = tf.memory().numTensors;
    const folder = {
      card: structuredClone(reread(made.folder)) as Record<string, unknown>,
      weights: made.folder.weights.slice(),
    };
    change(folder);
    expect(await openModelFolder(tf, folder, sha256)).toMatchObject({ ok: false, failure: expected });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is refused with layers that do something else', async () => {
    const tf = await startBackend('wasm');
    const card = structuredClone(reread(made.folder)) as { layers: { op: string; mean?: number[] }[] };
    const [first] = card.layers;
    if (first?.op !== 'normalize') throw new Error('no normalisation');
    first.mean = [0.4, 0.5, 0.5];
    const opened = await openModelFolder(tf, { card, weights: made.folder.weights }, sha256);
    expect(opened).toMatchObject({ ok: false, failure: { kind: 'wrong-golden' } });
  });

  it('has weights that read back bit for bit', () => {
    const read = readSafetensors(writeSafetensors(made.weights));
    if (!read.ok) throw new Error(read.failure.message);
    expect([...read.value.keys()]).toEqual([...made.weights.keys()]);
    for (const [name, { shape, values }] of made.weights)
      expect(read.value.get(name)).toEqual({ shape, values });
  });
});

describe('parseImportedCard', () => {
  it('survives nested branches and names the depth it refuses', () => {
    let layer: unknown = { op: 'relu' };
    for (let depth = 0; depth < 2000; depth++) layer = { op: 'residual', main: [layer], skip: [] };
    expect(parseImportedCard({ schema: 1, kind: 'imported', layers: [layer] })).toMatchObject({ ok: false });
  });
});
