/** A thread that reads and decodes pictures for `telltale inspect-data`. */
import { parentPort } from 'node:worker_threads';
import type { Result } from '../core/result.ts';
import { startDecoders } from './decoders.ts';
import { inspectFile, type OwnFacts, type Unreadable } from './inspect-file.ts';
import type { ThreadReply } from './thread-pool.ts';

const shared = await startDecoders();
parentPort?.on('message', async (path: string) => {
  const reply = await inspectFile(path, shared);
  const message: ThreadReply<Result<OwnFacts, Unreadable>> = { reply, worn: shared.isWorn() };
  parentPort?.postMessage(message);
});
