/** The Firefox build scans a page: event page, engine worker and content script, where Firefox is installed. */
import { afterAll, expect, it } from 'vitest';
import { waitFor } from '../../scripts/lib/extension.mjs';
import type { PageView } from '../../src/protocol/schemas.ts';
import { firefoxPath, startFirefox } from '../support/firefox.ts';
import { startFixtures } from '../support/fixture-server.mjs';

const fixtures = await startFixtures();
afterAll(() => fixtures.close());

it.skipIf(firefoxPath === undefined)(
  'scores pictures of another origin',
  async () => {
    const { browser, desk, close } = await startFirefox(firefoxPath ?? '');
    try {
      const page = await browser.newPage();
      await page.goto(fixtures.url('/many.html?n=4&route=crop&origin=cdn'));
      const tabId = await desk.evaluate(async () => {
        const tabs = await chrome.tabs.query({});
        return tabs.find(({ url }) => url?.includes('/many.html'))?.id;
      });
      const ask = async (name: string): Promise<PageView> => {
        const message = { telltale: 1, to: 'background', name, payload: { tabId } };
        const json = await desk.evaluate(
          async (sent) => JSON.stringify(await chrome.runtime.sendMessage(sent)),
          message,
        );
        return JSON.parse(json).payload;
      };
      await ask('scan.start');
      const view = await waitFor(
        'the scan to finish',
        async () => {
          const current = await ask('page.view');
          const settled = current.rows.every(({ state }) => state?.state === 'scored');
          return current.scan?.state === 'finished' && settled ? current : undefined;
        },
        { timeoutMs: 45_000, everyMs: 300 },
      );
      expect(view.rows.map(({ image }) => image.label)).toEqual([
        'number 0',
        'number 1',
        'number 2',
        'number 3',
      ]);
      expect(view.engine.backend).toBe('wasm');
      const requests = fixtures.readByScripts('/crop/');
      expect(requests).toHaveLength(4);
      expect(requests.filter(({ headers }) => headers.cookie ?? headers.referer)).toEqual([]);
    } finally {
      await close();
    }
  },
  120_000,
);
