/** An engine as the measurement sees it, wherever it runs. */
import type { Entry } from './roster.ts';
import type { Logits, Task } from './task.ts';

export interface Contestant {
  entry: Entry;
  /** Starts the engine afresh and brings the task onto it; rejects with the engine's own reason. */
  open(task: Task): Promise<void>;
  /** Runs the task once and returns what it gave. */
  look(): Promise<Logits>;
  /** Runs the task once and returns the milliseconds it took, by the engine's own clock. */
  time(): Promise<number>;
  /** Ends the engine and gives back all its memory. */
  close(): Promise<void>;
}
