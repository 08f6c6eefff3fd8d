/**
 * Renders `src/ui/icon.svg` to `public/icons/{16,32,48,128}.png` with headless Chromium; run by hand after the
 * drawing has changed: `CHROME_PATH=... node scripts/render-icons.mjs`.
 */
import { readFile, writeFile } from 'node:fs/promises';
import puppeteer from 'puppeteer-core';

const SIZES_PX = [16, 32, 48, 128];
const root = new URL('../', import.meta.url);

const svg = await readFile(new URL('src/ui/icon.svg', root), 'utf8');
const browser = await puppeteer.launch({
  executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium',
  // Chromium refuses its sandbox to root, which containers run as; the page holds our own drawing only.
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
const page = await browser.newPage();
for (const sizePx of SIZES_PX) {
  await page.setViewport({ width: sizePx, height: sizePx, deviceScaleFactor: 1 });
  await page.setContent(`<style>body { margin: 0 } svg { display: block; width: 100vw }</style>${svg}`);
  const png = await page.screenshot({ omitBackground: true });
  await writeFile(new URL(`public/icons/${sizePx}.png`, root), png);
}
await browser.close();
