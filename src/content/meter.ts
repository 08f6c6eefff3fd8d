/**
 * What this content script costs its page, counted where its code is entered. It lives in the isolated world,
 * where the benchmark reads it through the debugger; pages cannot see it.
 */
export class Meter {
  busyMs = 0;
  longestTaskMs = 0;
  tasks = 0;

  /** `run` with its duration counted. Nested calls must not be measured again. */
  readonly measured = <Value>(run: () => Value): Value => {
    const startedAt = performance.now();
    try {
      return run();
    } finally {
      const tookMs = performance.now() - startedAt;
      this.busyMs += tookMs;
      this.tasks += 1;
      if (tookMs > this.longestTaskMs) this.longestTaskMs = tookMs;
    }
  };
}
