/** Scores for `telltale calibrate`: made in threads, and kept so that a stopped run goes on. */
import type { CalibrationSample } from '../core/calibrate/sample.ts';
import type { DatasetItem } from '../core/dataset/listing.ts';
import type { DegradationChain } from '../core/degrade/specification.ts';
import { failure, type Result, success } from '../core/result.ts';
import { type Dataset, fileOf } from './dataset-files.ts';
import { type KeptReplies, stampText } from './kept-replies.ts';
import type { Output } from './output.ts';
import { countOf } from './picture-count.ts';
import { runInThreads } from './thread-pool.ts';

export interface CalibrateStart {
  /** Model folder. */
  folder: string;
  chains: DegradationChain[];
}

export interface CalibrateItem {
  file: string;
  path: string;
}

/** What is known of one version of a picture. */
export type VersionScore = Omit<CalibrationSample, 'path' | 'label' | 'source'>;

/** `sha256` is the file's. */
export type CalibrateReply = { versions: VersionScore[]; sha256: string } | { failure: string };

export interface Scores {
  samples: CalibrationSample[];
  /** SHA-256 of the files that have samples. */
  hashes: string[];
  failures: { path: string; failure: string }[];
}

/**
 * Scores every picture of `dataset` that `kept` does not hold yet. The failure is one line: that no thread could score
 * anything.
 */
export async function scoreDataset(
  dataset: Dataset,
  start: CalibrateStart,
  { kept, output }: { kept: KeptReplies<CalibrateReply>; output: Output },
): Promise<Result<Scores, string>> {
  const stamped = dataset.items.map((item) => ({ ...item, stamp: stampText(fileOf(dataset, item)) }));
  const missing = stamped.filter(({ path, stamp }) => kept.get(path, stamp) === undefined);
  const failures = new Map<string, string>();
  let broken: string | null = null;
  const counter = countOf(missing.length, output);
  await runInThreads<CalibrateItem, Result<CalibrateReply, string>>({
    script: 'calibrate-worker.js',
    start,
    items: missing.map((item) => ({ file: fileOf(dataset, item), path: item.path })),
    onReply: (index, reply) => {
      const { path = '', stamp = '' } = missing[index] ?? {};
      counter.next(path);
      const answer = reply.ok ? reply.value : reply;
      if (!answer.ok) broken ??= answer.failure;
      if (!answer.ok) failures.set(path, answer.failure);
      else if ('failure' in answer.value) failures.set(path, answer.value.failure);
      else kept.add(path, stamp, answer.value);
    },
  });
  counter.end();
  const scores = scoresOf(stamped, kept, failures);
  return scores.samples.length === 0 && broken !== null ? failure(broken) : success(scores);
}

function scoresOf(
  items: readonly (DatasetItem & { stamp: string })[],
  kept: KeptReplies<CalibrateReply>,
  failures: ReadonlyMap<string, string>,
): Scores {
  const scores: Scores = { samples: [], hashes: [], failures: [] };
  for (const { path, label, source, stamp } of items) {
    const reply = kept.get(path, stamp);
    if (reply !== undefined && 'versions' in reply) {
      scores.hashes.push(reply.sha256);
      scores.samples.push(...reply.versions.map((version) => ({ path, label, source, ...version })));
    } else {
      scores.failures.push({ path, failure: failures.get(path) ?? 'no score' });
    }
  }
  return scores;
}
