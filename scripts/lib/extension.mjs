/**
 * Driving a real browser with the unpacked extension in it: shared by `npm start`, the benchmark and the
 * end-to-end tests, so that all three go through the same doors.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import puppeteer from 'puppeteer-core';

/**
 * @typedef {import('puppeteer-core').Browser} Browser
 * @typedef {import('puppeteer-core').Page} Page
 * @typedef {{ browser: Browser, extensionId: string, desk: Page, close: () => Promise<void> }} Session
 */

/** The first verdict waits for the engine to start and prove its kernels; on busy cores that took 25 seconds. */
const PATIENCE_MS = 45_000;

/**
 * A copy of a build in a temporary folder in which the optional host access is granted at install. Nothing
 * else differs: the browser's own permission prompt cannot be answered by a program.
 * @param {string} buildFolder
 */
export function copyWithAccess(buildFolder) {
  const folder = mkdtempSync(path.join(tmpdir(), 'telltale-access-'));
  cpSync(buildFolder, folder, { recursive: true });
  const file = path.join(folder, 'manifest.json');
  const { optional_host_permissions: hosts, ...manifest } = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...manifest, host_permissions: hosts }, null, 2));
  return folder;
}

/**
 * Starts a browser with the extension installed. `desk` is a silent extension page to call the extension API
 * from; closing the session removes temporary copies too.
 * @param {{ browserPath: string, buildFolder: string, withAccess?: boolean, headless?: boolean, flags?: readonly string[] }} options
 * @returns {Promise<Session>}
 */
export async function launchWithExtension(options) {
  const { browserPath, buildFolder, withAccess = false, headless = true, flags = [] } = options;
  const folder = withAccess ? copyWithAccess(buildFolder) : buildFolder;
  const browser = await puppeteer.launch({
    executablePath: browserPath,
    headless,
    // `installExtension` needs the pipe, and is the one way that branded Chrome still offers.
    pipe: true,
    enableExtensions: true,
    defaultViewport: headless ? { width: 1280, height: 900 } : null,
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--no-first-run', ...flags],
  });
  const extensionId = await browser.installExtension(folder);
  const desk = await openDesk(browser, extensionId);
  if (headless) await closeWelcome(browser);
  const close = async () => {
    await browser.close();
    if (withAccess) rmSync(folder, { recursive: true, force: true });
  };
  return { browser, extensionId, desk, close };
}

/**
 * @param {Browser} browser
 * @param {string} extensionId
 */
async function openDesk(browser, extensionId) {
  const page = await browser.newPage();
  // The manifest shown as text: an extension document with the API and without any script of ours.
  await page.goto(`chrome-extension://${extensionId}/manifest.json`);
  return page;
}

/**
 * Closes the first-run page, which opens by itself and would take the focus from the page under test.
 * @param {Browser} browser
 */
async function closeWelcome(browser) {
  const isWelcome = (/** @type {import('puppeteer-core').Target} */ target) =>
    target.url().endsWith('/src/welcome/index.html');
  const target = await browser.waitForTarget(isWelcome, { timeout: PATIENCE_MS });
  await (await target.page())?.close();
}

/**
 * Opens an address in a new tab and returns its page with the browser's tab id.
 * @param {Session} session
 * @param {string} url
 * @param {{ waitUntil?: 'load' | 'domcontentloaded' }} [options]
 * @returns {Promise<{ page: Page, tabId: number }>}
 */
export async function openTab({ browser, desk }, url, { waitUntil = 'load' } = {}) {
  const mark = `about:blank#${crypto.randomUUID()}`;
  const tabId = await desk.evaluate(async (address) => (await chrome.tabs.create({ url: address })).id, mark);
  const target = await browser.waitForTarget((candidate) => candidate.url() === mark, {
    timeout: PATIENCE_MS,
  });
  const page = await target.page();
  if (page === null || tabId === undefined) throw new Error('the new tab has no page');
  await page.goto(url, { waitUntil });
  await page.bringToFront();
  return { page, tabId };
}

/**
 * Opens Telltale's popup as an ordinary tab that looks at `tabId`.
 * @param {Session} session
 * @param {number} tabId
 */
export async function openPopup({ browser, extensionId }, tabId) {
  const page = await browser.newPage();
  await page.setViewport({ width: 400, height: 600 });
  await page.goto(`chrome-extension://${extensionId}/src/popup/index.html?tab=${tabId}`);
  return page;
}

/**
 * The reply to one message sent to the background from an extension page. Byte arrays come back as `data:`
 * URLs, since the debugging protocol carries JSON only. Throws what the background answered instead of a reply.
 * @param {Page} page
 * @param {string} name
 * @param {object} payload
 * @returns {Promise<any>}
 */
export async function askBackground(page, name, payload) {
  const json = await page.evaluate(
    async (message) => {
      /** @param {string} _key @param {unknown} value */
      const readable = (_key, value) =>
        value instanceof Uint8Array
          ? `data:image/webp;base64,${btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join(''))}`
          : value;
      return JSON.stringify((await chrome.runtime.sendMessage(message)) ?? null, readable);
    },
    { telltale: 1, to: 'background', name, payload },
  );
  const reply = JSON.parse(json);
  if (reply?.ok !== true) throw new Error(`${name}: ${reply?.message ?? 'no answer from the background'}`);
  return reply.payload;
}

/**
 * Asks again and again until `probe` returns something other than undefined; throws with `what` after
 * `timeoutMs`.
 * @template Value
 * @param {string} what
 * @param {() => Promise<Value | undefined> | Value | undefined} probe
 * @param {{ timeoutMs?: number, everyMs?: number }} [options]
 * @returns {Promise<Value>}
 */
export async function waitFor(what, probe, { timeoutMs = PATIENCE_MS, everyMs = 50 } = {}) {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (Date.now() > until) throw new Error(`timed out after ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/**
 * Scans a tab and returns its `page.view` at the end of the scan.
 * @param {Session} session
 * @param {number} tabId
 * @param {{ timeoutMs?: number }} [options]
 * @returns {Promise<any>}
 */
export async function scanTab({ desk }, tabId, { timeoutMs = 180_000 } = {}) {
  await askBackground(desk, 'scan.start', { tabId });
  return waitFor(
    'the scan to end',
    async () => {
      const view = await askBackground(desk, 'page.view', { tabId });
      return view.scan !== null && view.scan.state !== 'running' ? view : undefined;
    },
    { timeoutMs, everyMs: 200 },
  );
}
