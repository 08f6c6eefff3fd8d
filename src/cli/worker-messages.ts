/** What the command line and its looking thread say to each other. */
import type { Backend } from '../core/verdict.ts';
import type { BackendChoice, ModelReference } from './arguments.ts';
import type { LookOptions } from './detector.ts';
import type { Outcome } from './outcome.ts';

export interface WorkerStart {
  model: ModelReference;
  backend: BackendChoice;
  look: LookOptions;
}

export interface ToWorker {
  path: string;
  heatmapFile: string | null;
}

export type FromWorker =
  | { kind: 'ready'; model: string; backend: Backend; note: string | null }
  | { kind: 'refused'; message: string }
  /** `worn`: decoders gave up so often that the thread should be replaced. */
  | { kind: 'done'; outcome: Outcome; worn: boolean };
