/** The packaged models' weights, once they were found to be their cards'. */
import fastUrl from '../../models/fast/weights.safetensors?url';
import strongUrl from '../../models/strong/weights.safetensors?url';
import type { ModelCard } from '../core/model/card.ts';
import { readSafetensors, type Weights } from '../core/model/safetensors.ts';
import { failure, type Result, success } from '../core/result.ts';
import type { ModelRole } from '../core/verdict.ts';
import { hexSha256 } from '../platform/hash.ts';
import type { EngineFault } from '../protocol/engine-fault.ts';

/** Exactly one address a model: a role without weights does not compile. */
const URLS: Record<ModelRole, string> = { fast: fastUrl, strong: strongUrl };

/** The packaged weights of a model, or `bad-weights` when they cannot be read or are not those that `card` was measured with. */
export async function packagedWeights(
  role: ModelRole,
  card: ModelCard,
): Promise<Result<Weights, EngineFault>> {
  const bytes = await fetch(URLS[role]).then(
    async (response) => (response.ok ? new Uint8Array(await response.arrayBuffer()) : null),
    () => null,
  );
  if (bytes === null) return bad('they cannot be read');
  if ((await hexSha256(bytes)) !== card.weights.sha256) return bad('they are not those of the card');
  const read = readSafetensors(bytes);
  return read.ok ? success(read.value) : bad(`${read.failure.where}: ${read.failure.message}`);
}

const bad = (detail: string) => failure<EngineFault>({ reason: 'bad-weights', detail });
