/**
 * How fast the same networks run on Telltale's engine and on others, interleaved in one browser. `npm run bench` does
 * its own set-up, ONNX Runtime for Node and the browser included.
 */
import path from 'node:path';
import { findBrowser } from '../scripts/browser.mjs';
import { ROOT, runWhenStarted, Stop } from '../scripts/lib/command.mjs';
import { installPackages, setUp } from '../scripts/setup.mjs';
import { HELP, parseArguments } from './engines/arguments.mjs';

const EXIT_USAGE = 2;

/** @param {string[]} commandArguments */
async function bench(commandArguments) {
  const parsed = parseArguments(commandArguments);
  if (parsed.kind === 'help') return void process.stdout.write(HELP);
  if (parsed.kind === 'wrong') return refuse(parsed.message);
  await setUp();
  // Their install scripts fetch GPU libraries; what runs on the CPU is in the packages.
  await installPackages(path.join(ROOT, 'bench'), ['--ignore-scripts']);
  const { path: browserPath } = await findBrowser();
  const { runnerImport } = await import('vite');
  /** @type {{ module: typeof import('./engines/main.ts') }} */
  const { module } = await runnerImport(path.join(ROOT, 'bench', 'engines', 'main.ts'), {
    configFile: false,
    root: ROOT,
    logLevel: 'error',
  });
  const say = (/** @type {string} */ line) => void process.stderr.write(`${line}\n`);
  const result = await module.benchmark(parsed.options, { browserPath, say });
  if (result.ok) return void process.stdout.write(result.value);
  if (result.failure.kind === 'usage') return refuse(result.failure.message);
  throw new Stop(result.failure.message);
}

/** @param {string} message */
function refuse(message) {
  process.stderr.write(`${message}. See npm run -s bench -- --help.\n`);
  process.exitCode = EXIT_USAGE;
}

await runWhenStarted(import.meta.url, bench);
