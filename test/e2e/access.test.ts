/** Site access: what works without it, and what happens the moment it is given or taken. */
import { afterAll, describe, expect, it } from 'vitest';
import { openTab, waitFor } from '../../scripts/lib/extension.mjs';
import { overlayOf } from '../../scripts/lib/overlay.mjs';
import { startFixtures } from '../support/fixture-server.mjs';
import {
  openFixture,
  outcomesOf,
  overlayText,
  pressToolbarButton,
  scanThroughPopup,
  setHostAccess,
  startSession,
  useContextMenu,
  viewOf,
} from '../support/session.ts';

const VERDICT = /strong signs|some signs|unsure|no signs/i;

const fixtures = await startFixtures();
const sessions: Awaited<ReturnType<typeof startSession>>[] = [];
const start = async (withAccess: boolean) => {
  const session = await startSession({ withAccess });
  sessions.push(session);
  return session;
};
afterAll(async () => {
  for (const session of sessions) await session.close();
  await fixtures.close();
});

describe('without host access', () => {
  it('leaves pages alone until the toolbar button is pressed, then scans what the page itself may read', async () => {
    const session = await start(false);
    const { page, tabId } = await openFixture(session, fixtures.url('/hostile.html'), { untilReady: true });
    await page.mouse.move(60, 60);
    expect(await overlayOf(page)).toBeNull();
    expect(fixtures.readByScripts()).toEqual([]);

    expect(await viewOf(session, tabId)).toMatchObject({ reachable: false });
    await page.evaluate((src) => {
      document.body.append(Object.assign(new Image(), { src, alt: 'shared bait' }));
    }, `${fixtures.cdn}/cors/82.jpg`);

    const popup = await pressToolbarButton(session, page);
    await popup.close();
    const view = await scanThroughPopup(session, tabId);
    expect(outcomesOf(view)).toMatchObject({ bait: 'scored', 'second bait': 'not-allowed' });
    expect(view.access).toMatchObject({ site: false, everywhere: false });
    // Nothing that the browser would refuse was even tried with credentials.
    const tried = fixtures.log.filter(({ path, headers }) => path.startsWith('/crop/81') && headers.cookie);
    expect(tried).toEqual([]);
    // Nor did any request say who was asking.
    expect(fixtures.log.filter(({ headers }) => headers.origin?.startsWith('chrome-extension'))).toEqual([]);
    // What its site lets every page read (CORS) needs no access either.
    expect(outcomesOf(view)).toMatchObject({ 'shared bait': 'scored' });
  });
});

describe('a page that is closed to extensions', () => {
  it('gets the popup from the context menu, which says so', async () => {
    const session = await start(true);
    for (const url of ['chrome://version/', fixtures.url('/pdf/1.pdf')]) {
      const { page, tabId } = await openTab(session, url);
      const popup = session.browser.waitForTarget((target) => target.url().endsWith('/src/popup/index.html'));
      await useContextMenu(session, { tabId, pageUrl: url });
      const opened = await (await popup).asPage();
      await opened.waitForSelector('.face[data-situation="closed"]');
      // Once the popup is open the mark at the toolbar button has done its work.
      const badge = () => session.desk.evaluate((id) => chrome.action.getBadgeText({ tabId: id }), tabId);
      await waitFor('the mark to go', async () => ((await badge()) === '' ? true : undefined));
      await opened.close();
      await page.close();
    }
  });
});

describe('access that comes and goes', () => {
  it('takes effect at once on open pages, in both directions', async () => {
    const session = await start(true);
    const { page, tabId } = await openFixture(session, fixtures.url('/covered.html'), { untilEntered: true });
    await page.bringToFront();
    await page.mouse.move(150, 150, { steps: 4 });
    await overlayText(page, VERDICT);

    await setHostAccess(session, 'ON_CLICK');
    await waitFor('every trace to leave the page', async () =>
      (await overlayOf(page)) === null ? true : undefined,
    );
    expect((await viewOf(session, tabId)).access).toMatchObject({ site: false, everywhere: false });
    await page.bringToFront();
    await page.mouse.move(600, 600);
    await page.mouse.move(150, 150, { steps: 4 });
    expect(await overlayOf(page)).toBeNull();

    await setHostAccess(session, { site: 'http://site.test/*' });
    await page.bringToFront();
    await waitFor(
      'badges to work again without reloading',
      async () => {
        await page.mouse.move(600, 600);
        await page.mouse.move(150, 150, { steps: 4 });
        return (await overlayOf(page)) === null ? undefined : true;
      },
      { everyMs: 500 },
    );
    expect((await viewOf(session, tabId)).access).toMatchObject({ site: true, everywhere: false });
  });

  it('withheld for the image’s site only, ends as not allowed for those images', async () => {
    const session = await start(true);
    await setHostAccess(session, 'ON_CLICK');
    await setHostAccess(session, { site: 'http://site.test/*' });
    const { tabId } = await openFixture(session, fixtures.url('/hostile.html'), { untilReady: true });
    const view = await scanThroughPopup(session, tabId);
    expect(outcomesOf(view)).toMatchObject({ bait: 'scored', 'second bait': 'not-allowed' });
  });
});
