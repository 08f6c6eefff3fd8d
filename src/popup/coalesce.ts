/** Many wishes, little work. */

/**
 * A function that runs `work` soon: never twice at once, and wishes that come meanwhile become one further
 * run. Before that run it pauses as long as the last took (at least `restMs`), so that a page with 1,000
 * images, whose view is big, is asked for less often. `work` must not reject.
 */
export function coalesce(work: () => Promise<void>, restMs = 100): () => void {
  let busy = false;
  let wished = false;
  const run = async () => {
    busy = true;
    while (wished) {
      wished = false;
      const startedAt = performance.now();
      await work();
      const restingMs = Math.max(restMs, performance.now() - startedAt);
      await new Promise((resolve) => setTimeout(resolve, restingMs));
    }
    busy = false;
  };
  return () => {
    wished = true;
    if (!busy) void run();
  };
}
