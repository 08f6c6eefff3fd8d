import { describe, expect, it, vi } from 'vitest';
import messages from '../../public/_locales/en/messages.json' with { type: 'json' };
import { lookupIn } from '../core/report/catalogue.ts';
import { ENGINE_BACKENDS, ENGINE_FAULTS } from '../protocol/engine-fault.ts';
import { engineNoteText, strongNoteText } from './engine-note.ts';
import { pageView } from './sample.testing.ts';

vi.mock('../platform/browser.ts', () => ({
  browser: {
    i18n: { getMessage: (key: string, values: string[]) => lookupIn(messages)(key, ...values) },
  },
}));

describe('the note on the engine', () => {
  it('comes from the catalogue, with what the driver said behind it', () => {
    expect(engineNoteText({ backend: 'webgpu', reason: 'emulated' })).toBe(
      'The graphics processor is not used. It is only emulated, which is slower than not using it.',
    );
    expect(engineNoteText({ backend: 'wasm', reason: 'exception', detail: 'out of memory' })).toBe(
      'The engine did not start. Something failed in it. (out of memory)',
    );
  });

  it('says that the strong model does not answer, and nothing as long as it may', () => {
    const { engine } = pageView([]);
    expect(strongNoteText(engine)).toBeNull();
    const models = engine.models.map((model) => ({ ...model, fault: { reason: 'bad-weights' as const } }));
    expect(strongNoteText({ ...engine, models })).toBe(
      'The strong model does not answer, so the fast one speaks alone. The model’s weights do not fit its card.',
    );
  });

  it('has words for every fault of every backend', () => {
    const notes = ENGINE_BACKENDS.flatMap((backend) =>
      ENGINE_FAULTS.map((reason) => engineNoteText({ backend, reason })),
    );
    expect(new Set(notes).size).toBe(ENGINE_BACKENDS.length * ENGINE_FAULTS.length);
    for (const note of notes) expect(note).toMatch(/^The .+\. .+\.$/);
  });
});
