/** What the engine's host and its workers say to each other; parsed on both sides like any other border. */
import * as v from 'valibot';
import {
  ABSTENTIONS,
  BACKENDS,
  MODEL_ROLES,
  type ModelRole,
  type PatchMap,
  type Verdict,
} from '../core/verdict.ts';
import { KERNEL_KINDS } from '../kernels/kinds.ts';
import { engineFault, engineNote } from '../protocol/engine-fault.ts';
import { effort } from '../protocol/messages.ts';
import { bytes, patchMap, sha256, verdict } from '../protocol/schemas.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const workerRequest = v.variant('kind', [
  /** Once, first. `wasm` leaves WebGPU alone; `webgpu` falls back to WASM by itself. */
  v.object({
    kind: v.literal('start'),
    prefer: v.picklist(['webgpu', 'wasm']),
    /** Tests only: accept a software adapter. */
    allowFallbackAdapter: v.boolean(),
  }),
  v.object({
    kind: v.literal('screen'),
    taskId: count,
    bytes,
    sha256,
    effort,
    role: v.picklist(MODEL_ROLES),
    /** To infer with, where there are as many. */
    threads: v.pipe(count, v.minValue(1)),
  }),
  /** Nobody waits for this task any more; one that is not in work is done already. */
  v.object({ kind: v.literal('stop'), taskId: count }),
]);
export type WorkerRequest = v.InferOutput<typeof workerRequest>;

/** The memory of a worker between two tasks. */
const condition = {
  /** WASM memory held, which only a new worker gives back. */
  heapBytes: count,
  /** Replace this worker before its next task. */
  worn: v.boolean(),
};

export const workerReply = v.variant('kind', [
  v.object({
    kind: v.literal('ready'),
    backend: v.picklist(BACKENDS),
    kernels: v.picklist(KERNEL_KINDS),
    note: v.nullable(engineNote),
  }),
  /** This worker cannot go on and wants to be replaced; what it was doing is to be tried elsewhere. */
  v.object({ kind: v.literal('broken'), fault: engineFault }),
  /** The task's model cannot be had here; the others can, and the worker goes on. */
  v.object({ kind: v.literal('unable'), taskId: count, fault: engineFault }),
  v.object({
    kind: v.literal('screened'),
    taskId: count,
    verdict,
    map: v.nullable(patchMap),
    thumbnail: v.nullable(bytes),
    ...condition,
  }),
  /** The task was left before its end, as asked. */
  v.object({ kind: v.literal('stopped'), taskId: count, ...condition }),
]);
export type WorkerReply = v.InferOutput<typeof workerReply>;

/** What a worker made of a picture. */
export interface Screened {
  verdict: Verdict;
  map: PatchMap | null;
  thumbnail: Uint8Array<ArrayBuffer> | null;
}

/** Whether a worker's answer hangs together: a backend that computes garbage often still fills the right types. */
export function isPlausible(
  { verdict: said, map }: Screened,
  asked: { sha256: string; role: ModelRole },
): boolean {
  if (said.state === 'failed') return map === null;
  if (said.sha256 !== asked.sha256) return false;
  if (said.state === 'abstained') return map === null && ABSTENTIONS.includes(said.reason);
  const [low, high] = said.band;
  return (
    said.role === asked.role &&
    map !== null &&
    map.rows === said.grid.rows &&
    map.columns === said.grid.columns &&
    map.widthPx === said.facts.widthPx &&
    map.heightPx === said.facts.heightPx &&
    low <= said.probability &&
    said.probability <= high
  );
}
