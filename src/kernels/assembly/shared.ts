/**
 * The kernels for a memory that several threads share. One thread leads a pass over the schedule and waits for its end;
 * others may join at any time, claim entries like the leader, and may as well never come.
 */
import { AFTER, CLAIM, COUNT, DONE, DONE_BEFORE, ENTRY_BYTES, PAGES, SCHEDULE } from '../descriptor';
import { runStep } from './step';

/** Looks at the counter before falling asleep: most waits last a few microseconds, waking takes about fifty. */
const LOOKS: i32 = 2000;

/** Begins a pass over the `count` entries at `schedule`; the one before must be over. */
export function open(control: usize, schedule: usize, count: i32): void {
  // First, so that whoever sees this pass sees its memory.
  atomic.store<i32>(control, memory.size(), PAGES);
  const pass = (atomic.load<i64>(control, CLAIM) >> 32) + 1;
  atomic.store<i64>(control, (pass << 32) | NO_ENTRY, CLAIM);
  atomic.store<usize>(control, schedule, SCHEDULE);
  atomic.store<i32>(control, count, COUNT);
  // The counter is never set back: whoever falls asleep over it a pass too late must find another value there.
  atomic.store<i32>(control, atomic.load<i32>(control, DONE), DONE_BEFORE);
  atomic.store<i64>(control, pass << 32, CLAIM);
}

/**
 * Executes the pass begun last with whoever helps; `scratch` is this thread's own memory. Returns 0 when a helper kept an
 * entry for `patienceMs` and longer: it may write at any later time, so the memory is not to be used again.
 */
export function lead(control: usize, scratch: usize, patienceMs: i32): i32 {
  const pass = atomic.load<i64>(control, CLAIM) >> 32;
  const patience = i64(patienceMs) * 1000000;
  if (!work(control, scratch, pass, patience)) return 0;
  const goal = atomic.load<i32>(control, DONE_BEFORE) + atomic.load<i32>(control, COUNT);
  if (!reached(control, goal, pass, patience)) return 0;
  // Whoever still reads this pass's schedule, which may change from now on, is not to wait for what it says.
  atomic.store<i64>(control, ((pass + 1) << 32) | NO_ENTRY, CLAIM);
  return 1;
}

/** Executes entries of the pass under way until none is left, or for `patienceMs` none could be claimed. */
export function help(control: usize, scratch: usize, patienceMs: i32): void {
  const pass = atomic.load<i64>(control, CLAIM) >> 32;
  if (!seesWholeMemory(control)) return;
  work(control, scratch, pass, i64(patienceMs) * 1000000);
}

/**
 * Whether this thread may use all of the memory. V8 tells a thread late, or only when it asks for more itself, that another
 * one made the memory grow; until then `memory.fill` there breaks the thread, which keeps its entry for ever.
 */
function seesWholeMemory(control: usize): bool {
  const pages = atomic.load<i32>(control, PAGES);
  if (memory.size() < pages) memory.grow(0);
  return memory.size() >= pages;
}

/** Behind the end of every schedule. */
const NO_ENTRY: i64 = 0x7fffffff;

/** Claims and executes entries of `pass`; false when it gave up waiting for others. */
function work(control: usize, scratch: usize, pass: i64, patience: i64): bool {
  while (true) {
    const claim = atomic.load<i64>(control, CLAIM);
    const index = i32(claim & 0x7fffffff);
    const schedule = atomic.load<usize>(control, SCHEDULE);
    const count = atomic.load<i32>(control, COUNT);
    const doneBefore = atomic.load<i32>(control, DONE_BEFORE);
    if (claim >> 32 != pass || index >= count) return true;
    // One pass's count with the next one's schedule may lead out of the memory.
    if (atomic.load<i64>(control, CLAIM) != claim) continue;
    const entry = schedule + index * ENTRY_BYTES;
    const step = load<usize>(entry);
    const from = load<i32>(entry, 4);
    const to = load<i32>(entry, 8);
    const after = load<i32>(entry, AFTER);
    const until = load<i32>(entry, AFTER + 4);
    // Waiting comes before claiming: whoever has no processor at the moment keeps nothing from the others.
    if (!reached(control, doneBefore + after, pass, patience)) return false;
    // Fails when another thread was faster, or when the pass is over and what was read above belongs to another one.
    if (atomic.cmpxchg<i64>(control, claim, claim + 1, CLAIM) != claim) continue;
    runStep(step, from, to, scratch);
    if (atomic.add<i32>(control, 1, DONE) + 1 == doneBefore + until) atomic.notify(control + DONE, -1);
  }
  return true;
}

/** Waits until the counter is at `goal`, or `pass` is over; false after `patience` nanoseconds. */
function reached(control: usize, goal: i32, pass: i64, patience: i64): bool {
  for (let look = 0; look < LOOKS; look++) {
    if (atomic.load<i32>(control, DONE) - goal >= 0) return true;
  }
  while (true) {
    const done = atomic.load<i32>(control, DONE);
    if (done - goal >= 0 || atomic.load<i64>(control, CLAIM) >> 32 != pass) return true;
    if (atomic.wait<i32>(control + DONE, done, patience) == 2) return false;
  }
  return true;
}
