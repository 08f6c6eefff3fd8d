/**
 * The thread that looks at pictures. A forward pass blocks its thread, so the main one, which draws progress and obeys
 * Ctrl-C, must be another; and what breaks here takes nothing with it.
 */
import { workerData } from 'node:worker_threads';
import { pngFrom } from './decoders.ts';
import { writeWhole } from './files.ts';
import { heatmapOver } from './heatmap.ts';
import { nodeThreads } from './kernel-threads.ts';
import { serveLooks } from './looking-thread.ts';
import { failed, type Outcome } from './outcome.ts';
import { type ScreenedFile, screenFile } from './screen-file.ts';
import type { ScreenRequest } from './worker-messages.ts';

async function withHeatmap({ outcome, answer }: ScreenedFile, file: string): Promise<Outcome> {
  if (answer?.kind !== 'scored') return outcome;
  const png = await pngFrom(heatmapOver(answer.picture, answer.map));
  try {
    writeWhole(file, png);
    return outcome;
  } catch (error) {
    return failed('heatmap-not-written', error instanceof Error ? error.message : null, outcome.ms);
  }
}

await serveLooks<ScreenRequest, Outcome>(
  workerData,
  async ({ detector, shared }) => {
    return async ({ path, heatmapFile }) => {
      const screened = await screenFile(path, detector, { shared, canvas: null });
      return heatmapFile === null ? screened.outcome : withHeatmap(screened, heatmapFile);
    };
  },
  nodeThreads(),
);
