/** A helper thread of the screening thread (`kernel-threads.ts`). */
import { parentPort } from 'node:worker_threads';
import { createHelper } from '../kernels/helper.ts';

parentPort?.on('message', createHelper());
