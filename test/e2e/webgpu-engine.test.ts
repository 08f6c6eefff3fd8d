/**
 * The engine in the built extension on WebGPU, by a software adapter: the strong model speaks of every picture, with the
 * same scores as from the command line on WASM. It is a tiny one here: software takes seconds for what graphics processors
 * do in milliseconds.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from '../../scripts/browser.mjs';
import { buildExtension } from '../../scripts/build.mjs';
import { ROOT } from '../../scripts/lib/command.mjs';
import { launchWithExtension, type Session } from '../../scripts/lib/extension.mjs';
import { serveFolder } from '../../scripts/lib/serve-folder.mjs';
import { PACKAGED_CARDS } from '../../src/platform/packaged-models.ts';
import { answersOf, telltale } from '../support/command-line.ts';
import { HOST_FLAGS } from '../support/fixture-server.mjs';
import { png, texture } from '../support/pictures.mjs';
import { openFixture, scanThroughPopup } from '../support/session.ts';
import { writeTinyModel } from '../support/tiny-model.ts';
import { SOFTWARE_ADAPTER } from '../support/webgpu.ts';

const TOLERANCE = 1e-3;
const NAMES = ['one.png', 'two.png'];
/** Just large enough for the fast model. */
const SIDE_PX = PACKAGED_CARDS.fast.limits.minSidePx;

const scratch = mkdtempSync(path.join(tmpdir(), 'telltale-webgpu-'));
const models = path.join(scratch, 'models');
const build = path.join(scratch, 'build');
const pages = path.join(scratch, 'pages');
mkdirSync(pages);
for (const [index, name] of NAMES.entries()) {
  writeFileSync(path.join(pages, name), png(SIDE_PX + 12, SIDE_PX + 8 * index, texture(index)));
}
const elements = NAMES.map((name) => `<img src="/${name}" alt="${name}" width="200" height="160">`);
writeFileSync(path.join(pages, 'index.html'), `<!doctype html><title>Pictures</title>${elements.join('\n')}`);
const site = await serveFolder(pages);

let session: Session;
beforeAll(async () => {
  cpSync(path.join(ROOT, 'models/fast'), path.join(models, 'fast'), { recursive: true });
  writeTinyModel(path.join(models, 'strong'), { id: 'strong' });
  process.env.TELLTALE_MODELS = models;
  await buildExtension('chrome', { outDir: build });
  const { path: browserPath } = await findBrowser();
  const flags = [...HOST_FLAGS, ...SOFTWARE_ADAPTER];
  session = await launchWithExtension({ browserPath, buildFolder: build, withAccess: true, flags });
}, 300_000);
afterAll(async () => {
  delete process.env.TELLTALE_MODELS;
  await session?.close();
  await site.close();
  rmSync(scratch, { recursive: true, force: true });
});

describe('the engine on WebGPU', () => {
  it('gives the scores of the command line on WASM', { timeout: 180_000 }, async () => {
    await session.desk.evaluate(() => chrome.storage.local.set({ settings: { allowFallbackAdapter: true } }));
    // The loopback server under a name that the address guard lets through.
    const { tabId } = await openFixture(session, `${site.origin.replace('127.0.0.1', 'site.test')}/`);
    const view = await scanThroughPopup(session, tabId);
    expect(view.engine.backend).toBe('webgpu');
    const paths = NAMES.map((name) => path.join(pages, name));
    const answers = answersOf(
      await telltale([
        'screen',
        ...paths,
        '--model',
        path.join(models, 'strong'),
        '--backend',
        'wasm',
        '--json',
      ]),
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
