/** Every way an image can be bad ends in its own named state; none of them is a score. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PageView } from '../../src/protocol/schemas.ts';
import { startFixtures } from '../support/fixture-server.mjs';
import { openFixture, outcomeOf, scanThroughPopup, startSession, viewOf } from '../support/session.ts';

const fixtures = await startFixtures();
const session = await startSession({ withAccess: true });
afterAll(async () => {
  await session.close();
  await fixtures.close();
});

const EXPECTED: Record<string, string> = {
  '/small/40.jpg': 'scored',
  '/slow/41.jpg': 'scored',
  '/gif/42.gif': 'scored',
  '/hang/43.jpg': 'timeout',
  '/html/44.jpg': 'not-an-image',
  '/huge-png/45.png': 'too-many-pixels',
  '/huge-jpeg/46.jpg': 'too-many-pixels',
  '/truncated/47.jpg': 'truncated',
  '/corrupt/48.jpg': 'corrupt',
  '/stream/49.jpg': 'too-many-bytes',
  '/to-private/50.jpg': 'private-address',
  '/picture.jpg (10.0.0.1)': 'private-address',
  '/login/51.jpg': 'needs-login',
  '/login/52.jpg': 'scored',
  '/hotlink/53.jpg': 'scored',
  '/missing/54.jpg': 'http-error',
  '/picture.jpg (nowhere.test)': 'network',
  '/svg/55.svg': 'unsupported-format',
  '/flat/56.png': 'too-flat',
  '/tiny/57.png': 'too-small',
  canvas: 'tainted-canvas',
};

function namedOutcomes(view: PageView): Record<string, string> {
  const entries = view.rows.map((row) => {
    if (row.image.url === null) return [row.image.kind, outcomeOf(row)];
    const { hostname, pathname } = new URL(row.image.url);
    const name =
      hostname.endsWith('.test') && hostname !== 'nowhere.test' ? pathname : `${pathname} (${hostname})`;
    return [name, outcomeOf(row)];
  });
  return Object.fromEntries(entries);
}

describe('a page of bad images', () => {
  let view: PageView;
  let tabId: number;
  beforeAll(async () => {
    ({ tabId } = await openFixture(session, fixtures.url('/states.html'), { untilReady: true }));
    view = await scanThroughPopup(session, tabId);
  });

  it.each(Object.entries(EXPECTED))('%s ends as %s', (name, outcome) => {
    expect(namedOutcomes(view)[name]).toBe(outcome);
  });

  it('has no other rows', () => {
    expect(Object.keys(namedOutcomes(view)).sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  it('asks nobody with cookies or a referrer, except in the page itself', () => {
    const byExtension = fixtures.readByScripts();
    const revealing = byExtension.filter(({ headers }) => headers.cookie ?? headers.referer);
    // What only the page may read is read as the page, at its own origin.
    expect(revealing.filter(({ host }) => host !== 'site.test')).toEqual([]);
    expect(revealing.map(({ path }) => path).sort()).toEqual(['/hotlink/53.jpg', '/login/52.jpg']);
  });

  it('stops the 300 MB stream at its cap', () => {
    const row = view.rows.find(({ image }) => image.url?.includes('/stream/'));
    expect(row?.state?.state).toBe('failed');
  });

  it('stores no failure: a second look asks the failed ones again', async () => {
    fixtures.forget();
    await scanThroughPopup(session, tabId);
    expect(fixtures.readByScripts('/missing/54.jpg')).not.toHaveLength(0);
    expect(fixtures.readByScripts('/small/40.jpg')).toHaveLength(0);
    expect(namedOutcomes(await viewOf(session, tabId))['/missing/54.jpg']).toBe('http-error');
  });
});
