/** Long work in short tasks, so that the page's own frames fit between them. */
import type { Meter } from '../meter.ts';

/** Time one task may take before the rest is put off; half a frame at 60 Hz. */
const BUDGET_MS = 8;
/** Steps between looks at the clock; each step costs some 10 µs. */
const STEPS_PER_LOOK = 16;

interface TaskScheduler {
  postTask(run: () => void, options: { priority: 'background' | 'user-visible' }): Promise<void>;
}

/** Runs `run` soon, after what the page has waiting. Firefox before 142 has no scheduler. */
function later(run: () => void, urgent: boolean): void {
  const { scheduler } = globalThis as { scheduler?: TaskScheduler };
  if (scheduler) {
    // Rejects only when `run` throws; the error is reported by the browser either way.
    void scheduler.postTask(run, { priority: urgent ? 'user-visible' : 'background' });
  } else if (urgent) {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      run();
    };
    channel.port2.postMessage(null);
  } else {
    requestIdleCallback(run, { timeout: 1000 });
  }
}

/** Calls `step` until it returns false, in tasks of about 8 ms; nothing runs and no timer exists in between. */
export class Slicer {
  readonly #step: () => boolean;
  readonly #meter: Meter;
  #scheduled = false;
  #stopped = false;
  /** Somebody waits for the result: go before the page's idle work. */
  urgent = false;

  constructor(meter: Meter, step: () => boolean) {
    this.#meter = meter;
    this.#step = step;
  }

  start(): void {
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    later(this.#run, this.urgent);
  }

  stop(): void {
    this.#stopped = true;
  }

  readonly #run = (): void => {
    this.#scheduled = false;
    if (this.#stopped) return;
    let more = true;
    try {
      more = this.#meter.measured(() => this.#untilDeadline());
    } finally {
      // Every step moves on before it works, so one that throws costs its own element only.
      if (more) this.start();
    }
  };

  #untilDeadline(): boolean {
    const deadline = performance.now() + BUDGET_MS;
    do {
      for (let steps = 0; steps < STEPS_PER_LOOK; steps += 1) if (!this.#step()) return false;
    } while (performance.now() < deadline);
    return true;
  }
}

/** `convert` of every item, in tasks of about 8 ms. The page may change in between. */
export async function mapInSlices<Item, Value>(
  items: readonly Item[],
  meter: Meter,
  convert: (item: Item) => Value,
): Promise<Value[]> {
  const values: Value[] = [];
  const fill = (): void => {
    const deadline = performance.now() + BUDGET_MS;
    for (const item of items.slice(values.length)) {
      values.push(convert(item));
      if (values.length % STEPS_PER_LOOK === 0 && performance.now() >= deadline) return;
    }
  };
  meter.measured(fill);
  while (values.length < items.length) {
    await new Promise<void>((resolve) => later(resolve, true));
    meter.measured(fill);
  }
  return values;
}
