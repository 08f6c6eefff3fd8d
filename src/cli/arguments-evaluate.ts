/** The words of `telltale evaluate` and `telltale merge`. */
import { parseArgs } from 'node:util';
import type { EnsembleName } from '../core/backbones/families.ts';
import { parseChain } from '../core/degrade/specification.ts';
import type { Shard } from '../core/evaluate/shard.ts';
import type { Effort } from '../core/model/tiles.ts';
import type { BackendChoice, ModelReference } from './arguments.ts';
import { TABLE_CHAINS } from './chain-text.ts';
import { HELP } from './help.ts';
import { BACKEND_CHOICES, choice, ensembleNamed, UsageError } from './usage.ts';

/** Where figures go. */
export interface ReportTarget {
  /** One object a model on standard output instead of tables. */
  json: boolean;
  htmlFile: string | null;
}

export interface EvaluateCommand {
  kind: 'evaluate';
  /** At least one; a null path is the packaged model. */
  models: ModelReference[];
  folder: string;
  split: string | null;
  /** Names of chains that can be parsed; the pictures as they are, are always measured. */
  degradations: string[];
  groupOut: boolean;
  /** Decides instead of the models' own; null: theirs. */
  threshold: number | null;
  backend: BackendChoice;
  ensemble: EnsembleName | null;
  effort: Effort;
  /** Null: as many as there are cores, four at most. */
  threads: number | null;
  journalFile: string | null;
  /** One of several processes; its part of the scores goes to `file`. */
  part: { shard: Shard; file: string } | null;
  report: ReportTarget;
}

export interface MergeCommand {
  kind: 'merge';
  files: string[];
  report: ReportTarget;
}

interface HelpCommand {
  kind: 'help';
  text: string;
}

const MOST_THREADS = 64;
const MOST_SHARDS = 10_000;

const REPORT_OPTIONS = {
  html: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** The command of `words`; throws `UsageError` or what `parseArgs` throws. */
export function evaluateCommand(words: string[]): EvaluateCommand | HelpCommand {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      ...REPORT_OPTIONS,
      model: { type: 'string', multiple: true },
      opt: { type: 'string' },
      network: { type: 'string' },
      native: { type: 'boolean', default: false },
      data: { type: 'string' },
      split: { type: 'string' },
      degrade: { type: 'string', multiple: true },
      'group-out': { type: 'boolean', default: false },
      threshold: { type: 'string' },
      backend: { type: 'string', default: 'auto' },
      ensemble: { type: 'string' },
      effort: { type: 'string', default: 'full' },
      threads: { type: 'string' },
      resume: { type: 'string' },
      shard: { type: 'string' },
      out: { type: 'string' },
    },
  });
  if (values.help) return { kind: 'help', text: HELP.evaluate };
  if (values.data === undefined) throw new UsageError('say where the pictures are: --data DIR');
  const part = partFrom(values);
  if (part !== null && (values.json || values.html !== undefined)) {
    throw new UsageError('a shard has no figures of its own: "telltale merge" prints them');
  }
  return {
    kind: 'evaluate',
    models: modelsFrom([...(values.model ?? []), ...positionals], values),
    folder: values.data,
    split: values.split ?? null,
    degradations: chainsFrom(values.degrade ?? ['table']),
    groupOut: values['group-out'],
    threshold: thresholdFrom(values.threshold),
    backend: choice('backend', values.backend, BACKEND_CHOICES),
    ensemble: ensembleNamed(values.ensemble),
    effort: choice('effort', values.effort, ['quick', 'full']),
    threads: threadsFrom(values.threads),
    journalFile: values.resume ?? null,
    part,
    report: { json: values.json, htmlFile: values.html ?? null },
  };
}

/** The command of `words`; throws `UsageError` or what `parseArgs` throws. */
export function mergeCommand(words: string[]): MergeCommand | HelpCommand {
  const { values, positionals } = parseArgs({ args: words, allowPositionals: true, options: REPORT_OPTIONS });
  if (values.help) return { kind: 'help', text: HELP.merge };
  if (positionals.length === 0) throw new UsageError('name the files that the shards have written');
  return { kind: 'merge', files: positionals, report: { json: values.json, htmlFile: values.html ?? null } };
}

function modelsFrom(
  paths: readonly string[],
  { opt, network, native }: { opt?: string | undefined; network?: string | undefined; native: boolean },
): ModelReference[] {
  if ((opt ?? network) !== undefined && paths.length !== 1) {
    throw new UsageError('--opt and --network describe one checkpoint: name it, and no other, with --model');
  }
  const named: (string | null)[] = paths.length === 0 ? [null] : [...paths];
  return named.map((path) => ({ path, optionsFile: opt ?? null, network: network ?? null, native }));
}

function chainsFrom(values: readonly string[]): string[] {
  const asked = values.flatMap((value) => value.split(','));
  const names = asked.flatMap((name) => (name === 'table' ? TABLE_CHAINS : [name]));
  for (const name of names) {
    const chain = parseChain(name);
    if (!chain.ok) throw new UsageError(`--degrade: ${chain.failure}`);
  }
  return [...new Set(names)];
}

function partFrom(values: { shard?: string | undefined; out?: string | undefined }): EvaluateCommand['part'] {
  if (values.shard === undefined && values.out === undefined) return null;
  if (values.shard === undefined || values.out === undefined) {
    throw new UsageError('--shard I/N and --out FILE go together');
  }
  const [, index = 0, of = 0] = (/^(\d{1,5})\/(\d{1,5})$/.exec(values.shard) ?? []).map(Number);
  if (index < 1 || index > of || of > MOST_SHARDS) {
    throw new UsageError(`--shard is a part of all such as 1/4, not "${values.shard}"`);
  }
  return { shard: { index, of }, file: values.out };
}

function thresholdFrom(value: string | undefined): number | null {
  if (value === undefined) return null;
  const threshold = /^\d(?:\.\d{1,17})?$/.test(value) ? Number(value) : Number.NaN;
  if (threshold >= 0 && threshold <= 1) return threshold;
  throw new UsageError(`--threshold is a probability from 0 to 1, not "${value}"`);
}

function threadsFrom(value: string | undefined): number | null {
  if (value === undefined) return null;
  const threads = /^\d{1,2}$/.test(value) ? Number(value) : 0;
  if (threads >= 1 && threads <= MOST_THREADS) return threads;
  throw new UsageError(`--threads is a number from 1 to ${MOST_THREADS}, not "${value}"`);
}
