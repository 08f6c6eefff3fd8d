/** Who takes part, and with how many threads. */
import type { EngineName } from './arguments.mjs';

/** An engine with a number of threads: a column of the result. */
export interface Entry {
  engine: EngineName;
  threads: number;
}

interface Qualities {
  place: 'browser' | 'node';
  device: 'cpu' | 'gpu';
  /** Numbers of threads that it can be started with. */
  threads: readonly number[];
}

/** tfjs takes half the cores and cannot be told otherwise, so that two cores give it one thread. */
export const QUALITIES: Readonly<Record<EngineName, Qualities>> = {
  'telltale-wasm': { place: 'browser', device: 'cpu', threads: [1, 2] },
  'tfjs-layers-wasm': { place: 'browser', device: 'cpu', threads: [1] },
  'ort-web-wasm': { place: 'browser', device: 'cpu', threads: [1, 2] },
  'ort-node': { place: 'node', device: 'cpu', threads: [1] },
  'telltale-webgpu': { place: 'browser', device: 'gpu', threads: [1] },
  'ort-web-webgpu': { place: 'browser', device: 'gpu', threads: [1] },
};

/** The entries of `engines` that a machine can run. */
export const entriesFor = (
  engines: readonly EngineName[],
  machine: { cores: number; hasGpu: boolean },
): Entry[] =>
  engines
    .filter((engine) => QUALITIES[engine].device === 'cpu' || machine.hasGpu)
    .flatMap((engine) => QUALITIES[engine].threads.map((threads) => ({ engine, threads })))
    .filter(({ threads }) => threads <= machine.cores);

/** How an entry is called in tables and messages. */
export const nameOf = ({ engine, threads }: Entry): string =>
  QUALITIES[engine].threads.length > 1 ? `${engine} ${threads}T` : engine;
