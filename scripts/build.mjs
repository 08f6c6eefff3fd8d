import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { ROOT, runPackage, runWhenStarted, Stop } from './lib/command.mjs';
import { setUp } from './setup.mjs';

/** @typedef {'chrome' | 'firefox'} BrowserName */

/** Files worth naming in the summary; the rest is counted only. */
const NAMED_FROM_BYTES = 50 * 1024;

/**
 * Builds the unpacked extension and returns its folder. Vite's own output is shown only when it fails; throws
 * `Stop` then.
 * @param {BrowserName} browser
 * @param {{ outDir?: string }} [options]
 */
export async function buildExtension(browser, { outDir = path.join(ROOT, 'dist', browser) } = {}) {
  const { exitCode, output } = await runPackage(
    'vite/bin/vite.js',
    ['build', '--outDir', outDir, '--emptyOutDir'],
    { env: { ...process.env, TELLTALE_BROWSER: browser, NODE_ENV: 'production' } },
  );
  if (exitCode !== 0) throw new Stop(`${output.trim()}\nThe ${browser} build failed.`);
  return outDir;
}

/**
 * Builds the command line for Node and returns its folder; otherwise as `buildExtension`.
 * @param {{ outDir?: string }} [options]
 */
export async function buildCommandLine({ outDir = path.join(ROOT, 'dist', 'cli') } = {}) {
  const { exitCode, output } = await runPackage('vite/bin/vite.js', [
    'build',
    ...['--config', 'vite.cli.config.ts', '--outDir', outDir, '--emptyOutDir'],
  ]);
  if (exitCode !== 0) throw new Stop(`${output.trim()}\nThe build of the command line failed.`);
  return outDir;
}

/**
 * Two or more lines about a build: total size, and every big file with its gzipped size.
 * @param {string} folder
 */
export function sizeSummary(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => ({ name: name.replaceAll('\\', '/'), file: path.join(folder, name) }))
    .filter(({ file }) => statSync(file).isFile())
    .map(({ name, file }) => ({ name, file, bytes: statSync(file).size }))
    .sort((a, b) => b.bytes - a.bytes);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const named = files.filter(({ name, bytes }) => bytes >= NAMED_FROM_BYTES || name.includes('iife'));
  return [
    `${path.relative(ROOT, folder) || folder}: ${files.length} files, ${kibibytes(total)}`,
    ...named.map(
      ({ name, file, bytes }) =>
        `  ${kibibytes(bytes).padStart(10)} (${kibibytes(gzipSync(readFileSync(file)).length)} gzip)  ${name}`,
    ),
  ].join('\n');
}

/** @param {number} bytes */
const kibibytes = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;

await runWhenStarted(import.meta.url, async ([browser = 'chrome']) => {
  if (browser !== 'chrome' && browser !== 'firefox') {
    throw new Stop('Usage: node scripts/build.mjs chrome|firefox');
  }
  await setUp();
  process.stdout.write(`${sizeSummary(await buildExtension(browser))}\n`);
  if (browser === 'chrome') process.stdout.write(`${sizeSummary(await buildCommandLine())}\n`);
});
