/** One network on the WebAssembly kernels, with a memory of its own. */
import { CONTROL_ADDRESS, type Plan, type SizedPlan, sizePlan, withoutWeights } from './plan.ts';
import type { HelperTeam } from './team.ts';

export interface Machine {
  /**
   * The network's outputs [rows, columns, channels] for RGB 0..255 [rows, columns, 3]. Throws when the
   * picture is too small or there is no memory left.
   */
  run(size: PictureSize, picture: Float32Array): MachineResult;
  /** Bytes of memory held. */
  heapBytes(): number;
  /** Tells helpers to forget its memory. */
  dispose(): void;
}

export interface PictureSize {
  rows: number;
  columns: number;
}

export interface MachineResult extends PictureSize {
  channels: number;
  values: Float32Array;
}

interface Exports {
  run: (schedule: number, count: number, scratch: number) => void;
}
interface SharedExports {
  open: (control: number, schedule: number, count: number) => void;
  lead: (control: number, scratch: number, patienceMs: number) => number;
}

const PAGE_BYTES = 65_536;
const MOST_PAGES = 65_536;

const isSame = (a: PictureSize, b: PictureSize): boolean => a.rows === b.rows && a.columns === b.columns;

/** Executes a schedule; false when the memory is lost to a thread that may still write to it. */
type Execute = (sized: SizedPlan) => boolean;

/** A memory with the kernels on it. */
interface Site {
  memory: WebAssembly.Memory;
  execute: Execute;
  leave: () => void;
}

/**
 * `plan` on the compiled kernels of `module` (`kernels.ts`); with `team`, on the shared variant, and every pass with the
 * threads that the team has at that time.
 */
export function createMachine(
  module: WebAssembly.Module,
  plan: Plan,
  team: HelperTeam | null = null,
): Machine {
  const light = withoutWeights(plan);
  const open = (): Site => (team === null ? aloneSite(module, light) : sharedSite(module, light, team));
  let site = open();
  for (const { offset, values } of plan.constants.blocks) {
    new Float32Array(site.memory.buffer, plan.constantsAddress + offset, values.length).set(values);
  }
  let current: { size: PictureSize; threads: number; sized: SizedPlan } | null = null;
  const prepare = (size: PictureSize): SizedPlan => {
    const threads = team?.threads ?? 1;
    if (current !== null && current.threads === threads && isSame(current.size, size)) return current.sized;
    const sized = sizePlan(light, size, threads);
    store(site.memory, sized);
    current = { size, threads, sized };
    return sized;
  };
  const abandon = (sized: SizedPlan): void => {
    team?.dispose();
    site = moved(site, open(), { plan: light, sized });
  };
  const attempt = (sized: SizedPlan, picture: Float32Array): boolean => {
    new Float32Array(site.memory.buffer, sized.pictureAddress, picture.length).set(picture);
    // What breaks here leaves a pass that others may still be at.
    let isWhole = team === null;
    try {
      isWhole = site.execute(sized);
      return isWhole;
    } finally {
      if (!isWhole) abandon(sized);
    }
  };
  return {
    run: (size, picture) => {
      const sized = prepare(size);
      if (!attempt(sized, picture) && !attempt(sized, picture)) {
        throw new Error('a pass that nobody helps with waits for help');
      }
      return resultIn(site.memory, sized);
    },
    heapBytes: () => site.memory.buffer.byteLength,
    dispose: () => site.leave(),
  };
}

/** Room for the constants of `plan`. */
const firstPages = ({ constantsAddress, constants }: Plan): number =>
  Math.ceil((constantsAddress + constants.sizeBytes) / PAGE_BYTES);

function aloneSite(module: WebAssembly.Module, plan: Plan): Site {
  const memory = new WebAssembly.Memory({ initial: firstPages(plan), maximum: MOST_PAGES });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const { run } = exports as unknown as Exports;
  const execute: Execute = ({ schedule, entries }) => {
    run(schedule, entries, plan.scratchAddress);
    return true;
  };
  return { memory, execute, leave: () => undefined };
}

function sharedSite(module: WebAssembly.Module, plan: Plan, team: HelperTeam): Site {
  const memory = new WebAssembly.Memory({ initial: firstPages(plan), maximum: MOST_PAGES, shared: true });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const { open, lead } = exports as unknown as SharedExports;
  const { scratchAddress, scratchBytes, threads } = plan;
  const scratches = Array.from(
    { length: threads - 1 },
    (_, index) => scratchAddress + (index + 1) * scratchBytes,
  );
  const id = team.attach({ module, memory, control: CONTROL_ADDRESS, scratches });
  const execute: Execute = ({ schedule, entries }) => {
    open(CONTROL_ADDRESS, schedule, entries);
    team.call(id);
    return lead(CONTROL_ADDRESS, scratchAddress, team.patienceMs) !== 0;
  };
  return { memory, execute, leave: () => team.detach(id) };
}

/** Puts the table of steps where it belongs, and makes room for it and the tensors before it. */
function store(memory: WebAssembly.Memory, { program, programAddress, memoryBytes }: SizedPlan): void {
  const missing = Math.ceil(memoryBytes / PAGE_BYTES) - memory.buffer.byteLength / PAGE_BYTES;
  if (missing > 0) memory.grow(missing);
  new Int32Array(memory.buffer, programAddress, program.length).set(program);
}

/** `to` with all that was in `from` but pictures; threads never write to constants, so that those of a lost memory are whole. */
function moved(from: Site, to: Site, { plan, sized }: { plan: Plan; sized: SizedPlan }): Site {
  from.leave();
  const constantsOf = ({ memory }: Site) =>
    new Uint8Array(memory.buffer, plan.constantsAddress, plan.constants.sizeBytes);
  constantsOf(to).set(constantsOf(from));
  store(to.memory, sized);
  return to;
}

/** A copy of the result without the numbers that only fill a cell up. */
function resultIn(memory: WebAssembly.Memory, { result }: SizedPlan): MachineResult {
  const { address, rows, columns, channels, cellLength } = result;
  const stored = new Float32Array(memory.buffer, address, rows * columns * cellLength);
  if (cellLength === channels) return { rows, columns, channels, values: stored.slice() };
  const values = new Float32Array(rows * columns * channels);
  for (let cell = 0; cell < rows * columns; cell++) {
    values.set(stored.subarray(cell * cellLength, cell * cellLength + channels), cell * channels);
  }
  return { rows, columns, channels, values };
}
