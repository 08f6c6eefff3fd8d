/** The options of `npm run bench`. */
import { parseArgs } from 'node:util';

/** Every engine there is a contestant for; `ort` is ONNX Runtime. */
export const ENGINES = /** @type {const} */ ([
  'telltale-wasm',
  'tfjs-layers-wasm',
  'ort-web-wasm',
  'ort-node',
  'telltale-webgpu',
  'ort-web-webgpu',
]);

/**
 * @typedef {(typeof ENGINES)[number]} EngineName
 * @typedef {'json' | 'markdown' | 'table'} Format
 * @typedef {{ networks: string[], sizes: number[], batches: number[], engines: EngineName[], rounds: number, format: Format }} BenchOptions
 */

export const HELP = `Usage: npm run -s bench -- [options]

Runs the same networks on every engine, one after the other in many rounds, and compares the medians.

  --networks LIST   detectors such as resnet34_layer2, and "fast" and "strong" for the packaged ones
                    (default xception_block2,resnet18_layer1,fast,strong)
  --sizes LIST      sides of the square pictures in px, 64 to 1024 (default 299,512)
  --batches LIST    pictures at a time, 1 to 32 (default 1,8)
  --engines LIST    ${ENGINES.slice(0, 4).join(', ')},
                    ${ENGINES.slice(4).join(', ')} (default: all)
  --rounds N        timed rounds, 1 to 99 (default 7)
  --json            one JSON object instead of a table
  --markdown        the tables as Markdown
  --help            this text
`;

const TEXT = /** @type {const} */ ({ type: 'string' });
const SWITCH = /** @type {const} */ ({ type: 'boolean', default: false });

/**
 * What the command line asks for, the help, or what is wrong with it in one sentence.
 * @param {string[]} commandArguments
 * @returns {{ kind: 'run', options: BenchOptions } | { kind: 'help' } | { kind: 'wrong', message: string }}
 */
export function parseArguments(commandArguments) {
  try {
    const { values } = parseArgs({
      args: commandArguments,
      options: {
        networks: { ...TEXT, default: 'xception_block2,resnet18_layer1,fast,strong' },
        sizes: { ...TEXT, default: '299,512' },
        batches: { ...TEXT, default: '1,8' },
        engines: { ...TEXT, default: ENGINES.join(',') },
        rounds: { ...TEXT, default: '7' },
        json: SWITCH,
        markdown: SWITCH,
        help: SWITCH,
      },
    });
    if (values.help) return { kind: 'help' };
    if (values.json && values.markdown) throw new Error('--json and --markdown exclude each other');
    const [rounds = 0, ...more] = integers('--rounds', values.rounds, [1, 99]);
    if (more.length > 0) throw new Error('--rounds takes one number');
    return {
      kind: 'run',
      options: {
        networks: list('--networks', values.networks),
        sizes: integers('--sizes', values.sizes, [64, 1024]),
        batches: integers('--batches', values.batches, [1, 32]),
        engines: list('--engines', values.engines).map(engineNamed),
        rounds,
        format: values.json ? 'json' : values.markdown ? 'markdown' : 'table',
      },
    };
  } catch (error) {
    return { kind: 'wrong', message: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * @param {string} option
 * @param {string} text
 */
function list(option, text) {
  const items = [...new Set(text.split(',').map((item) => item.trim()))];
  if (items.some((item) => item === '')) throw new Error(`${option} has an empty item`);
  return items;
}

/**
 * @param {string} option
 * @param {string} text
 * @param {readonly [number, number]} range
 */
function integers(option, text, [least, most]) {
  return list(option, text).map((item) => {
    const value = Number(item);
    if (/^\d+$/.test(item) && value >= least && value <= most) return value;
    throw new Error(`${option} takes whole numbers from ${least} to ${most}, not ${item}`);
  });
}

/** @param {string} name */
function engineNamed(name) {
  const engine = ENGINES.find((known) => known === name);
  if (engine === undefined) throw new Error(`--engines knows no ${name}`);
  return engine;
}
