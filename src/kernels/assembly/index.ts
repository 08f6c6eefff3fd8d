/** Telltale's inference kernels: executes a schedule of steps over one memory (`../descriptor.ts`). */
import { ENTRY_BYTES } from '../descriptor';
import { runStep } from './step';

/** Executes `count` entries one after the other; `scratch` is this thread's own memory. */
export function run(schedule: usize, count: i32, scratch: usize): void {
  for (let index = 0; index < count; index++) {
    const entry = schedule + index * ENTRY_BYTES;
    runStep(load<usize>(entry), load<i32>(entry, 4), load<i32>(entry, 8), scratch);
  }
}
