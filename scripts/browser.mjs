import { existsSync } from 'node:fs';
import path from 'node:path';
import { run, runWhenStarted, Stop } from './lib/command.mjs';

/** `minimum_chrome_version` of the manifest: the first with structured-clone messages. */
export const OLDEST_CHROME = 148;

/** Names to look for in the folders of PATH on Linux and other Unix systems. */
const COMMANDS = [
  'google-chrome-stable',
  'google-chrome',
  'chromium',
  'chromium-browser',
  'microsoft-edge-stable',
  'microsoft-edge',
  'google-chrome-beta',
  'google-chrome-unstable',
];
const MAC_APPLICATIONS = ['Google Chrome', 'Chromium', 'Microsoft Edge', 'Google Chrome Canary'];
const WINDOWS_PROGRAMS = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Chromium\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
];

/**
 * A browser that can run Telltale: CHROME_PATH, else an installed Chrome, Chromium or Edge, else Debian's
 * `chromium`, installed on the spot when this is root on Debian. Throws `Stop` with the command to run when
 * there is none, or only one that is too old.
 * @returns {Promise<{ path: string, version: string }>}
 */
export async function findBrowser() {
  const { CHROME_PATH } = process.env;
  if (CHROME_PATH) return insist(CHROME_PATH, 'CHROME_PATH');
  const installed = await firstUsable(installedPlaces());
  if (installed.browser) return installed.browser;
  if (isRootOnDebian()) return installOnDebian();
  throw new Stop(
    installed.tooOld
      ? `${installed.tooOld.path} is version ${installed.tooOld.version}, Telltale needs ${OLDEST_CHROME} or newer: update it, or set CHROME_PATH.`
      : `No Chrome, Chromium or Edge found. ${adviceFor(process.platform)} or set CHROME_PATH to one.`,
  );
}

/** @param {NodeJS.Platform} platform */
function adviceFor(platform) {
  if (platform === 'darwin') return 'Run "brew install --cask chromium"';
  if (platform === 'win32') return 'Run "winget install Google.Chrome"';
  return 'Run "sudo apt-get install chromium" (Debian; elsewhere the like)';
}

/** @returns {string[]} existing files, most usual first */
function installedPlaces() {
  const { HOME = '', PATH = '', PROGRAMFILES = '', LOCALAPPDATA = '' } = process.env;
  if (process.platform === 'darwin') {
    return MAC_APPLICATIONS.flatMap((name) =>
      ['/Applications', path.join(HOME, 'Applications')].map((folder) =>
        path.join(folder, `${name}.app`, 'Contents', 'MacOS', name),
      ),
    ).filter((file) => existsSync(file));
  }
  if (process.platform === 'win32') {
    const folders = [PROGRAMFILES, process.env['PROGRAMFILES(X86)'] ?? '', LOCALAPPDATA].filter(Boolean);
    return WINDOWS_PROGRAMS.flatMap((program) => folders.map((folder) => path.join(folder, program))).filter(
      (file) => existsSync(file),
    );
  }
  const folders = [...PATH.split(':').filter(Boolean), '/usr/bin', '/snap/bin', '/opt/google/chrome'];
  const files = COMMANDS.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return [...new Set(files)].filter((file) => existsSync(file));
}

/** @param {readonly string[]} places */
async function firstUsable(places) {
  /** @type {{ path: string, version: string } | undefined} */
  let tooOld;
  for (const place of places) {
    const version = await versionOf(place);
    if (version === null) continue;
    if (majorOf(version) >= OLDEST_CHROME) return { browser: { path: place, version } };
    tooOld ??= { path: place, version };
  }
  return { tooOld };
}

/**
 * @param {string} place
 * @param {string} origin how the path came here, for the message
 */
async function insist(place, origin) {
  if (!existsSync(place)) throw new Stop(`${origin} points to ${place}, which does not exist.`);
  const version = await versionOf(place);
  if (version === null) throw new Stop(`${origin} points to ${place}, which does not tell its version.`);
  if (majorOf(version) < OLDEST_CHROME) {
    throw new Stop(
      `${origin} points to version ${version}, Telltale needs ${OLDEST_CHROME} or newer: update it.`,
    );
  }
  return { path: place, version };
}

/** @param {string} version */
const majorOf = (version) => Number(version.split('.')[0]);

/**
 * The version a browser tells, or null when it does not run. On Windows `--version` would open a window, so
 * the file is asked instead.
 * @param {string} place
 */
async function versionOf(place) {
  const windows = process.platform === 'win32';
  const { exitCode, output } = windows
    ? await run('powershell', [
        '-NoProfile',
        '-Command',
        `(Get-Item '${place.replaceAll("'", "''")}').VersionInfo.ProductVersion`,
      ])
    : await run(place, ['--version']);
  return exitCode === 0 ? (/\b(\d+\.\d+\.\d+\.\d+)\b/.exec(output)?.[1] ?? null) : null;
}

const isRootOnDebian = () => process.getuid?.() === 0 && existsSync('/etc/debian_version');

/** Debian's `chromium`, freshly installed. */
async function installOnDebian() {
  process.stderr.write('No browser found: installing Debian’s chromium…\n');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const step of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    const { exitCode, output } = await run('apt-get', ['-q', ...step], { env });
    if (exitCode === 0) continue;
    const reason = output.split('\n').find((line) => line.startsWith('E:')) ?? `exit code ${exitCode}`;
    throw new Stop(`apt-get ${step.join(' ')} failed: ${reason}. Install a browser, or set CHROME_PATH.`);
  }
  return insist('/usr/bin/chromium', 'Debian’s chromium package');
}

await runWhenStarted(import.meta.url, async () => {
  const browser = await findBrowser();
  process.stdout.write(`${browser.path} ${browser.version}\n`);
});
