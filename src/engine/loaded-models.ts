/** The models of one worker: `fast` is there from the start, `strong` comes with the first picture that needs it. */
import type { ModelCard } from '../core/model/card.ts';
import type { Weights } from '../core/model/safetensors.ts';
import { failure, type Result, success } from '../core/result.ts';
import type { ModelRole } from '../core/verdict.ts';
import { type EngineFault, thrownFault } from '../protocol/engine-fault.ts';
import type { Engine, ProvenNetwork } from './engine.ts';

export interface LoadedModel extends ProvenNetwork {
  card: ModelCard;
}

export interface LoadOptions {
  cards: Readonly<Record<ModelRole, ModelCard>>;
  weights: (role: ModelRole, card: ModelCard) => Promise<Result<Weights, EngineFault>>;
}

export class LoadedModels {
  readonly #options: LoadOptions;
  readonly #engine: Engine;
  #strong: Promise<Result<LoadedModel, EngineFault>> | null = null;
  readonly #tuned = new Set<ModelRole>();

  /** `engine` runs the fast model. */
  constructor(engine: Engine, options: LoadOptions) {
    this.#engine = engine;
    this.#options = options;
  }

  /** The model of that role; `strong` is loaded and proven once, and stays failed when it fails. Never rejects. */
  async get(role: ModelRole): Promise<Result<LoadedModel, EngineFault>> {
    if (role === 'fast') return success({ ...this.#engine, card: this.#options.cards.fast });
    this.#strong ??= this.#load(role).catch((error: unknown) => failure(thrownFault(error)));
    return this.#strong;
  }

  /** Lets the model choose its kernels, once; for behind its first answer, so that nobody's first picture waits for it. */
  async tune(role: ModelRole): Promise<void> {
    if (this.#tuned.has(role)) return;
    this.#tuned.add(role);
    const model = await this.get(role);
    if (model.ok) await model.value.tune();
  }

  async #load(role: ModelRole): Promise<Result<LoadedModel, EngineFault>> {
    const card = this.#options.cards[role];
    const weights = await this.#options.weights(role, card);
    if (!weights.ok) return weights;
    const proven = await this.#engine.add({ card, weights: weights.value });
    return proven.ok ? success({ ...proven.value, card }) : proven;
  }
}
