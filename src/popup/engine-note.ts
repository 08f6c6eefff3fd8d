/** Why the engine does not run on a faster backend, or at all, or not with both models, in words. */
import { snakeCase } from '../core/report/catalogue.ts';
import type { EngineFault, EngineNote } from '../protocol/engine-fault.ts';
import type { EngineInfo } from '../protocol/schemas.ts';
import { text } from '../ui/i18n.ts';

/** One or two sentences, with what the browser or driver said in brackets. */
export function engineNoteText({ backend, ...fault }: EngineNote): string {
  return noteText(`engine_note_${backend}`, fault);
}

/** That the strong model does not answer, and why; null when it does, or has not been asked. */
export function strongNoteText({ models }: EngineInfo): string | null {
  const fault = models.find(({ role }) => role === 'strong')?.fault ?? null;
  return fault === null ? null : noteText('engine_note_strong', fault);
}

function noteText(key: `engine_note_${EngineNote['backend'] | 'strong'}`, { reason, detail }: EngineFault) {
  const sentences = text(key, text(`engine_fault_${snakeCase(reason)}`));
  return detail ? `${sentences} (${detail})` : sentences;
}
