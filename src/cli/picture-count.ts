/** Progress of a run over many pictures that can be stopped at any time. */
import { onInterrupt } from './interrupt.ts';
import type { Output } from './output.ts';
import { progressOn } from './progress.ts';
import { harmless } from './text.ts';

export interface PictureCount {
  /** One more picture, `name`, is finished. */
  next(name: string): void;
  /** All are. */
  end(): void;
}

/** Shows how many of `total` pictures are finished; on Ctrl-C says so and ends the process. */
export function countOf(total: number, output: Output): PictureCount {
  const progress = progressOn(process.stderr, total);
  let done = 0;
  const stopListening = onInterrupt((status) => {
    progress.clear();
    output.say(`stopped after ${done} of ${total}`);
    process.exit(status);
  });
  return {
    next: (name) => progress.show(++done, harmless(name)),
    end: () => {
      stopListening();
      progress.clear();
    },
  };
}
