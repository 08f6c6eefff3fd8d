/** Chromium with the stub extension, and ways to look at what the content script does. */
import { existsSync } from 'node:fs';
import puppeteer, { type Browser, type CDPSession, type Page, type WebWorker } from 'puppeteer-core';
import { buildStubExtension } from './extension.ts';
import type { LogEntry, Stub } from './stub-background.ts';

const CANDIDATES = [
  process.env.CHROME_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

function executable(): string {
  const found = CANDIDATES.find((path) => path !== undefined && existsSync(path));
  if (found === undefined) throw new Error('no Chromium found: set CHROME_PATH');
  return found;
}

export class StubBrowser {
  readonly browser: Browser;
  readonly worker: WebWorker;

  private constructor(browser: Browser, worker: WebWorker) {
    this.browser = browser;
    this.worker = worker;
  }

  /** Builds and loads the stub extension. Host names ending in `.test` lead to this machine. */
  static async launch(args: string[] = []): Promise<StubBrowser> {
    const folder = await buildStubExtension();
    const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const browser = await puppeteer.launch({
      executablePath: executable(),
      pipe: true,
      enableExtensions: true,
      args: [
        ...root,
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        '--host-resolver-rules=MAP *.test 127.0.0.1',
        '--disable-features=LocalNetworkAccessChecks',
        ...args,
      ],
    });
    const id = await browser.installExtension(folder);
    const target = await browser.waitForTarget(
      (candidate) => candidate.type() === 'service_worker' && candidate.url().includes(id),
    );
    const worker = await target.worker();
    if (!worker) throw new Error('the stub has no worker');
    return new StubBrowser(browser, worker);
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  /** Sends a background message to the content script of a tab's frame. */
  async ask<Reply>(tabId: number, name: string, payload: object = {}, frameId = 0): Promise<Reply> {
    const all = [tabId, frameId, name, payload];
    return (await this.stub((stub, [tab, frame, message, body]: [number, number, string, object]) => {
      return stub.ask(tab, frame, message, body);
    }, all)) as Reply;
  }

  /** Runs a function in the background with its `stub` and one JSON argument; nothing else is in its scope. */
  stub<Value, Argument>(
    use: (stub: Stub, argument: Argument) => Value,
    argument?: Argument | unknown,
  ): Promise<Awaited<Value>> {
    return this.worker.evaluate(`(${use})(globalThis.stub, ${JSON.stringify(argument ?? null)})`) as Promise<
      Awaited<Value>
    >;
  }

  log(): Promise<LogEntry[]> {
    return this.stub((stub) => stub.log);
  }

  async clearLog(): Promise<void> {
    await this.stub((stub) => {
      stub.log.length = 0;
    });
  }

  /** Id of the tab that shows `page`, found by its address. */
  async tabId(page: Page): Promise<number> {
    return await this.worker.evaluate(async (url) => {
      const tabs = await chrome.tabs.query({});
      return tabs.find((tab) => tab.url === url)?.id ?? -1;
    }, page.url());
  }
}

/** Evaluates in the content script's isolated world of a page's main frame. */
export class IsolatedWorld {
  readonly #session: CDPSession;
  readonly #contextId: number;

  private constructor(session: CDPSession, contextId: number) {
    this.#session = session;
    this.#contextId = contextId;
  }

  static async of(page: Page): Promise<IsolatedWorld> {
    const session = await page.createCDPSession();
    const { frameTree } = await session.send('Page.getFrameTree');
    const context = new Promise<number>((resolve) => {
      session.on('Runtime.executionContextCreated', ({ context }) => {
        const { type, frameId } = context.auxData ?? {};
        const ours = context.origin.startsWith('chrome-extension:') || context.name === 'Telltale page tests';
        if (type === 'isolated' && ours && frameId === frameTree.frame.id) resolve(context.id);
      });
    });
    await session.send('Runtime.enable');
    return new IsolatedWorld(session, await context);
  }

  /** Value of an expression; `overlay` in it is the overlay's shadow root, or null while there is none. */
  async evaluate<Value>(expression: string): Promise<Value> {
    const wrapped = `(() => {
      const host = [...document.documentElement.children].find((child) => child.localName === 'div');
      const overlay = host ? chrome.dom.openOrClosedShadowRoot(host) : null;
      return (${expression});
    })()`;
    const { result, exceptionDetails } = await this.#session.send('Runtime.evaluate', {
      expression: wrapped,
      contextId: this.#contextId,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value as Value;
  }

  /** Waits until an expression is truthy and returns its value. */
  async until<Value>(expression: string, timeoutMs = 5000): Promise<Value> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const value = await this.evaluate<Value>(expression);
      if (value) return value;
      if (Date.now() > deadline) throw new Error(`timed out: ${expression}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}
