import path from 'node:path';
import { findBrowser } from './browser.mjs';
import { buildExtension } from './build.mjs';
import { ROOT, runWhenStarted } from './lib/command.mjs';
import { serveFolder } from './lib/serve-folder.mjs';
import { setUp } from './setup.mjs';

/** Whether a window could be shown to a person. */
const hasDisplay = () =>
  process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

/**
 * Everything `npm start` does: from a bare clone to the demo page in a browser with Telltale in it. Without a
 * display, or with `--headless`, it scans the page itself and leaves table, rows, screenshot and report.
 * @param {string[]} commandArguments
 */
async function start(commandArguments) {
  await setUp();
  const buildFolder = await buildExtension('chrome');
  const { path: browserPath } = await findBrowser();
  const demo = await serveFolder(path.join(ROOT, 'demo'));
  try {
    if (hasDisplay() && !commandArguments.includes('--headless')) {
      await showDemo({ browserPath, buildFolder, url: `${demo.origin}/` });
    } else {
      const { scanDemo } = await import('./lib/demo-scan.mjs');
      await scanDemo({ browserPath, buildFolder, url: `${demo.origin}/` });
    }
  } finally {
    await demo.close();
  }
}

/**
 * Opens a window on the demo page and stays until it is closed.
 * @param {{ browserPath: string, buildFolder: string, url: string }} options
 */
async function showDemo({ browserPath, buildFolder, url }) {
  const { launchWithExtension, openTab } = await import('./lib/extension.mjs');
  const session = await launchWithExtension({ browserPath, buildFolder, headless: false });
  const { page } = await openTab(session, url);
  await session.desk.close();
  await page.bringToFront();
  process.stdout.write(
    [
      `The demo page is open: ${url}`,
      '- Press Telltale in the toolbar (it may be behind the puzzle piece), then “Scan this page”.',
      '- Right-click a picture and choose “Analyze image with Telltale”.',
      '- Allow badges on hover in the popup, then rest the pointer on a picture.',
      'Close the browser to end.',
      '',
    ].join('\n'),
  );
  await new Promise((resolve) => session.browser.once('disconnected', () => resolve(undefined)));
}

await runWhenStarted(import.meta.url, start);
