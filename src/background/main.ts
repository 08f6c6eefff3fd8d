/**
 * Entry of the background: a service worker in Chrome, an event page in Firefox. Every listener is registered
 * before the first await, because an event that starts the background is delivered only to those.
 */
import { grantedPatterns, onAccessChanged } from '../platform/access.ts';
import { browser } from '../platform/browser.ts';
import { contentSender, engineSender, guardedDoor, pageSender } from '../platform/doors.ts';
import { loadSettings } from '../platform/settings.ts';
import { listen } from '../platform/transports.ts';
import { contentToBackground, engineToBackground, pageToBackground } from '../protocol/messages.ts';
import { contentAnswers, engineAnswers, pageAnswers } from './answers.ts';
import { App } from './app.ts';
import { type EngineNews, localEngine } from './engine-local.ts';
import { ENGINE_PATH, offscreenEngine } from './engine-offscreen.ts';
import { createMenu, onMenuClick } from './menu.ts';
import { reportBug } from './report-bug.ts';

/** What a host in this page calls; in Chrome the same arrives as messages. */
const news: EngineNews = {
  onStarted: (jobId) => app.queue.started(jobId),
  onDone: (outcome) => void app.queue.done(outcome).catch(reportBug),
  onInfo: (info) => app.setEngineInfo(info),
};
const app: App = new App(
  __BROWSER__ === 'firefox' ? localEngine(news, loadSettings) : offscreenEngine(loadSettings),
);
let begin: () => void = () => {};
const ready = new Promise<void>((resolve) => {
  begin = resolve;
}).then(() => app.start());

/** Runs `work` when the background is ready, and reports what it throws. */
const whenReady = (work: () => unknown): void => {
  ready.then(work).catch(reportBug);
};

const here = 'background' as const;
listen(
  guardedDoor({
    here,
    ready,
    table: contentToBackground,
    admit: contentSender,
    handlers: contentAnswers(app),
  }),
  guardedDoor({ here, ready, table: pageToBackground, admit: pageSender, handlers: pageAnswers(app) }),
  guardedDoor({
    here,
    ready,
    table: engineToBackground,
    admit: (sender) => engineSender(sender, ENGINE_PATH),
    handlers: engineAnswers(app),
  }),
);

browser.runtime.onInstalled.addListener(({ reason }) => {
  createMenu().catch(reportBug);
  // An update or a reload has cut the scripts in open pages off; new ones take over.
  whenReady(async () => app.sites.granted(await grantedPatterns()));
  if (reason === 'install') {
    browser.tabs.create({ url: browser.runtime.getURL('src/welcome/index.html') }).catch(reportBug);
  }
});
onAccessChanged((change) =>
  whenReady(async () => {
    if ('added' in change) await app.sites.granted(change.added);
    else await app.sites.withdrawn(change.removed);
    app.views.changed(null);
  }),
);
onMenuClick((tabId, info) => whenReady(() => app.menuUsed(tabId, info)));
browser.tabs.onRemoved.addListener((tabId) => whenReady(() => app.tabClosed(tabId)));
app.wake.onAlarm(() => whenReady(() => app.queue.reconcile()));

begin();
whenReady(() => Promise.all([app.sites.start(), app.scans.resume()]));
