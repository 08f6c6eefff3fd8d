/** Everything between the command line and the figures. */
import { cpus } from 'node:os';
import { channelsAfter } from '../../src/core/model/channels.ts';
import { gridLength } from '../../src/core/model/geometry.ts';
import { failure, type Result, success } from '../../src/core/result.ts';
import type { BenchOptions } from './arguments.mjs';
import { type BenchBrowser, startBrowser } from './browser.ts';
import type { Contestant } from './contestant.ts';
import { type Grid, measureTask, titleOf } from './measure.ts';
import { type BenchNetwork, benchNetwork } from './networks.ts';
import { nodeContestant } from './node-contestant.ts';
import { type Report, type Row, reportText } from './report.ts';
import { entriesFor, nameOf, QUALITIES } from './roster.ts';
import type { Task } from './task.ts';

/** Why there are no figures: `usage` when the command line asks for what does not exist. */
export interface BenchFailure {
  kind: 'usage' | 'failed';
  message: string;
}

/** Measures what `options` ask for and returns the text to print. `say` gets a line whenever something begins. */
export async function benchmark(
  options: BenchOptions,
  { browserPath, say }: { browserPath: string; say: (line: string) => void },
): Promise<Result<string, BenchFailure>> {
  const networks: BenchNetwork[] = [];
  for (const name of options.networks) {
    const network = benchNetwork(name);
    if (network === null) return failure({ kind: 'usage', message: `--networks knows no ${name}` });
    if (networks.every((known) => known.name !== network.name)) networks.push(network);
  }
  say('building the page');
  const browser = await startBrowser(browserPath, networks);
  try {
    const rows = await measureAll(options, { networks, browser, say });
    return success(reportText({ ...factsOf(browser, options), rows }, options.format));
  } catch (error) {
    return failure({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  } finally {
    await browser.close();
  }
}

interface Setting {
  networks: readonly BenchNetwork[];
  browser: BenchBrowser;
  say: (line: string) => void;
}

async function measureAll(options: BenchOptions, { networks, browser, say }: Setting): Promise<Row[]> {
  const hasGpu = browser.graphicsProcessor !== null;
  if (!hasGpu && options.engines.some((engine) => QUALITIES[engine].device === 'gpu')) {
    say('no WebGPU rows: this browser has no graphics processor that is more than emulated');
  }
  const entries = entriesFor(options.engines, { cores: cpus().length, hasGpu });
  const contestants = entries.map(
    (entry): Contestant =>
      QUALITIES[entry.engine].place === 'node' ? nodeContestant(entry, networks) : browser.contestant(entry),
  );
  const rows: Row[] = [];
  for (const { task, grid } of tasksOf(options, networks)) {
    say(titleOf(task));
    const timings = await measureTask(task, contestants, { grid, rounds: options.rounds });
    say(`  ${timings.map(({ entry, msMedian }) => `${nameOf(entry)} ${msMedian.toFixed(1)} ms`).join(', ')}`);
    for (const { entry, msMedian } of timings) {
      const { network, sizePx: size, batch } = task;
      rows.push({ network, size, batch, ...entry, msMedian: Number(msMedian.toFixed(2)) });
    }
  }
  return rows;
}

function tasksOf(
  { sizes, batches }: BenchOptions,
  networks: readonly BenchNetwork[],
): { task: Task; grid: Grid }[] {
  return networks.flatMap(({ name: network, layers }) =>
    sizes.flatMap((sizePx) => {
      const channels = channelsAfter(layers, 3);
      if (!channels.ok) throw new Error(`${channels.failure.where}: ${channels.failure.message}`);
      const side = gridLength(layers, sizePx);
      const grid = { rows: side, columns: side, channels: channels.value };
      return batches.map((batch) => ({ task: { network, sizePx, batch }, grid }));
    }),
  );
}

const factsOf = (browser: BenchBrowser, { rounds }: BenchOptions): Omit<Report, 'rows'> => ({
  processor: cpus()[0]?.model ?? 'unknown processor',
  cores: cpus().length,
  graphicsProcessor: browser.graphicsProcessor,
  browser: browser.version,
  node: process.version,
  rounds,
});
