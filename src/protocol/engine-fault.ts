/** Why the engine does not use a backend, in reasons that pages have sentences for. */
import * as v from 'valibot';
import { LIMITS } from '../core/limits.ts';

export const ENGINE_FAULTS = [
  /** The browser offers extensions no graphics processor. */
  'no-adapter',
  /** The graphics processor is software. */
  'emulated',
  /** The browser refused to start the backend. */
  'refused',
  'bad-weights',
  /** Other numbers than the card's on its golden input; the detail is the largest difference. */
  'wrong-result',
  /** Something threw; the detail is its message. */
  'exception',
  /** The detail is the browser's reason. */
  'device-lost',
  'slow-start',
  'slow-picture',
  /** A worker's answer could not be read, or does not hang together. */
  'bad-answer',
  'not-loaded',
] as const;
export type EngineFaultReason = (typeof ENGINE_FAULTS)[number];

export const engineFault = v.object({
  reason: v.picklist(ENGINE_FAULTS),
  /** What a browser or driver said, or a number: not translated. */
  detail: v.exactOptional(v.pipe(v.string(), v.maxLength(LIMITS.labelChars))),
});
export type EngineFault = v.InferOutput<typeof engineFault>;

/** Backends that the engine tries. */
export const ENGINE_BACKENDS = ['webgpu', 'wasm'] as const;

/** A fault and the backend that is not used for it. */
export const engineNote = v.object({ ...engineFault.entries, backend: v.picklist(ENGINE_BACKENDS) });
export type EngineNote = v.InferOutput<typeof engineNote>;

/** The fault that a thrown `error`, or an unresolved worker error's message, stands for; the text is cut to fit. */
export function thrownFault(error: unknown): EngineFault {
  const message = error instanceof Error ? error.message : String(error);
  return { reason: 'exception', detail: message.slice(0, LIMITS.labelChars) };
}
