import { setFlagsFromString } from 'node:v8';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildKernelHelper } from '../../test/support/kernel-helper.ts';
import { helpersFrom } from '../cli/kernel-threads.ts';
import { CASES, conv, noise, weightsFor, widen } from './cases.testing.ts';
import { DONE, DONE_BEFORE, PAGES, SCHEDULE } from './descriptor.ts';
import { HELPER_PATIENCE_MS, type HelperMessage, type Workplace } from './helper.ts';
import { compileKernels, supportedVariants } from './kernels.ts';
import type { KernelVariant } from './kinds.ts';
import { createMachine, type Machine } from './machine.ts';
import { CONTROL_ADDRESS, type Plan, planFor, sizePlan } from './plan.ts';
import { registerKernels, unregisterKernels, useThreads } from './register.ts';
import { HelperTeam, type HelperThread, type StartHelper } from './team.ts';

// Node 20 has relaxed SIMD behind a flag only.
if (!supportedVariants().includes('relaxed')) setFlagsFromString('--experimental-wasm-relaxed-simd');

const { script, remove } = await buildKernelHelper();
const teams: HelperTeam[] = [];

afterEach(() => {
  for (const team of teams.splice(0)) team.dispose();
});
afterAll(remove);

const SIZES = [
  { rows: 21, columns: 8 },
  { rows: 40, columns: 37 },
  { rows: 17, columns: 19 },
];

const pictureOf = ({ rows, columns }: { rows: number; columns: number }) =>
  noise(rows * columns * 3, 5).map((value) => Math.round((value + 1) * 127));

function teamOf(threads: number, start = helpersFrom(script), patienceMs?: number): HelperTeam {
  const team = new HelperTeam(start, threads - 1, patienceMs);
  teams.push(team);
  return team;
}

function planOf(name: string, threads = 1): Plan {
  const layers = CASES[name] ?? [];
  const plan = planFor(layers, weightsFor(layers), threads);
  if (plan === null) throw new Error('no plan');
  return plan;
}

const modules = new Map<string, Promise<WebAssembly.Module>>();
function moduleOf(variant: KernelVariant, shared: boolean): Promise<WebAssembly.Module> {
  const key = `${variant} ${shared}`;
  const module = modules.get(key) ?? compileKernels(variant, shared);
  modules.set(key, module);
  return module;
}

const machineOf = async (name: string, team: HelperTeam | null, variant: KernelVariant = 'simd') =>
  createMachine(await moduleOf(variant, team !== null), planOf(name, 1 + (team?.most ?? 0)), team);

const outputsOf = (machine: Machine) => SIZES.map((size) => machine.run(size, pictureOf(size)));

/** A thread that takes messages and does nothing. */
const deaf = (): HelperThread => ({ post: () => undefined, terminate: () => undefined });

/** What a machine said about itself. */
type Attached = Map<number, Workplace>;

/** A thread that gets the machines' messages after `see`, which also gets what they attached. */
const seen = (helper: HelperThread, see: (message: HelperMessage, attached: Attached) => void) => {
  const attached: Attached = new Map();
  return {
    ...helper,
    post: (message: HelperMessage) => {
      if (message.kind === 'attach') attached.set(message.id, message.workplace);
      helper.post(message);
      see(message, attached);
    },
  };
};

/** Sleeps until helpers have finished a part of the pass, which has just begun; throws when none does. */
function awaitHelp({ id }: HelperMessage, attached: Attached): void {
  const workplace = attached.get(id);
  if (workplace === undefined) throw new Error('help for a machine that nobody knows');
  const words = new Int32Array(workplace.memory.buffer);
  const before = Atomics.load(words, (workplace.control + DONE_BEFORE) / 4);
  const found = Atomics.wait(words, (workplace.control + DONE) / 4, before, 30_000);
  if (found === 'timed-out') throw new Error('nobody helps');
}

describe.each([
  ['relaxed', 2],
  ['relaxed', 4],
  ['simd', 2],
  ['simd', 4],
] as const)('the %s kernels on %i threads', (variant, threads) => {
  let isAwaited = false;
  let team: HelperTeam;
  beforeAll(() => {
    const start: StartHelper = (onLost) =>
      seen(helpersFrom(script)(onLost), (message, attached) => {
        if (message.kind === 'help' && isAwaited) awaitHelp(message, attached);
      });
    // A busy machine may stop a thread for seconds: whoever is lost would help with no other case.
    team = new HelperTeam(start, threads - 1, 60_000);
    team.useThreads(threads);
  });
  afterAll(() => team.dispose());

  it.each(Object.keys(CASES))('give the same bits as on one: %s', async (name) => {
    const expected = outputsOf(await machineOf(name, null, variant));
    const shared = await machineOf(name, team, variant);
    // Who computes what differs from pass to pass; helpers begin the awaited ones.
    for (const wait of [true, false]) {
      isAwaited = wait;
      expect(outputsOf(shared)).toEqual(expected);
    }
    shared.dispose();
    expect(team.threads).toBe(threads);
  });
});

describe('helpers', () => {
  it('can execute whole passes, also after the memory has grown', async () => {
    const messages: HelperMessage[] = [];
    const spy: StartHelper = () => ({
      post: (message) => messages.push(message),
      terminate: () => undefined,
    });
    const team = teamOf(2, spy);
    team.useThreads(2);
    const name = 'an Xception block';
    const machine = await machineOf(name, team);
    const [attached] = messages;
    if (attached?.kind !== 'attach') throw new Error('nothing was attached');
    const { module, memory, control } = attached.workplace;
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    const open = exports.open as (control: number, schedule: number, count: number) => void;
    const helper = helpersFrom(script)(() => undefined);
    helper.post(attached);
    const heapBytes: number[] = [];
    for (const size of [
      { rows: 21, columns: 8 },
      { rows: 90, columns: 87 },
    ]) {
      machine.run(size, pictureOf(size));
      const sized = sizePlan(planOf(name, 2), size);
      const words = new Int32Array(memory.buffer);
      const { address, rows, columns, cellLength } = sized.result;
      const result = new Float32Array(memory.buffer, address, rows * columns * cellLength);
      const expected = result.slice();
      result.fill(0);
      new Float32Array(memory.buffer, sized.pictureAddress, pictureOf(size).length).set(pictureOf(size));
      open(control, sized.schedule, sized.entries);
      helper.post({ kind: 'help', id: attached.id });
      const [total, before] = [(control + DONE) / 4, (control + DONE_BEFORE) / 4];
      const done = () => Atomics.load(words, total) - Atomics.load(words, before);
      await vi.waitFor(() => expect(done()).toBe(sized.entries), { timeout: 20_000 });
      expect(result).toEqual(expected);
      expect(expected.some((value) => value !== 0)).toBe(true);
      heapBytes.push(machine.heapBytes());
    }
    helper.terminate();
    expect(heapBytes[1]).toBeGreaterThan(heapBytes[0] ?? 0);
  });

  it('leave a pass alone whose memory they do not see the end of', async () => {
    const messages: HelperMessage[] = [];
    const team = teamOf(2, () => ({ post: (message) => messages.push(message), terminate: () => undefined }));
    team.useThreads(2);
    const machine = await machineOf('an Xception block', team);
    const [attached] = messages;
    if (attached?.kind !== 'attach') throw new Error('nothing was attached');
    const { module, memory, control, scratch } = attached.workplace;
    const size = { rows: 21, columns: 8 };
    machine.run(size, pictureOf(size));
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    const open = exports.open as (control: number, schedule: number, count: number) => void;
    const help = exports.help as (control: number, scratch: number, patienceMs: number) => void;
    const sized = sizePlan(planOf('an Xception block', 2), size);
    open(control, sized.schedule, sized.entries);
    const word = (offset: number) => new Int32Array(memory.buffer, control + offset, 1);
    const done = () => (word(DONE)[0] ?? 0) - (word(DONE_BEFORE)[0] ?? 0);
    const [pages = 0] = word(PAGES);
    word(PAGES)[0] = pages + 1;
    help(control, scratch, 1000);
    expect(done()).toBe(0);
    word(PAGES)[0] = pages;
    help(control, scratch, 1000);
    expect(done()).toBe(sized.entries);
  });

  it('serve several machines, and come and go', async () => {
    const names = ['a residual block', 'an Xception block', 'filters beside the pixels'];
    const expected = await Promise.all(names.map(async (name) => outputsOf(await machineOf(name, null))));
    const team = teamOf(3);
    const machines = await Promise.all(names.map((name) => machineOf(name, team)));
    for (const threads of [1, 3, 2, 1]) {
      team.useThreads(threads);
      for (const [index, machine] of machines.entries()) expect(outputsOf(machine)).toEqual(expected[index]);
    }
    machines[0]?.dispose();
    team.useThreads(3);
    expect(machines.slice(1).map(outputsOf)).toEqual(expected.slice(1));
    team.dispose();
    expect(machines.slice(1).map(outputsOf)).toEqual(expected.slice(1));
  });

  it('are not needed', async () => {
    const team = teamOf(4, deaf);
    team.useThreads(4);
    const machine = await machineOf('an Xception block', team);
    expect(outputsOf(machine)).toEqual(outputsOf(await machineOf('an Xception block', null)));
  });

  it('are not started before they are wanted, nor again after one was lost', () => {
    const lose: (() => void)[] = [];
    let ended = 0;
    const start: StartHelper = (onLost) => {
      lose.push(onLost);
      return { post: () => undefined, terminate: () => void ended++ };
    };
    const team = teamOf(4, start);
    expect(lose).toHaveLength(0);
    team.useThreads(3);
    expect(lose).toHaveLength(2);
    lose[0]?.();
    team.useThreads(4);
    expect([lose.length, ended]).toEqual([2, 2]);
  });

  it('that cannot be started leave the machine alone with its work', async () => {
    const team = teamOf(2, () => {
      throw new Error('no more threads');
    });
    team.useThreads(2);
    const machine = await machineOf('two outputs', team);
    expect(outputsOf(machine)).toEqual(outputsOf(await machineOf('two outputs', null)));
  });

  it('may be killed at any time', async () => {
    const expected = outputsOf(await machineOf('an Xception block', null));
    for (let round = 0; round < 5; round++) {
      let passes = 0;
      const start: StartHelper = (onLost) => {
        const helper = helpersFrom(script)(onLost);
        return seen(helper, (message, attached) => {
          if (message.kind !== 'help' || passes > round) return;
          awaitHelp(message, attached);
          // Takes effect some time later, in the midst of what follows.
          if (passes++ === round) helper.terminate();
        });
      };
      const team = teamOf(2, start, 100);
      team.useThreads(2);
      const machine = await machineOf('an Xception block', team);
      for (let pass = 0; pass < 5; pass++) expect(outputsOf(machine)).toEqual(expected);
      expect(passes).toBeGreaterThan(0);
    }
  });

  describe('are given up with their memory', () => {
    const layers = [...widen(8), conv(8, 8), conv(8, 4)];
    const weights = weightsFor(layers);
    const open = async (harm: (memory: WebAssembly.Memory) => void) => {
      const plan = planFor(layers, weights, 2);
      const alonePlan = planFor(layers, weights);
      if (plan === null || alonePlan === null) throw new Error('no plan');
      const memories: WebAssembly.Memory[] = [];
      const terminate = () => {
        // Who was given up may still write, to anything but constants.
        const firstByte = plan.constantsAddress + plan.constants.sizeBytes;
        for (const { buffer } of memories) new Uint8Array(buffer, firstByte).fill(0xff);
      };
      const start: StartHelper = () =>
        seen({ post: () => undefined, terminate }, (message, attached) => {
          if (message.kind === 'detach') return;
          const memory = attached.get(message.id)?.memory;
          if (memory === undefined) throw new Error('a machine that nobody knows');
          if (message.kind === 'attach') memories.push(memory);
          else harm(memory);
        });
      const team = teamOf(2, start, 50);
      team.useThreads(2);
      const machine = createMachine(await moduleOf('simd', true), plan, team);
      const expected = outputsOf(createMachine(await moduleOf('simd', false), alonePlan));
      return { machine, team, expected, memories };
    };

    it('when one keeps an entry for ever', async () => {
      // Claims the first entry of the pass and dies: nobody will ever count it as done.
      const { machine, team, expected, memories } = await open(({ buffer }) => {
        Atomics.add(new BigInt64Array(buffer, CONTROL_ADDRESS, 1), 0, 1n);
      });
      expect(outputsOf(machine)).toEqual(expected);
      expect(outputsOf(machine)).toEqual(expected);
      expect([memories.length, team.threads]).toEqual([1, 1]);
      expect(HELPER_PATIENCE_MS).toBeGreaterThan(50);
    });

    it('when the leader breaks in the midst of a pass', async () => {
      // A schedule outside the memory.
      const { machine, team, expected } = await open(({ buffer }) => {
        new Int32Array(buffer, CONTROL_ADDRESS + SCHEDULE, 1)[0] = -64;
      });
      expect(() => outputsOf(machine)).toThrow(WebAssembly.RuntimeError);
      expect(team.threads).toBe(1);
      expect(outputsOf(machine)).toEqual(expected);
    });
  });

  it.each([
    [SharedArrayBuffer, 1],
    [undefined, 0],
  ])('are started only where memory can be shared', async (buffer, expected) => {
    vi.stubGlobal('SharedArrayBuffer', buffer);
    let started = 0;
    const startHelper = () => {
      started += 1;
      return deaf();
    };
    await registerKernels('simd', { startHelper, most: 2 });
    useThreads(2);
    unregisterKernels();
    vi.unstubAllGlobals();
    expect(started).toBe(expected);
  });
});
