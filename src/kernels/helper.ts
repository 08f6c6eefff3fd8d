/** A helper thread's own side: between passes it sleeps in its event loop. */

/** A machine's memory and where in it a helper finds what it needs. */
export interface Workplace {
  module: WebAssembly.Module;
  /** Shared. */
  memory: WebAssembly.Memory;
  control: number;
  scratch: number;
}

export type HelperMessage =
  | { kind: 'attach'; id: number; workplace: Workplace }
  | { kind: 'help'; id: number }
  | { kind: 'detach'; id: number };

/**
 * How long threads wait for one that keeps an entry, which takes milliseconds: it is dead, or the machine so busy that
 * threads are no help.
 */
export const HELPER_PATIENCE_MS = 2000;

interface Exports {
  help: (control: number, scratch: number, patienceMs: number) => void;
}

/** What a helper thread does with each message. */
export function createHelper(): (message: HelperMessage) => void {
  const tasks = new Map<number, () => void>();
  return (message) => {
    if (message.kind === 'help') tasks.get(message.id)?.();
    else if (message.kind === 'detach') tasks.delete(message.id);
    else tasks.set(message.id, taskAt(message.workplace));
  };
}

function taskAt({ module, memory, control, scratch }: Workplace): () => void {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const { help } = exports as unknown as Exports;
  return () => help(control, scratch, HELPER_PATIENCE_MS);
}
