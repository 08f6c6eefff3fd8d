/** The Firefox build in a real Firefox, where one is installed. */
import { existsSync, rmSync } from 'node:fs';
import puppeteer, { type Page } from 'puppeteer-core';
import { copyWithAccess, waitFor } from '../../scripts/lib/extension.mjs';
import { buildFolder, builtManifest } from './build-output.ts';

const PLACES = [
  process.env.FIREFOX_PATH ?? '',
  '/usr/bin/firefox-esr',
  '/usr/bin/firefox',
  '/Applications/Firefox.app/Contents/MacOS/firefox',
  'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
];

/** Path of an installed Firefox, or undefined. */
export const firefoxPath = PLACES.find((place) => place !== '' && existsSync(place));

/** Host part of the extension's pages; Firefox draws a random one unless it is told. */
const UUID = '11111111-2222-4333-8444-555555555555';

const preferencesFor = (addOnId: string) => ({
  'extensions.webextensions.uuids': JSON.stringify({ [addOnId]: UUID }),
  // The fixtures' names lead to loopback; everything else ends at a proxy that does not exist.
  'network.dns.localDomains': 'site.test,cdn.test',
  'network.proxy.type': 1,
  'network.proxy.http': '127.0.0.1',
  'network.proxy.http_port': 9,
  'network.proxy.ssl': '127.0.0.1',
  'network.proxy.ssl_port': 9,
  'network.proxy.no_proxies_on': 'site.test, cdn.test, 127.0.0.1, localhost',
});

/** Starts Firefox with access granted; `desk` is a silent extension page to call the extension API from. */
export async function startFirefox(executablePath: string) {
  const addOnId = builtManifest('firefox').browser_specific_settings?.gecko.id ?? '';
  const folder = copyWithAccess(buildFolder('firefox'));
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    args: ['--remote-allow-system-access'],
    extraPrefsFirefox: preferencesFor(addOnId),
  });
  await browser.installExtension(folder);
  const desk = await openExtensionPage(await browser.newPage());
  const close = async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { browser, desk, close };
}

/** Navigations to extension pages never report their end in Firefox: started, then asked for the result. */
async function openExtensionPage(page: Page): Promise<Page> {
  void page.goto(`moz-extension://${UUID}/manifest.json`).catch(() => undefined);
  await waitFor('the extension page', async () => {
    const there = await page.evaluate(
      () => 'browser' in globalThis && location.protocol === 'moz-extension:',
    );
    return there ? true : undefined;
  });
  return page;
}
