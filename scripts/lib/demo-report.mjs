import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runnerImport } from 'vite';
import { ROOT } from './command.mjs';

/** @typedef {import('../../src/core/report/input.ts').ReportInput} ReportInput */

/**
 * The page's report in the English catalogue's words: the same self-contained HTML that the popup exports.
 * @param {ReportInput} input
 */
export async function englishReport(input) {
  const { reportHtml } = await load('html.ts');
  const { wordingOf } = await load('wording.ts');
  const { lookupIn } = await load('catalogue.ts');
  const catalogue = JSON.parse(
    readFileSync(path.join(ROOT, 'public', '_locales', 'en', 'messages.json'), 'utf8'),
  );
  return reportHtml(input, wordingOf(lookupIn(catalogue), 'en'));
}

/**
 * A TypeScript module of `src/core/report`, compiled by Vite: this Node does not run TypeScript itself.
 * @param {string} name
 */
async function load(name) {
  const { module } = await runnerImport(path.join(ROOT, 'src', 'core', 'report', name), {
    configFile: false,
    logLevel: 'silent',
  });
  return /** @type {any} */ (module);
}
