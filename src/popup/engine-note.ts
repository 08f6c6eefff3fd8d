/** Why the engine does not run on a faster backend, or at all, in words. */
import { snakeCase } from '../core/report/catalogue.ts';
import type { EngineNote } from '../protocol/engine-fault.ts';
import { text } from '../ui/i18n.ts';

/** One or two sentences, with what the browser or driver said in brackets. */
export function engineNoteText({ backend, reason, detail }: EngineNote): string {
  const sentences = text(`engine_note_${backend}`, text(`engine_fault_${snakeCase(reason)}`));
  return detail ? `${sentences} (${detail})` : sentences;
}
