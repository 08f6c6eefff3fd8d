/** A progress bar on the last line of a terminal; nothing anywhere else. */

const CELLS = 24;
const CLEAR_LINE = '\r\x1b[K';

export interface Progress {
  /** `done` inputs are finished and `name` is being looked at. */
  show(done: number, name: string): void;
  /** Takes the bar away, so that something else can be written. */
  clear(): void;
}

/** A bar of `total` steps on `stream`. */
export function progressOn(stream: NodeJS.WriteStream, total: number): Progress {
  if (!stream.isTTY || total < 2) return { show: () => undefined, clear: () => undefined };
  return {
    show: (done, name) => {
      const filled = Math.floor((done / total) * CELLS);
      const head = `${'█'.repeat(filled)}${'░'.repeat(CELLS - filled)} ${done}/${total} `;
      const room = Math.max(0, (stream.columns || 80) - head.length - 1);
      stream.write(`${CLEAR_LINE}${head}${name.slice(-room || name.length)}`);
    },
    clear: () => stream.write(CLEAR_LINE),
  };
}
