/** What the command line and its looking threads say to each other. */
import type { ScoreOutcome } from '../core/evaluate/evaluation.ts';
import type { Backend } from '../core/verdict.ts';
import type { KernelKind } from '../kernels/kinds.ts';
import type { BackendChoice, ModelReference } from './arguments.ts';
import type { LookOptions, ModelFacts } from './detector.ts';

export interface WorkerStart {
  model: ModelReference;
  backend: BackendChoice;
  look: LookOptions;
}

export interface ScreenRequest {
  path: string;
  heatmapFile: string | null;
}

/** A picture to score under each of `chains`. */
export interface EvaluateRequest {
  file: string;
  /** Its path in the data: seeds the degradations. */
  name: string;
  /** As `parseChain` reads them. */
  chains: string[];
}

/** Beside the request's chains. */
export type EvaluateAnswer = ScoreOutcome[];

export type FromWorker<Answer> =
  | { kind: 'ready'; model: ModelFacts; backend: Backend; kernels: KernelKind; note: string | null }
  | { kind: 'refused'; message: string }
  /** `worn`: decoders gave up so often that the thread should be replaced. */
  | { kind: 'done'; answer: Answer; worn: boolean };
