import { setFlagsFromString } from 'node:v8';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { buildKernelHelper } from '../../test/support/kernel-helper.ts';
import { helpersFrom } from '../cli/kernel-threads.ts';
import { CASES, conv, noise, weightsFor, widen } from './cases.testing.ts';
import { DONE } from './descriptor.ts';
import { HELPER_PATIENCE_MS, type HelperMessage } from './helper.ts';
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

const machineOf = async (name: string, team: HelperTeam | null, variant: KernelVariant = 'simd') =>
  createMachine(await compileKernels(variant, team !== null), planOf(name, 1 + (team?.most ?? 0)), team);

const outputsOf = (machine: Machine) => SIZES.map((size) => machine.run(size, pictureOf(size)));

/** A thread that takes messages and does nothing. */
const deaf = (): HelperThread => ({ post: () => undefined, terminate: () => undefined });

describe.each(['relaxed', 'simd'] as const)('the %s kernels give the same bits', (variant) => {
  it.each([2, 4])('on %i threads as on one, for every kind of layer', async (threads) => {
    const team = teamOf(threads);
    team.useThreads(threads);
    for (const name of Object.keys(CASES)) {
      const expected = outputsOf(await machineOf(name, null, variant));
      const shared = await machineOf(name, team, variant);
      // Again and again: who computes what differs from pass to pass.
      for (let pass = 0; pass < 2; pass++) expect(outputsOf(shared), name).toEqual(expected);
      shared.dispose();
    }
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
      const done = () => Atomics.load(words, (control + DONE) / 4);
      await vi.waitFor(() => expect(done()).toBe(sized.entries), { timeout: 20_000 });
      expect(result).toEqual(expected);
      expect(expected.some((value) => value !== 0)).toBe(true);
      heapBytes.push(machine.heapBytes());
    }
    helper.terminate();
    expect(heapBytes[1]).toBeGreaterThan(heapBytes[0] ?? 0);
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
      const kills: (() => void)[] = [];
      const start: StartHelper = (onLost) => {
        const helper = helpersFrom(script)(onLost);
        kills.push(helper.terminate);
        return helper;
      };
      const team = teamOf(2, start, 100);
      team.useThreads(2);
      const machine = await machineOf('an Xception block', team);
      expect(outputsOf(machine)).toEqual(expected);
      // Takes effect some time later, in the midst of what follows.
      for (const kill of kills) kill();
      for (let pass = 0; pass < 5; pass++) expect(outputsOf(machine)).toEqual(expected);
    }
  });

  it('that keep an entry for ever cost their memory and no more', async () => {
    const layers = [...widen(8), conv(8, 8), conv(8, 4)];
    const plan = planFor(layers, weightsFor(layers), 2);
    const alonePlan = planFor(layers, weightsFor(layers));
    if (plan === null || alonePlan === null) throw new Error('no plan');
    // Claims the first entry of the pass and dies: nobody will ever count it as done.
    const thief: StartHelper = () => {
      let memory: WebAssembly.Memory | null = null;
      return {
        post: (message) => {
          if (message.kind === 'attach') memory = message.workplace.memory;
          if (message.kind !== 'help' || memory === null) return;
          Atomics.add(new BigInt64Array(memory.buffer, CONTROL_ADDRESS, 1), 0, 1n);
        },
        terminate: () => undefined,
      };
    };
    const team = teamOf(2, thief, 50);
    team.useThreads(2);
    const machine = createMachine(await compileKernels('simd', true), plan, team);
    const alone = createMachine(await compileKernels('simd'), alonePlan);
    expect(outputsOf(machine)).toEqual(outputsOf(alone));
    expect(outputsOf(machine)).toEqual(outputsOf(alone));
    expect(HELPER_PATIENCE_MS).toBeGreaterThan(50);
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
