/** Threads that help machines with their passes: they only ever help, a machine finishes without them, too. */
import { HELPER_PATIENCE_MS, type HelperMessage, type Workplace } from './helper.ts';

/** That share a pass: more of them wait for memory. */
export const MOST_THREADS = 4;

/** A thread that runs `helper.ts`. */
export interface HelperThread {
  post(message: HelperMessage): void;
  terminate(): void;
}
/** Starts one; `onLost` is to be called when it broke or ended. */
export type StartHelper = (onLost: () => void) => HelperThread;

/** What a machine offers its helpers: one scratch address each. */
export type Workshop = Omit<Workplace, 'scratch'> & { scratches: readonly number[] };

export class HelperTeam {
  /** Most helpers, and thus one less than the most threads. */
  readonly most: number;
  readonly patienceMs: number;
  readonly #start: StartHelper;
  readonly #workshops = new Map<number, Workshop>();
  #helpers: HelperThread[] = [];
  #wanted = 0;
  #nextId = 0;
  #over = false;

  constructor(start: StartHelper, most: number, patienceMs = HELPER_PATIENCE_MS) {
    this.most = most;
    this.patienceMs = patienceMs;
    this.#start = start;
  }

  /** Of the next pass, the leading one included. */
  get threads(): number {
    return 1 + this.#wanted;
  }

  /** From the next pass on, that many threads work on it, the leading one included; missing ones are started. */
  useThreads(threads: number): void {
    if (this.#over) return;
    this.#wanted = Math.max(0, Math.min(threads - 1, this.most));
    while (this.#helpers.length < this.#wanted && !this.#over) this.#add();
  }

  /** Introduces a machine; the number that comes back is its name here. */
  attach(workshop: Workshop): number {
    const id = this.#nextId++;
    this.#workshops.set(id, workshop);
    for (const [index, helper] of this.#helpers.entries()) introduce(helper, index, { id, workshop });
    return id;
  }

  /** Lets go of a machine's memory. */
  detach(id: number): void {
    this.#workshops.delete(id);
    for (const helper of this.#helpers) helper.post({ kind: 'detach', id });
  }

  /** Asks for help with the pass that has just begun; whoever comes too late finds nothing to do. */
  call(id: number): void {
    for (const helper of this.#helpers.slice(0, this.#wanted)) helper.post({ kind: 'help', id });
  }

  /** Ends all helpers for good; machines go on without. */
  dispose(): void {
    this.#over = true;
    this.#wanted = 0;
    for (const helper of this.#helpers) helper.terminate();
    this.#helpers = [];
  }

  #add(): void {
    const index = this.#helpers.length;
    try {
      // A thread that is lost once would be lost again: a policy forbids it, or the machine has no room.
      const helper = this.#start(() => this.dispose());
      if (this.#over) {
        helper.terminate();
        return;
      }
      this.#helpers.push(helper);
      for (const [id, workshop] of this.#workshops) introduce(helper, index, { id, workshop });
    } catch {
      this.dispose();
    }
  }
}

function introduce(
  helper: HelperThread,
  index: number,
  { id, workshop: { scratches, ...common } }: { id: number; workshop: Workshop },
): void {
  const scratch = scratches[index];
  if (scratch === undefined) throw new Error('a machine with room for fewer helpers');
  helper.post({ kind: 'attach', id, workplace: { ...common, scratch } });
}
