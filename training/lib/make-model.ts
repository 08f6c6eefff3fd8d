/** Turns an export of the PyTorch trainer into a model folder that Telltale opens. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { startBackend } from '../../src/cli/backend.ts';
import { parseCard } from '../../src/core/model/card.ts';
import { multiplyAccumulates } from '../../src/core/model/cost.ts';
import { type FoldedNetwork, foldNetwork } from '../../src/core/model/fold.ts';
import { receptiveFieldOf } from '../../src/core/model/geometry.ts';
import type { ImportedCard } from '../../src/core/model/imported-card.ts';
import type { SourceLayer } from '../../src/core/model/layer.ts';
import {
  type FolderContents,
  type ModelFolder,
  writeModelFolder,
} from '../../src/core/model/model-folder.ts';
import { NATIVE } from '../../src/core/model/preprocess.ts';
import { readSafetensors } from '../../src/core/model/safetensors.ts';
import { type Facts, productCard } from './product-card.ts';

/** `network.json` of an export. */
export interface Export {
  id: string;
  name: string;
  layers: SourceLayer[];
  classes: ImportedCard['classes'];
  golden: { widthPx: number; heightPx: number; logits: number[] };
}

/** Largest difference between PyTorch's and our engine's golden logits that is rounding. */
const LARGEST_DIFFERENCE = 1e-3;

interface Made {
  ok: boolean;
  largestDifference: number;
  weightsBytes: number;
  parameters: number;
  gmacAt512: number;
}

/**
 * Writes `card.json` and `weights.safetensors` of the export in `folder` to `out`, and says how far the two engines are
 * apart; writes nothing where that is more than 1e-3. Throws for an export that is no network.
 */
export async function makeModel(
  folder: string,
  out: string,
  options: { card: 'imported' | 'product'; name?: string; version: string; facts?: Facts },
): Promise<Made> {
  const exported: Export = JSON.parse(readFileSync(join(folder, 'network.json'), 'utf8'));
  const file = new Uint8Array(readFileSync(join(folder, 'weights.safetensors')));
  const folded = fold(exported, file);
  const made = await written(exported, folded, file);
  const { golden } = made.card;
  const differences = golden.logits.map((logit, index) =>
    Math.abs(logit - (exported.golden.logits[index] ?? Number.NaN)),
  );
  const largestDifference = differences.reduce((worst, difference) => Math.max(worst, difference), 0);
  const ok = differences.every((difference) => difference <= LARGEST_DIFFERENCE);
  if (ok) {
    const card =
      options.card === 'product' ? productCard(made.card, exported, options) : (made.card as unknown);
    if (options.card === 'product') refuseBadCard(card);
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, 'weights.safetensors'), made.weights);
    writeFileSync(join(out, 'card.json'), `${JSON.stringify(card, null, 1)}\n`);
  }
  const parameters = [...folded.weights.values()].reduce((total, { values }) => total + values.length, 0);
  const gmacAt512 = multiplyAccumulates(folded.layers, { widthPx: 512, heightPx: 512 }) / 1e9;
  return { ok, largestDifference, weightsBytes: made.weights.byteLength, parameters, gmacAt512 };
}

function fold({ layers }: Export, file: Uint8Array): FoldedNetwork {
  const weights = readSafetensors(file);
  if (!weights.ok) throw new Error(`${weights.failure.where}: ${weights.failure.message}`);
  return foldNetwork(layers, weights.value);
}

async function written(exported: Export, folded: FoldedNetwork, file: Uint8Array): Promise<ModelFolder> {
  const backend = await startBackend('wasm');
  if (!backend.ok) throw new Error(backend.failure);
  const contents: FolderContents = {
    name: exported.name,
    backbone: exported.id,
    cut: 'head',
    family: 'telltale',
    layers: folded.layers,
    classes: exported.classes,
    ensemble: 'beforeSoftmax',
    preprocessing: NATIVE,
    receptiveField: receptiveFieldOf(folded.layers),
    assumptions: [],
    source: { format: 'safetensors', sha256: sha256(file), sizeBytes: file.byteLength },
  };
  const made = await writeModelFolder(tf, contents, folded.weights, async (bytes) => sha256(bytes));
  if (!made.ok) throw new Error(JSON.stringify(made.failure));
  return made.value;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function refuseBadCard(card: unknown): void {
  const parsed = parseCard(card);
  if (!parsed.ok) throw new Error(`${parsed.failure.where}: ${parsed.failure.message}`);
}
