/** Chrome's extension pages share memory, and a picture that somebody waits for is screened by several threads. */
import { availableParallelism } from 'node:os';
import { afterAll, expect, it } from 'vitest';
import { waitFor } from '../../scripts/lib/extension.mjs';
import { startFixtures } from '../support/fixture-server.mjs';
import {
  engineHost,
  isSettled,
  openFixture,
  startSession,
  useContextMenu,
  viewWhen,
} from '../support/session.ts';

const fixtures = await startFixtures();
const session = await startSession({ withAccess: true });

afterAll(async () => {
  await session.close();
  await fixtures.close();
});

it('starts helpers for a picture that was clicked', async () => {
  const { page, tabId } = await openFixture(session, fixtures.url('/many.html?n=1&from=4000'));
  const srcUrl = await page.evaluate(() => document.querySelector('img')?.src ?? '');
  await useContextMenu(session, { tabId, pageUrl: page.url(), srcUrl });
  const view = await viewWhen(session, tabId, {
    what: 'an answer',
    accept: ({ rows }) => rows.some(({ state }) => state !== null) && rows.every(isSettled),
  });
  expect(view.rows[0]?.state).toMatchObject({ state: 'scored', backend: 'wasm' });
  const host = await waitFor('the engine', () => engineHost(session));
  expect(await host.evaluate(() => crossOriginIsolated)).toBe(true);
  // They begin between two tiles, or only when the picture is done.
  const wanted = Math.min(4, availableParallelism()) - 1;
  await waitFor(`${wanted} helpers`, async () => {
    const helpers = host.workers().filter((worker) => worker.url().includes('/kernel-helper'));
    return helpers.length === wanted ? true : undefined;
  });
});
