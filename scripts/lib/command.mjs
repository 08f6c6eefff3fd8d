import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root folder of the repository. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** An expected failure with one line that says what to do; printed without a stack. */
export class Stop extends Error {}

/**
 * Runs `main` when the module at `moduleUrl` was started by Node itself, and does nothing when it was imported.
 * A `Stop` prints its line and a bug its stack; both end the process with exit code 1.
 * @param {string} moduleUrl
 * @param {(commandArguments: string[]) => Promise<void>} main
 */
export async function runWhenStarted(moduleUrl, main) {
  const started = process.argv[1];
  if (started === undefined || realpathSync(started) !== realpathSync(fileURLToPath(moduleUrl))) return;
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Stop ? error.message : describe(error)}\n`);
    process.exitCode = 1;
  }
}

/** @param {unknown} error */
const describe = (error) => (error instanceof Error ? (error.stack ?? error.message) : String(error));

/**
 * Exit code and output of a command. Output is collected unless `show` is set, then it goes to the terminal.
 * Never rejects: a command that cannot be started has exit code 127 and the reason as output.
 * @param {string} command
 * @param {readonly string[]} commandArguments
 * @param {{ env?: NodeJS.ProcessEnv, show?: boolean, shell?: boolean }} [options]
 * @returns {Promise<{ exitCode: number, output: string }>}
 */
export function run(command, commandArguments, { env = process.env, show = false, shell = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, commandArguments, {
      cwd: ROOT,
      env,
      shell,
      stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', (error) => resolve({ exitCode: 127, output: error.message }));
    child.on('close', (code) => resolve({ exitCode: code ?? 1, output }));
  });
}

/**
 * Runs the JavaScript command of an installed package with this very Node, so that neither a shell nor PATH matters.
 * @param {string} script path below `node_modules`
 * @param {readonly string[]} commandArguments
 * @param {{ env?: NodeJS.ProcessEnv, show?: boolean }} [options]
 */
export const runPackage = (script, commandArguments, options) =>
  run(process.execPath, [path.join(ROOT, 'node_modules', script), ...commandArguments], options);
