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
  await installPackages(ROOT);
}

/**
 * Makes the packages below `folder` match its `package-lock.json`; does nothing when they do. Throws `Stop` when that
 * fails.
 * @param {string} folder
 * @param {readonly string[]} [flags] for npm besides those that keep it quiet
 */
export async function installPackages(folder, flags = []) {
  if (isInstalled(folder)) return;
  // Standard output belongs to the results of whoever asked.
  process.stderr.write(
    `Installing npm dependencies${folder === ROOT ? '' : ` of ${path.basename(folder)}`}…\n`,
  );
  const windows = process.platform === 'win32';
  const npm = windows ? 'npm.cmd' : 'npm';
  const place = ['--prefix', path.relative(ROOT, folder) || '.'];
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const { exitCode, output } = await run(npm, ['ci', ...place, ...quiet, ...flags], { shell: windows });
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
 * @param {string} folder
 */
function isInstalled(folder) {
  const record = path.join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const wanted = packagesOf(path.join(folder, 'package-lock.json'));
  const installed = packagesOf(record);
  return Object.entries(wanted).every(([place, { version, optional }]) => {
    if (place === '') return true;
    const present = installed[place];
    return present === undefined ? optional === true : present.version === version;
  });
}

/**
 * @param {string} lockFile
 * @returns {Record<string, LockedPackage>}
 */
const packagesOf = (lockFile) => JSON.parse(readFileSync(lockFile, 'utf8')).packages;

await runWhenStarted(import.meta.url, setUp);
