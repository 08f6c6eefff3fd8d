/** Where requests go: the browser's own log of every one it made, with the document that asked for it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { askBackground, openPopup } from '../../scripts/lib/extension.mjs';
import { startFixtures } from '../support/fixture-server.mjs';
import { openFixture, scanThroughPopup, serviceWorker, startSession } from '../support/session.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'telltale-netlog-'));
const fixtures = await startFixtures();
afterAll(async () => {
  await fixtures.close();
  rmSync(folder, { recursive: true, force: true });
});

interface NetLog {
  constants: { logEventTypes: Record<string, number> };
  events: { type: number; params?: { url?: string; initiator?: string; method?: string } }[];
}

/** Requests for http(s) and the like that one origin made, each once. */
function requestsBy(origin: string, log: NetLog): string[] {
  const started = log.constants.logEventTypes.URL_REQUEST_START_JOB;
  const urls = log.events
    .filter(({ type, params }) => type === started && params?.initiator === origin)
    .map(({ params }) => `${params?.method} ${params?.url}`);
  return [...new Set(urls)].filter((line) => !line.includes('chrome-extension://')).sort();
}

it('asks for nothing but the page’s own images, whatever a person does', async () => {
  const file = path.join(folder, 'net.json');
  const session = await startSession({ withAccess: true, flags: [`--log-net-log=${file}`] });
  const { tabId } = await openFixture(session, fixtures.url('/many.html?n=3&route=small&origin=cdn'));
  const view = await scanThroughPopup(session, tabId);
  const popup = await openPopup(session, tabId);
  const row = view.rows[0];
  if (row?.state?.state !== 'scored') throw new Error('the first image has no score');
  const { sha256 } = row.state;
  const mark = { sha256, wrong: true, pageUrl: view.url, state: row.state };
  await askBackground(session.desk, 'row.mark', mark);
  const marks = await askBackground(session.desk, 'marks.export', {});
  expect(marks.total).toBe(1);
  expect(marks.json).toContain(sha256);
  await askBackground(session.desk, 'cache.wipe', {});
  expect((await askBackground(session.desk, 'cache.size', {})).verdicts).toBe(0);
  await serviceWorker(session);
  await popup.close();
  const origin = `chrome-extension://${session.extensionId}`;
  await session.close();

  const log = JSON.parse(readFileSync(file, 'utf8')) as NetLog;
  const expected = [0, 1, 2].map((number) => `GET ${fixtures.cdn}/small/${number}.jpg`);
  expect(requestsBy(origin, log)).toEqual(expected);
  const revealing = fixtures.readByScripts().filter(({ headers }) => headers.cookie ?? headers.referer);
  expect(revealing).toEqual([]);
});
