/** Ctrl-C and its like. */

/** 128 + the signal's number, as shells report it. */
const STATUSES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Calls `stop` once with the exit status that belongs to the signal; returns what ends the listening. */
export function onInterrupt(stop: (status: number) => void): () => void {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const handlers = signals.map((signal) => [signal, () => stop(STATUSES[signal])] as const);
  for (const [signal, handler] of handlers) process.once(signal, handler);
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}
