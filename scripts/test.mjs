import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findBrowser } from './browser.mjs';
import { buildCommandLine, buildExtension } from './build.mjs';
import { runPackage, runWhenStarted, Stop } from './lib/command.mjs';
import { setUp } from './setup.mjs';

/** @typedef {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number, numFailedTestSuites: number, success: boolean }} Report */

/** @param {readonly string[]} commandArguments */
const isUnitOnly = (commandArguments) => /--project[ =]unit\b/.test(commandArguments.join(' '));

/**
 * Everything `npm test` does: dependencies, both builds, a browser (unless only the unit project is asked
 * for), then vitest with the given arguments.
 * @param {string[]} commandArguments
 */
async function test(commandArguments) {
  await setUp();
  await Promise.all([buildExtension('chrome'), buildExtension('firefox'), buildCommandLine()]);
  const env = { ...process.env };
  if (!isUnitOnly(commandArguments)) env.CHROME_PATH = (await findBrowser()).path;

  const folder = mkdtempSync(path.join(tmpdir(), 'telltale-test-'));
  const reportFile = path.join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  try {
    const { exitCode } = await runPackage('vitest/vitest.mjs', ['run', ...reporters, ...commandArguments], {
      env,
      show: true,
    });
    const summary = summaryOf(reportFile);
    process.stdout.write(`${summary.line}\n`);
    process.exitCode = exitCode === 0 && summary.failed > 0 ? 1 : exitCode;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The last line of the run. A file that fails before its first test counts as one failure, so that the line
 * can never read "0 failed" for a failed run.
 * @param {string} reportFile
 */
function summaryOf(reportFile) {
  /** @type {Report} */
  let report;
  try {
    report = JSON.parse(readFileSync(reportFile, 'utf8'));
  } catch {
    throw new Stop('vitest left no report: it stopped before running any test.');
  }
  const skipped = report.numPendingTests + report.numTodoTests;
  const failed = report.success ? report.numFailedTests : Math.max(1, report.numFailedTests);
  return { failed, line: `${report.numPassedTests} passed, ${failed} failed, ${skipped} skipped` };
}

await runWhenStarted(import.meta.url, test);
