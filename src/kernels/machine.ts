/** One network on the WebAssembly kernels, with a memory of its own. */
import { type Plan, type SizedPlan, sizePlan, withoutWeights } from './plan.ts';

export interface Machine {
  /**
   * The network's outputs [rows, columns, channels] for RGB 0..255 [rows, columns, 3]. Throws when the
   * picture is too small or there is no memory left.
   */
  run(size: PictureSize, picture: Float32Array): MachineResult;
  /** Bytes of memory held. */
  heapBytes(): number;
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

const PAGE_BYTES = 65_536;
const MOST_PAGES = 65_536;

/** `plan` on the compiled kernels of `module` (`kernels.ts`). */
export function createMachine(module: WebAssembly.Module, plan: Plan): Machine {
  const startBytes = plan.constantsAddress + plan.constants.sizeBytes;
  const pages = Math.ceil(startBytes / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: MOST_PAGES });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const { run } = exports as unknown as Exports;
  for (const { offset, values } of plan.constants.blocks) {
    new Float32Array(memory.buffer, plan.constantsAddress + offset, values.length).set(values);
  }
  const light = withoutWeights(plan);
  let current: { size: PictureSize; sized: SizedPlan } | null = null;
  const prepare = (size: PictureSize): SizedPlan => {
    if (current?.size.rows === size.rows && current.size.columns === size.columns) return current.sized;
    const sized = sizePlan(light, size);
    const missing = Math.ceil(sized.memoryBytes / PAGE_BYTES) - memory.buffer.byteLength / PAGE_BYTES;
    if (missing > 0) memory.grow(missing);
    new Int32Array(memory.buffer, sized.programAddress, sized.program.length).set(sized.program);
    current = { size, sized };
    return sized;
  };
  return {
    run: (size, picture) => {
      const sized = prepare(size);
      new Float32Array(memory.buffer, sized.pictureAddress, picture.length).set(picture);
      run(sized.schedule, sized.entries, light.scratchAddress);
      return resultIn(memory, sized);
    },
    heapBytes: () => memory.buffer.byteLength,
  };
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
