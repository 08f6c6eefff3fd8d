/** The built extension in a real browser, with everything the end-to-end tests do to it. */
import type { CDPSession, ElementHandle, Page, Target, WebWorker } from 'puppeteer-core';
import { ProtocolError } from 'puppeteer-core';
import { findBrowser } from '../../scripts/browser.mjs';
import type { Session } from '../../scripts/lib/extension.mjs';
import {
  askBackground,
  launchWithExtension,
  openPopup,
  openTab,
  waitFor,
} from '../../scripts/lib/extension.mjs';
import { overlayOf } from '../../scripts/lib/overlay.mjs';
import type { PageRow, PageView } from '../../src/protocol/schemas.ts';
import { buildFolder } from './build-output.ts';
import { HOST_FLAGS } from './fixture-server.mjs';

/** A fresh browser and profile with the Chrome build; `withAccess` moves the optional host access to install. */
export async function startSession(options: {
  withAccess: boolean;
  flags?: readonly string[];
}): Promise<Session> {
  const { path: browserPath } = await findBrowser();
  return launchWithExtension({
    browserPath,
    buildFolder: buildFolder('chrome'),
    withAccess: options.withAccess,
    flags: [...HOST_FLAGS, ...(options.flags ?? [])],
  });
}

/**
 * Opens a fixture page; waits until its own scripts have set the title to `ready` (`untilReady`), until the
 * content script lives in it (`untilEntered`), or only until it is parsed.
 */
export async function openFixture(
  session: Session,
  url: string,
  options: { untilReady?: boolean; untilEntered?: boolean } = {},
): Promise<{ page: Page; tabId: number }> {
  const tab = await openTab(session, url, { waitUntil: 'domcontentloaded' });
  if (options.untilReady === true) {
    // Polled by time: frames are not drawn, and so not counted, in a tab that is not in front.
    await tab.page.waitForFunction(() => document.title === 'ready', { polling: 100 });
  }
  if (options.untilEntered === true) await inContentScript(session, tab.page, 'true');
  return tab;
}

export const viewOf = (session: Session, tabId: number): Promise<PageView> =>
  askBackground(session.desk, 'page.view', { tabId });

/** The view as soon as `accept` holds for it. */
export const viewWhen = (
  session: Session,
  tabId: number,
  options: { what: string; accept: (view: PageView) => boolean; timeoutMs?: number },
): Promise<PageView> =>
  waitFor(
    options.what,
    async () => {
      const view = await viewOf(session, tabId);
      return options.accept(view) ? view : undefined;
    },
    { timeoutMs: options.timeoutMs ?? 20_000, everyMs: 100 },
  );

/** What one row says, in a word: the level's name is left out, since it is the model's business. */
export function outcomeOf({ state }: PageRow): string {
  if (state === null) return 'unasked';
  return state.state === 'failed' || state.state === 'abstained' ? state.reason : state.state;
}

/** Neither waiting nor being looked at. */
export const isSettled = ({ state }: PageRow): boolean =>
  state?.state !== 'queued' && state?.state !== 'running';

/** Outcomes by label. */
export const outcomesOf = (view: PageView): Record<string, string> =>
  Object.fromEntries(view.rows.map((row) => [row.image.label, outcomeOf(row)]));

const isServiceWorker = (session: Session) => (target: Target) =>
  target.type() === 'service_worker' && target.url().startsWith(`chrome-extension://${session.extensionId}/`);

/** The running service worker, woken when it is not running. */
export async function serviceWorker(session: Session): Promise<WebWorker> {
  await askBackground(session.desk, 'cache.size', {});
  const target = await session.browser.waitForTarget(isServiceWorker(session), { timeout: 10_000 });
  const worker = await target.worker();
  if (worker === null) throw new Error('the service worker has no handle');
  return worker;
}

/** Stops the service worker as the browser does after idle time, and waits until it is gone. */
export async function stopServiceWorker(session: Session): Promise<void> {
  const before = await workerContexts(session);
  const worker = await session.browser.targets().find(isServiceWorker(session))?.worker();
  if (worker === null || worker === undefined) throw new Error('no service worker is running');
  // The engine's next message may have started another worker before the debugger has let go of this one.
  await worker.close().catch((error: unknown) => {
    if (!(error instanceof ProtocolError)) throw error;
  });
  await waitFor('the service worker to stop', async () =>
    (await workerContexts(session)).some((id) => before.includes(id)) ? undefined : true,
  );
}

/** Names of the running service workers: each start has a new one. Asking does not start it. */
const workerContexts = (session: Session): Promise<string[]> =>
  session.desk.evaluate(async () => {
    const contexts = await chrome.runtime.getContexts({
      contextTypes: [chrome.runtime.ContextType.BACKGROUND],
    });
    return contexts.map(({ contextId }) => contextId);
  });

/** The offscreen document's page, or undefined when there is none. */
export async function engineHost(session: Session): Promise<Page | undefined> {
  const target = session.browser
    .targets()
    .find((candidate) => candidate.url().endsWith('/src/engine/offscreen.html'));
  return target?.asPage();
}

/**
 * Uses the context-menu entry as the browser would report it. The native menu cannot be reached by a program;
 * the worker's own listeners are called instead.
 */
export async function useContextMenu(
  session: Session,
  click: { tabId: number; frameId?: number; srcUrl?: string; pageUrl: string },
): Promise<void> {
  const worker = await serviceWorker(session);
  await worker.evaluate(async ({ tabId, frameId = 0, srcUrl, pageUrl }) => {
    const tab = await chrome.tabs.get(tabId);
    const info = {
      menuItemId: 'analyze-image',
      editable: false,
      pageUrl,
      frameId,
      ...(srcUrl === undefined ? {} : { srcUrl, mediaType: 'image' }),
    };
    const event = chrome.contextMenus.onClicked as unknown as { dispatch(info: object, tab: object): void };
    event.dispatch(info, tab);
  }, click);
}

/** Presses the toolbar button on a tab: opens the real popup and grants `activeTab`, as a person's click does. */
export async function pressToolbarButton(session: Session, page: Page): Promise<Page> {
  await page.bringToFront();
  const client = await session.browser.target().createCDPSession();
  try {
    const popup = session.browser.waitForTarget(
      (target) => target.url().includes('/src/popup/index.html') && !target.url().includes('?tab='),
      { timeout: 10_000 },
    );
    const pressed = client.send(
      'Extensions.triggerAction' as never,
      {
        id: session.extensionId,
        targetId: await tabTargetOf(client, page),
      } as never,
    );
    const [target] = await Promise.all([popup, pressed]);
    return await target.asPage();
  } finally {
    await client.detach();
  }
}

/** `triggerAction` wants the target of type `tab` that holds the page, not the page itself. */
async function tabTargetOf(client: CDPSession, page: Page): Promise<string> {
  const { targetInfos } = await client.send('Target.getTargets', { filter: [{}] });
  const tab = targetInfos.find((info) => info.type === 'tab' && info.url === page.url());
  if (tab === undefined) throw new Error(`no tab shows ${page.url()}`);
  return tab.targetId;
}

/** Withholds or restores host access as a person does on `chrome://extensions`. */
export async function setHostAccess(
  session: Session,
  hostAccess: 'ON_CLICK' | 'ON_ALL_SITES' | { site: string },
): Promise<void> {
  const page = await session.browser.newPage();
  try {
    await page.goto('chrome://extensions');
    await page.evaluate(
      async (id, access) => {
        const { developerPrivate } = chrome as unknown as {
          developerPrivate: {
            updateExtensionConfiguration(update: object): Promise<void>;
            addHostPermission(id: string, pattern: string): Promise<void>;
          };
        };
        if (typeof access !== 'string') return developerPrivate.addHostPermission(id, access.site);
        return developerPrivate.updateExtensionConfiguration({ extensionId: id, hostAccess: access });
      },
      session.extensionId,
      hostAccess,
    );
  } finally {
    await page.close();
  }
}

/** The value of an expression in the isolated world of the page's content script. */
export async function inContentScript<Value>(
  session: Session,
  page: Page,
  expression: string,
): Promise<Value> {
  const client = await page.createCDPSession();
  try {
    const found = new Promise<number>((resolve) => {
      client.on('Runtime.executionContextCreated', ({ context }) => {
        if (context.origin === `chrome-extension://${session.extensionId}`) resolve(context.id);
      });
    });
    await client.send('Runtime.enable');
    const { result, exceptionDetails } = await client.send('Runtime.evaluate', {
      expression,
      contextId: await found,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value as Value;
  } finally {
    await client.detach();
  }
}

/** Scans a tab through the popup's own button and returns the view at the end. */
export async function scanThroughPopup(
  session: Session,
  tabId: number,
  timeoutMs = 120_000,
): Promise<PageView> {
  const popup = await openPopup(session, tabId);
  try {
    await pressButton(popup, /^Scan/);
    return await viewWhen(session, tabId, {
      what: 'the scan to finish',
      accept: ({ scan }) => scan?.state === 'finished',
      timeoutMs,
    });
  } finally {
    await popup.close();
  }
}

/** Presses the first button whose name matches, as soon as it is there and can be pressed. */
export async function pressButton(page: Page, name: RegExp): Promise<void> {
  const isThere = (pattern: string) => {
    const buttons = [...document.querySelectorAll<HTMLButtonElement>('button:not([disabled])')];
    const nameOf = (button: HTMLButtonElement) => button.ariaLabel ?? button.innerText.trim();
    return buttons.find((button) => new RegExp(pattern).test(nameOf(button)));
  };
  const button = await page.waitForFunction(isThere, { polling: 50, timeout: 10_000 }, name.source);
  await (button.asElement() as ElementHandle<HTMLButtonElement>).click();
}

/** The overlay's words as soon as they match. */
export const overlayText = (page: Page, pattern: RegExp, timeoutMs = 20_000): Promise<string> =>
  waitFor(
    `the overlay to say ${pattern}`,
    async () => {
      const text = (await overlayOf(page))?.text ?? '';
      return pattern.test(text) ? text : undefined;
    },
    { timeoutMs },
  );

/** Resolves when a service worker runs, without waking one. */
export const waitForServiceWorker = (session: Session): Promise<true> =>
  waitFor(
    'the service worker to be started',
    async () => ((await workerContexts(session)).length > 0 ? true : undefined),
    { timeoutMs: 45_000 },
  );
