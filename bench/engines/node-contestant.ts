/** ONNX Runtime's native library: in a process of its own, which ends with each task. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Contestant } from './contestant.ts';
import type { BenchNetwork } from './networks.ts';
import { onnxModel } from './onnx.ts';
import type { Reply, Request } from './page/messages.ts';
import type { Entry } from './roster.ts';
import { picturesOf, planarFrom } from './task.ts';

const SCRIPT = fileURLToPath(new URL('./ort-node.mjs', import.meta.url));

/** The native runtime, which knows the given networks. */
export function nodeContestant(entry: Entry, networks: readonly BenchNetwork[]): Contestant {
  let child: ChildProcess | null = null;
  return {
    entry,
    async open(task) {
      const network = networks.find(({ name }) => name === task.network);
      if (network === undefined) throw new Error(`no network ${task.network}`);
      child = fork(SCRIPT, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
      await ask(child, {
        kind: 'prepare',
        threads: entry.threads,
        model: onnxModel(network, task),
        planes: planarFrom(picturesOf(task), task),
        shape: [task.batch, 3, task.sizePx, task.sizePx],
      });
    },
    async look() {
      const { logits } = await ran(child, true);
      if (logits === null) throw new Error('no logits came back');
      return logits;
    },
    time: async () => (await ran(child, false)).milliseconds,
    async close() {
      const ending = child;
      child = null;
      if (ending === null || ending.exitCode !== null) return;
      await new Promise((resolve) => {
        ending.once('exit', resolve);
        ending.kill();
      });
    },
  };
}

async function ran(child: ChildProcess | null, wantsLogits: boolean) {
  if (child === null) throw new Error('the process was not started');
  const reply = await ask(child, { kind: 'run', wantsLogits });
  if (reply.kind !== 'ran') throw new Error('the process did not run the task');
  return reply;
}

/** What the process is asked; unlike a worker it is given everything with the request. */
export type ChildRequest =
  | { kind: 'prepare'; threads: number; model: Uint8Array; planes: Float32Array; shape: number[] }
  | Extract<Request, { kind: 'run' }>;

function ask(child: ChildProcess, request: ChildRequest): Promise<Exclude<Reply, { kind: 'failed' }>> {
  return new Promise((resolve, reject) => {
    const exited = (code: number | null) => reject(new Error(`the process ended with exit code ${code}`));
    child.once('exit', exited);
    child.once('message', (reply: Reply) => {
      child.off('exit', exited);
      if (reply.kind === 'failed') reject(new Error(reply.message));
      else resolve(reply);
    });
    child.send(request);
  });
}
