/**
 * How far Telltale's decoders are from Pillow's. `python3 bench/decoding/make.py PICTURE... --out FOLDER` makes the
 * files; `node bench/decoding.mjs FOLDER` prints a Markdown table.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { findBrowser } from '../scripts/browser.mjs';
import { ROOT, runWhenStarted, Stop } from '../scripts/lib/command.mjs';
import { setUp } from '../scripts/setup.mjs';

/** @param {string[]} commandArguments */
async function bench([folder = '']) {
  if (!existsSync(path.join(folder, 'files.json'))) {
    throw new Stop('Usage: node bench/decoding.mjs FOLDER, which bench/decoding/make.py has filled.');
  }
  await setUp();
  const { path: browserPath } = await findBrowser();
  const { runnerImport } = await import('vite');
  /** @type {{ module: typeof import('./decoding/main.ts') }} */
  const { module } = await runnerImport(path.join(ROOT, 'bench/decoding/main.ts'), {
    configFile: false,
    root: ROOT,
    logLevel: 'error',
  });
  const say = (/** @type {string} */ line) => void process.stderr.write(`${line}\n`);
  const report = await module.compareDecoders(path.resolve(folder), { browserPath, say });
  process.stdout.write(module.tableOf(report));
}

await runWhenStarted(import.meta.url, bench);
