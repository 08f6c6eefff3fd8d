/** The engine in the built extension on WebGPU, by a software adapter: the same scores as from the command line on WASM. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { serveFolder } from '../../scripts/lib/serve-folder.mjs';
import { answersOf, telltale } from '../support/command-line.ts';
import { png, texture } from '../support/pictures.mjs';
import { openFixture, scanThroughPopup, startSession } from '../support/session.ts';
import { SOFTWARE_ADAPTER } from '../support/webgpu.ts';

const TOLERANCE = 1e-3;
/** Just large enough for a score: software takes seconds for what graphics processors do in milliseconds. */
const NAMES = ['one.png', 'two.png'];

const folder = mkdtempSync(path.join(tmpdir(), 'telltale-webgpu-'));
for (const [index, name] of NAMES.entries()) {
  writeFileSync(path.join(folder, name), png(112, 100 + 8 * index, texture(index)));
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
    const answers = answersOf(await telltale(['screen', ...paths, '--backend', 'wasm', '--json']));
    for (const [index, name] of NAMES.entries()) {
      const state = view.rows.find(({ image }) => image.label === name)?.state;
      if (state?.state !== 'scored') throw new Error(`${name}: ${JSON.stringify(state)}`);
      expect(state.backend).toBe('webgpu');
      expect(answers[index]?.grid).toEqual([state.grid.rows, state.grid.columns]);
      expect(Math.abs(state.probability - (answers[index]?.pFake ?? Number.NaN))).toBeLessThan(TOLERANCE);
    }
    expect(answers[0]?.pFake).not.toBe(answers[1]?.pFake);
  });
});
