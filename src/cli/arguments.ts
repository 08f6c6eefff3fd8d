/** From the words on a command line to a command, or to what is wrong with them. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { EnsembleName } from '../core/backbones/families.ts';
import type { Effort } from '../core/model/tiles.ts';
import { failure, type Result, success } from '../core/result.ts';
import { type CalibrateCommand, calibrateCommand } from './arguments-calibrate.ts';
import { type CardCommand, cardCommand } from './arguments-card.ts';
import {
  type EvaluateCommand,
  evaluateCommand,
  type MergeCommand,
  mergeCommand,
} from './arguments-evaluate.ts';
import { type InspectCommand, inspectCommand } from './arguments-inspect.ts';
import { HELP } from './help.ts';
import { BACKEND_CHOICES, choice, ensembleNamed, onlyOne, UsageError } from './usage.ts';

export type { CalibrateCommand } from './arguments-calibrate.ts';
export type { CardCommand } from './arguments-card.ts';
export type { EvaluateCommand, MergeCommand } from './arguments-evaluate.ts';
export type { InspectCommand } from './arguments-inspect.ts';

export type BackendChoice = (typeof BACKEND_CHOICES)[number];

/** Which model, and what its checkpoint does not say itself. */
export interface ModelReference {
  /** A packaged model's name, a model folder or a checkpoint; null is the default model. */
  path: string | null;
  optionsFile: string | null;
  network: string | null;
  /** Pictures as they are, instead of the preprocessing that the model's authors validate with. */
  native: boolean;
}

export interface ScreenCommand {
  kind: 'screen';
  paths: string[];
  model: ModelReference;
  backend: BackendChoice;
  /** Null: the model's own. */
  ensemble: EnsembleName | null;
  effort: Effort;
  heatmapFolder: string | null;
  json: boolean;
}

export interface ImportCommand {
  kind: 'import';
  model: ModelReference & { path: string };
  outFolder: string;
}

export interface InfoCommand {
  kind: 'info';
  model: ModelReference & { path: string };
  /** Side of the square picture that the work is counted for; null: what the model's preprocessing leaves. */
  sizePx: number | null;
  json: boolean;
}

export type Command =
  | { kind: 'help'; text: string }
  | { kind: 'version' }
  | ScreenCommand
  | ImportCommand
  | InfoCommand
  | InspectCommand
  | CalibrateCommand
  | CardCommand
  | EvaluateCommand
  | MergeCommand;

const LARGEST_SIZE_PX = 65_535;

/** The command of `words` (without Node and script), or one line that says what is wrong with them. */
export function parseCommand(words: readonly string[]): Result<Command, string> {
  const [name, ...rest] = words;
  switch (name) {
    case 'screen':
      return guarded(() => screenCommand(rest));
    case 'import':
      return guarded(() => importCommand(rest));
    case 'info':
      return guarded(() => infoCommand(rest));
    case 'inspect-data':
      return guarded(() => inspectCommand(rest));
    case 'calibrate':
      return guarded(() => calibrateCommand(rest));
    case 'card':
      return guarded(() => cardCommand(rest));
    case 'evaluate':
      return guarded(() => evaluateCommand(rest));
    case 'merge':
      return guarded(() => mergeCommand(rest));
    case '--version':
      return success({ kind: 'version' });
    case 'help':
    case '--help':
    case '-h':
      return success({ kind: 'help', text: HELP.all });
    case undefined:
      return failure(
        'say what to do: screen, import, info, inspect-data, calibrate, card, evaluate or merge',
      );
    default:
      return failure(
        `there is no command "${name}"; there are screen, import, info, inspect-data, calibrate, card, evaluate and merge`,
      );
  }
}

function guarded(parse: () => Command): Result<Command, string> {
  try {
    return success(parse());
  } catch (error) {
    const isParser =
      error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE');
    if (error instanceof UsageError || isParser) return failure(error.message);
    throw error;
  }
}

const MODEL_OPTIONS = {
  opt: { type: 'string' },
  network: { type: 'string' },
  native: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const satisfies ParseArgsConfig['options'];

function screenCommand(words: string[]): Command {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      ...MODEL_OPTIONS,
      model: { type: 'string' },
      backend: { type: 'string', default: 'auto' },
      ensemble: { type: 'string' },
      effort: { type: 'string', default: 'full' },
      heatmaps: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  if (values.help) return { kind: 'help', text: HELP.screen };
  if (positionals.length === 0) throw new UsageError('name at least one picture, folder or glob');
  const model = modelReference(values, values.model ?? null);
  if (model.path === null && (values.opt ?? values.network) !== undefined) {
    throw new UsageError('--opt and --network describe a checkpoint: name it with --model');
  }
  return {
    kind: 'screen',
    paths: positionals,
    model,
    backend: choice('backend', values.backend, BACKEND_CHOICES),
    ensemble: ensembleNamed(values.ensemble),
    effort: choice('effort', values.effort, ['quick', 'full']),
    heatmapFolder: values.heatmaps ?? null,
    json: values.json,
  };
}

function importCommand(words: string[]): Command {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: { ...MODEL_OPTIONS, out: { type: 'string' } },
  });
  if (values.help) return { kind: 'help', text: HELP.import };
  const path = onlyOne(positionals, 'checkpoint');
  if (values.out === undefined) throw new UsageError('say where the model folder goes: --out DIR');
  return { kind: 'import', model: { ...modelReference(values, path), path }, outFolder: values.out };
}

function infoCommand(words: string[]): Command {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: { ...MODEL_OPTIONS, size: { type: 'string' }, json: { type: 'boolean', default: false } },
  });
  if (values.help) return { kind: 'help', text: HELP.info };
  const path = onlyOne(positionals, 'model');
  const model = { ...modelReference(values, path), path };
  return { kind: 'info', model, sizePx: sizeFrom(values.size), json: values.json };
}

const modelReference = (
  values: { opt?: string | undefined; network?: string | undefined; native: boolean },
  path: string | null,
): ModelReference => ({
  path,
  optionsFile: values.opt ?? null,
  network: values.network ?? null,
  native: values.native,
});

function sizeFrom(value: string | undefined): number | null {
  if (value === undefined) return null;
  const sizePx = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  if (sizePx >= 1 && sizePx <= LARGEST_SIZE_PX) return sizePx;
  throw new UsageError(`--size is a number of pixels from 1 to ${LARGEST_SIZE_PX}, not "${value}"`);
}
