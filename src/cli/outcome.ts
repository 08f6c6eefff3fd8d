/** What became of one input. */
import type { Ensembles } from '../core/score/ensemble.ts';
import type { Abstention, Backend, FailureReason, Level, Outside } from '../core/verdict.ts';
import type { Input } from './inputs.ts';

/** Reasons that only a command line meets. */
export type CommandLineReason = NonNullable<Input['failure']> | 'model-refused' | 'heatmap-not-written';

export interface ScoredOutcome {
  state: 'scored';
  pFake: number;
  ensembles: Ensembles;
  /** Rows and columns of patches. */
  grid: [number, number];
  level: Level | null;
  /** How the picture leaves what the model was tested on. */
  outside: readonly Outside[];
  ms: number;
}

export type Outcome =
  | ScoredOutcome
  | { state: 'abstained'; reason: Abstention; ms: number }
  | { state: 'failed'; reason: FailureReason | CommandLineReason; detail: string | null; ms: number };

/** What looked at the inputs; all null when the model was refused. */
export interface Engine {
  model: string | null;
  backend: Backend | null;
}

/** An outcome that is not due to looking at the picture. */
export const failed = (
  reason: FailureReason | CommandLineReason,
  detail: string | null = null,
  ms = 0,
): Outcome => ({ state: 'failed', reason, detail, ms });
