/** Two models in one extension, built around tiny ones whose answers are known: brighter pictures get higher scores. */

import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from '../../scripts/browser.mjs';
import { buildExtension } from '../../scripts/build.mjs';
import {
  copyWithAccess,
  launchWithExtension,
  openPopup,
  type Session,
  waitFor,
} from '../../scripts/lib/extension.mjs';
import { serveFolder } from '../../scripts/lib/serve-folder.mjs';
import type { Scored } from '../../src/core/verdict.ts';
import type { PageView } from '../../src/protocol/schemas.ts';
import { HOST_FLAGS } from '../support/fixture-server.mjs';
import { pngOf, waves } from '../support/pictures-by-hand.ts';
import {
  openFixture,
  overlayText,
  pressButton,
  scanThroughPopup,
  viewOf,
  viewWhen,
} from '../support/session.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

const VERSIONS = { old: 'before7f3a', renewed: 'later7f3a' };
const scratch = mkdtempSync(path.join(tmpdir(), 'telltale-two-'));
const models = path.join(scratch, 'models');
const build = path.join(scratch, 'build');
const pages = path.join(scratch, 'pages');

/** `waves` with every sample times `factor`: at 1 the fast model is unsure of it, at 0.8 it finds no signs. */
function shaded(factor: number): Uint8Array {
  const image = waves(200, 160);
  const rgba = image.rgba.map((byte, index) => (index % 4 === 3 ? byte : Math.round(byte * factor)));
  return pngOf({ ...image, rgba });
}

const site = await (async () => {
  mkdirSync(pages);
  writeFileSync(path.join(pages, 'unsure.png'), shaded(1));
  writeFileSync(path.join(pages, 'sure.png'), shaded(0.8));
  const images = ['unsure', 'sure', 'sure'].map(
    (name, at) => `<img src="/${name}.png" alt="${name} ${at}" width="300">`,
  );
  writeFileSync(path.join(pages, 'index.html'), `<!doctype html><title>Pictures</title>${images.join('\n')}`);
  return serveFolder(pages);
})();
const address = `${site.origin.replace('127.0.0.1', 'site.test')}/`;

const sessions: Session[] = [];
async function start(folder: string): Promise<Session> {
  const { path: browserPath } = await findBrowser();
  const session = await launchWithExtension({ browserPath, buildFolder: folder, flags: HOST_FLAGS });
  sessions.push(session);
  return session;
}

beforeAll(async () => {
  writeTinyModel(path.join(models, 'fast'), { id: 'fast', middle: MIDDLE });
  writeTinyModel(path.join(models, 'strong'), { id: 'strong', middle: MIDDLE - 30, version: VERSIONS.old });
  process.env.TELLTALE_MODELS = models;
  await buildExtension('chrome', { outDir: build });
}, 300_000);
afterAll(async () => {
  delete process.env.TELLTALE_MODELS;
  await Promise.all(sessions.map((session) => session.close()));
  await site.close();
  rmSync(scratch, { recursive: true, force: true });
});

/** Mean of the samples of `waves`. */
const MIDDLE = (() => {
  const samples = [...waves(200, 160).rgba].filter((_, index) => index % 4 !== 3);
  return Math.round(samples.reduce((sum, sample) => sum + sample, 0) / samples.length);
})();

const scoreOf = (view: PageView, label: string): Scored => {
  const state = view.rows.find(({ image }) => image.label === label)?.state;
  if (state?.state !== 'scored') throw new Error(`${label}: ${state?.state}`);
  return state;
};
const speakers = (view: PageView) =>
  Object.fromEntries(view.rows.map(({ image }) => [image.label, scoreOf(view, image.label).model]));
const pointAt = async (page: Page, label: string) => {
  const element = await page.$(`img[alt="${label}"]`);
  const box = await element?.boundingBox();
  if (!box) throw new Error(`no picture ${label}`);
  await page.bringToFront();
  await page.mouse.move(box.x + 20, box.y + 20);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 4 });
};
const numberOf = ({ probability }: Scored): string => probability.toFixed(2);

describe('fast and strong', () => {
  it('share a scan, agree everywhere on a picture that the strong one has seen, and are remembered', async () => {
    const folder = copyWithAccess(build);
    const session = await start(folder);
    const { page, tabId } = await openFixture(session, address, { untilEntered: true });
    const scanned = await scanThroughPopup(session, tabId);
    const [fast, strong] = ['fast@1/p1', `strong@${VERSIONS.old}/p1`];
    expect(speakers(scanned)).toEqual({ 'unsure 0': strong, 'sure 1': fast, 'sure 2': fast });
    expect(scoreOf(scanned, 'sure 1').level).toBe('none');

    await pointAt(page, 'sure 1');
    const seen = await viewWhen(session, tabId, {
      what: 'the strong model to have looked at what the pointer is on',
      accept: (view) =>
        scoreOf(view, 'sure 1').role === 'strong' && scoreOf(view, 'sure 1').provisional !== true,
    });
    // The other element shows the same picture: one picture, one number.
    expect(scoreOf(seen, 'sure 2')).toEqual(scoreOf(seen, 'sure 1'));
    const number = numberOf(scoreOf(seen, 'sure 1'));
    expect(number).not.toBe(numberOf(scoreOf(scanned, 'sure 1')));
    await overlayText(page, new RegExp(number.replace('.', '\\.')));
    const popup = await openPopup(session, tabId);
    await waitFor('the popup to show the same number', async () =>
      (await popup.evaluate(() => document.body.innerText)).includes(number) ? true : undefined,
    );
    await popup.close();
    await page.close();

    const again = await openFixture(session, address, { untilEntered: true });
    const second = await scanThroughPopup(session, again.tabId);
    for (const label of ['unsure 0', 'sure 1', 'sure 2']) {
      expect(scoreOf(second, label)).toEqual(scoreOf(seen, label));
    }
    await again.page.close();
    await renew(session, folder);
  }, 120_000);

  /** Another strong model arrives with an update: nothing that the old one has said is shown any more. */
  async function renew(session: Session, folder: string): Promise<void> {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.js')) continue;
      const file = path.join(folder, name);
      writeFileSync(file, readFileSync(file, 'utf8').replaceAll(VERSIONS.old, VERSIONS.renewed));
    }
    const { browser, extensionId, close } = session;
    // Installed once more from the same folder, which is an update: what is stored stays.
    expect(await browser.installExtension(folder)).toBe(extensionId);
    const desk = await browser.newPage();
    await desk.goto(`chrome-extension://${extensionId}/manifest.json`);
    const renewed: Session = { browser, extensionId, close, desk };
    const { page, tabId } = await openFixture(renewed, address, { untilEntered: true });
    const view = await scanThroughPopup(renewed, tabId);
    const strong = `strong@${VERSIONS.renewed}/p1`;
    expect(speakers(view)).toEqual({ 'unsure 0': strong, 'sure 1': 'fast@1/p1', 'sure 2': 'fast@1/p1' });
    await page.close();
  }

  it('are one, with a notice, where the strong one’s weights are not its own', async () => {
    const folder = copyWithAccess(build);
    const { weights } = JSON.parse(readFileSync(path.join(models, 'strong', 'card.json'), 'utf8'));
    const [file] = readdirSync(path.join(folder, 'assets'))
      .map((name) => path.join(folder, 'assets', name))
      .filter((name) => createHash('sha256').update(readFileSync(name)).digest('hex') === weights.sha256);
    if (file === undefined) throw new Error('the strong model is not in the package');
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0xff, bytes.length - 4));
    const session = await start(folder);
    const { page, tabId } = await openFixture(session, address, { untilEntered: true });
    await pointAt(page, 'sure 1');
    await viewWhen(session, tabId, {
      what: 'the fast model to have the last word',
      accept: ({ rows }) =>
        rows.some(
          ({ state }) => state?.state === 'scored' && state.role === 'fast' && state.provisional !== true,
        ),
    });
    const view = await scanThroughPopup(session, tabId);
    expect(new Set(Object.values(speakers(view)))).toEqual(new Set(['fast@1/p1']));
    expect((await viewOf(session, tabId)).engine.models[1]?.fault).toMatchObject({ reason: 'bad-weights' });
    const popup = await openPopup(session, tabId);
    const text = () => popup.evaluate(() => document.body.innerText);
    await waitFor('the notice', async () =>
      /strong model does not answer/.test(await text()) ? true : undefined,
    );
    await pressButton(popup, /^About/);
    await waitFor('both models', async () =>
      /Looks at every picture first/.test(await text()) ? true : undefined,
    );
    await popup.close();
  }, 120_000);
});
