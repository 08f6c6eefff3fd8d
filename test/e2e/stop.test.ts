/** The packaged worker leaves a picture that nobody waits for, and is there for the next. */
import { createHash } from 'node:crypto';
import { afterAll, expect, it } from 'vitest';
import { MODEL_ROLES } from '../../src/core/verdict.ts';
import type { WorkerRequest } from '../../src/engine/worker-protocol.ts';
import { askEngineWorker, ENGINE_START } from '../support/engine-worker.ts';
import { pngOf, waves } from '../support/pictures-by-hand.ts';
import { startSession } from '../support/session.ts';

const session = await startSession({ withAccess: false });
afterAll(() => session.close());

/** Several tiles, and a turn before each. */
const bytes = Uint8Array.from(pngOf(waves(600, 560)));
const sha256 = createHash('sha256').update(bytes).digest('hex');

it.each(MODEL_ROLES)('stops the %s model and goes on with the next picture', async (role) => {
  const look = (taskId: number): WorkerRequest => ({
    ...{ kind: 'screen', taskId, bytes, sha256, effort: 'full', role, threads: 1 },
  });
  const stop = (taskId: number): WorkerRequest => ({ kind: 'stop', taskId });
  const rounds = [[ENGINE_START], [look(0), stop(0)], [stop(0), look(1)]];
  const [ready, first, second] = await askEngineWorker(session, rounds);
  expect(ready?.kind).toBe('ready');
  expect(first).toMatchObject({ kind: 'stopped', taskId: 0 });
  expect(second).toMatchObject({ kind: 'screened', taskId: 1, verdict: { state: 'scored' } });
});
