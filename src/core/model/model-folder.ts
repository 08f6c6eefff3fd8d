/** A model folder: `card.json` and `weights.safetensors`, which prove themselves with a golden pair at every load. */
import { failure, type Result, success } from '../result.ts';
import type { CardFailure, Golden } from './card.ts';
import { gridLength } from './geometry.ts';
import { checkGolden, goldenInput } from './golden.ts';
import { type ImportedCard, parseImportedCard } from './imported-card.ts';
import type { Network } from './network.ts';
import type { TensorFlow } from './operations.ts';
import { buildPatchNetwork } from './patch-network.ts';
import { readSafetensors, type Weights, type WeightsFailure } from './safetensors.ts';
import { writeSafetensors } from './safetensors-writer.ts';

/** SHA-256 in hexadecimal; the host provides it, because core has no cryptography. */
export type Sha256 = (bytes: Uint8Array) => Promise<string>;

/** What an import knows: everything of the card that does not follow from running the network. */
export type FolderContents = Omit<ImportedCard, 'schema' | 'kind' | 'weights' | 'golden'>;

export interface ModelFolder {
  card: ImportedCard;
  /** Contents of `weights.safetensors`. */
  weights: Uint8Array;
}

export type FolderFailure =
  | CardFailure
  | WeightsFailure
  | { kind: 'wrong-golden'; largestDifference: number };

/** As the packaged model's: WASM and WebGPU stay within it, another network or class order does not. */
const TOLERANCE = { absolute: 2e-3, relative: 1e-3 };
const GOLDEN_SIZE = { widthPx: 96, heightPx: 80 };

/**
 * The folder of a network: runs the golden input on the current backend of `tf` and stores the logits. Fails as
 * `buildNetwork`; rejects when the backend fails or the logits are not finite.
 */
export async function writeModelFolder(
  tf: TensorFlow,
  contents: FolderContents,
  weights: Weights,
  sha256: Sha256,
): Promise<Result<ModelFolder, FolderFailure>> {
  const built = buildPatchNetwork(tf, contents, weights);
  if (!built.ok) return built;
  const golden = await makeGolden(built.value, contents);
  built.value.dispose();
  const bytes = writeSafetensors(weights);
  const card: ImportedCard = {
    schema: 1,
    kind: 'imported',
    ...contents,
    weights: { file: 'weights.safetensors', sha256: await sha256(bytes), sizeBytes: bytes.byteLength },
    golden,
  };
  return success({ card, weights: bytes });
}

async function makeGolden(network: Network, { layers, receptiveField }: FolderContents): Promise<Golden> {
  const enough = (lengthPx: number) => (gridLength(layers, lengthPx) > 0 ? lengthPx : receptiveField.sizePx);
  const size = { widthPx: enough(GOLDEN_SIZE.widthPx), heightPx: enough(GOLDEN_SIZE.heightPx) };
  const input = { formula: 'two-sines-1' as const, ...size, sum: 0 };
  const rgb = goldenInput({ input });
  const { rows, columns, logits } = await network.forward(rgb, size.heightPx, size.widthPx);
  if (!logits.every(Number.isFinite)) throw new Error('network returned a logit that is not finite');
  const sum = rgb.reduce((total, value) => total + value, 0);
  return { input: { ...input, sum }, rows, columns, logits: [...logits], tolerance: TOLERANCE };
}

/**
 * The network of a folder, on the current backend of `tf`: refuses a card that is wrong, weights other than the card's,
 * and a network that does not give the golden logits here.
 */
export async function openModelFolder(
  tf: TensorFlow,
  { card, weights: bytes }: { card: unknown; weights: Uint8Array },
  sha256: Sha256,
): Promise<Result<{ card: ImportedCard; network: Network }, FolderFailure>> {
  const parsed = parseImportedCard(card);
  if (!parsed.ok) return parsed;
  const stated = parsed.value.weights;
  if (bytes.byteLength !== stated.sizeBytes || (await sha256(bytes)) !== stated.sha256) {
    return failure({ kind: 'bad-weights', where: stated.file, message: 'not the file that the card names' });
  }
  const weights = readSafetensors(bytes);
  if (!weights.ok) return weights;
  const built = buildPatchNetwork(tf, parsed.value, weights.value);
  if (!built.ok) return built;
  const { passed, largestDifference } = await checkGolden(built.value, parsed.value.golden);
  if (passed) return success({ card: parsed.value, network: built.value });
  built.value.dispose();
  return failure({ kind: 'wrong-golden', largestDifference });
}
