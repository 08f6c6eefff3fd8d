import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, run, runWhenStarted, Stop } from './lib/command.mjs';

/** @typedef {{ version?: string, optional?: boolean }} LockedPackage */

/** What the strictest of the build tools (Vite) runs on. */
const OLDEST_NODE = { major: 20, minor: 19 };

/**
 * Makes the npm dependencies match `package-lock.json`: does nothing when they do, else runs `npm ci` quietly.
 * Throws `Stop` when that fails.
 */
export async function setUp() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < OLDEST_NODE.major || (major === OLDEST_NODE.major && minor < OLDEST_NODE.minor)) {
    throw new Stop(
      `Telltale needs Node ${OLDEST_NODE.major}.${OLDEST_NODE.minor} or newer; this is ${process.version}.`,
    );
  }
  if (isInstalled()) return;
  process.stdout.write('Installing npm dependencies…\n');
  const windows = process.platform === 'win32';
  const npm = windows ? 'npm.cmd' : 'npm';
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const { exitCode, output } = await run(npm, ['ci', ...quiet], { shell: windows });
  if (exitCode === 0) return;
  throw new Stop(`npm ci failed (exit code ${exitCode}): ${reasonIn(output)}`);
}

/** npm's own sentence: the first line that is neither its error code nor a warning. */
function reasonIn(/** @type {string} */ output) {
  const lines = output.split('\n').map((line) => line.replace(/^npm error\s*/, '').trim());
  return lines.find((line) => line !== '' && !/^(?:code \S+|npm warn.*)$/.test(line)) ?? 'no output';
}

/**
 * Whether every package that the lock file asks for is there in the same version. npm writes its own record
 * (`node_modules/.package-lock.json`) last, so an interrupted installation has none. Packages for other
 * platforms are optional and may be missing.
 */
function isInstalled() {
  const record = path.join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const wanted = packagesOf(path.join(ROOT, 'package-lock.json'));
  const installed = packagesOf(record);
  return Object.entries(wanted).every(([folder, { version, optional }]) => {
    if (folder === '') return true;
    const present = installed[folder];
    return present === undefined ? optional === true : present.version === version;
  });
}

/**
 * @param {string} lockFile
 * @returns {Record<string, LockedPackage>}
 */
const packagesOf = (lockFile) => JSON.parse(readFileSync(lockFile, 'utf8')).packages;

await runWhenStarted(import.meta.url, setUp);
