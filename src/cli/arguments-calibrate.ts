/** The words of `telltale calibrate`. */
import { parseArgs } from 'node:util';
import { METHODS, type Method } from '../core/calibrate/fit.ts';
import { AS_IS, type DegradationChain, parseChain } from '../core/degrade/specification.ts';
import { HELP } from './help.ts';
import { choice, UsageError } from './usage.ts';

export interface CalibrateCommand {
  kind: 'calibrate';
  /** A packaged model's name, or a model folder of Telltale's own kind. */
  modelFolder: string;
  dataFolder: string;
  /** Null: all splits. */
  split: string | null;
  chains: DegradationChain[];
  falsePositiveRate: number;
  method: Method;
  rounds: number;
  /** Where finished scores are kept between runs; null: nowhere. */
  resumeFile: string | null;
  /** Where the card goes; null: it is not written. */
  outFile: string | null;
  json: boolean;
}

/** The command of `words`; throws `UsageError` or what `parseArgs` throws. */
export function calibrateCommand(words: string[]): CalibrateCommand | { kind: 'help'; text: string } {
  const { values } = parseArgs({
    args: words,
    options: {
      model: { type: 'string' },
      data: { type: 'string' },
      split: { type: 'string' },
      degrade: { type: 'string', multiple: true, default: [] },
      fpr: { type: 'string', default: '0.01' },
      method: { type: 'string', default: 'auto' },
      rounds: { type: 'string', default: '2000' },
      resume: { type: 'string' },
      out: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return { kind: 'help', text: HELP.calibrate };
  if (values.model === undefined) throw new UsageError('say which model: --model DIR');
  if (values.data === undefined) throw new UsageError('say which pictures: --data DIR');
  return {
    kind: 'calibrate',
    modelFolder: values.model,
    dataFolder: values.data,
    split: values.split ?? null,
    chains: values.degrade.length === 0 ? [AS_IS] : chainsFrom(values.degrade),
    falsePositiveRate: shareFrom(values.fpr),
    method: choice('method', values.method, METHODS),
    rounds: roundsFrom(values.rounds),
    resumeFile: values.resume ?? null,
    outFile: values.out ?? null,
    json: values.json,
  };
}

/** Each once, however they are parted: by commas or by several options. */
const chainsFrom = (values: readonly string[]): DegradationChain[] =>
  [...new Set(values.flatMap((value) => value.split(',')))].map(chainNamed);

function chainNamed(text: string): DegradationChain {
  const chain = parseChain(text);
  if (!chain.ok) throw new UsageError(`--degrade: ${chain.failure}`);
  return chain.value;
}

function shareFrom(text: string): number {
  const share = /^0?\.\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (share > 0 && share <= 0.5) return share;
  throw new UsageError(`--fpr is a share above 0 and up to 0.5, such as 0.01, not "${text}"`);
}

function roundsFrom(text: string): number {
  const rounds = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (rounds >= 10) return rounds;
  throw new UsageError(`--rounds is a number from 10, not "${text}"`);
}
