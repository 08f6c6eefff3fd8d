/**
 * The engine in the built extension on WebGPU, by a software adapter: the strong model speaks of every picture, with the
 * same scores as from the command line on WASM.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { serveFolder } from '../../scripts/lib/serve-folder.mjs';
import { MODEL_ROLES } from '../../src/core/verdict.ts';
import { PACKAGED_CARDS } from '../../src/platform/packaged-models.ts';
import { answersOf, telltale } from '../support/command-line.ts';
import { png, texture } from '../support/pictures.mjs';
import { openFixture, scanThroughPopup, startSession } from '../support/session.ts';
import { SOFTWARE_ADAPTER } from '../support/webgpu.ts';

const TOLERANCE = 1e-3;
/** Just large enough for both models: software takes seconds for what graphics processors do in milliseconds. */
const NAMES = ['one.png', 'two.png'];
const SIDE_PX = Math.max(...MODEL_ROLES.map((role) => PACKAGED_CARDS[role].limits.minSidePx));

const folder = mkdtempSync(path.join(tmpdir(), 'telltale-webgpu-'));
for (const [index, name] of NAMES.entries()) {
  writeFileSync(path.join(folder, name), png(SIDE_PX + 12, SIDE_PX + 8 * index, texture(index)));
}
const elements = NAMES.map((name) => `<img src="/${name}" alt="${name}" width="200" height="160">`);
writeFileSync(
  path.join(folder, 'index.html'),
  `<!doctype html><title>Pictures</title>${elements.join('\n')}`,
);
const site = await serveFolder(folder);
const session = await startSession({ withAccess: true, flags: SOFTWARE_ADAPTER });
afterAll(async () => {
  await session.close();
  await site.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the engine on WebGPU', () => {
  it('gives the scores of the command line on WASM', { timeout: 180_000 }, async () => {
    await session.desk.evaluate(() => chrome.storage.local.set({ settings: { allowFallbackAdapter: true } }));
    // The loopback server under a name that the address guard lets through.
    const { tabId } = await openFixture(session, `${site.origin.replace('127.0.0.1', 'site.test')}/`);
    const view = await scanThroughPopup(session, tabId);
    expect(view.engine.backend).toBe('webgpu');
    const paths = NAMES.map((name) => path.join(folder, name));
    const answers = answersOf(
      await telltale(['screen', ...paths, '--model', 'strong', '--backend', 'wasm', '--json']),
    );
    for (const [index, name] of NAMES.entries()) {
      const state = view.rows.find(({ image }) => image.label === name)?.state;
      if (state?.state !== 'scored') throw new Error(`${name}: ${JSON.stringify(state)}`);
      expect([state.role, state.backend]).toEqual(['strong', 'webgpu']);
      expect(answers[index]?.grid).toEqual([state.grid.rows, state.grid.columns]);
      expect(Math.abs(state.probability - (answers[index]?.pFake ?? Number.NaN))).toBeLessThan(TOLERANCE);
    }
    expect(answers[0]?.pFake).not.toBe(answers[1]?.pFake);
  });
});
