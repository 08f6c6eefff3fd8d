/** Scores for `telltale calibrate`: made in threads, and kept in a file so that a stopped run goes on from there. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { CalibrationSample } from '../core/calibrate/sample.ts';
import type { DegradationChain } from '../core/degrade/specification.ts';
import { failure, type Result, success } from '../core/result.ts';
import { type Dataset, fileOf } from './dataset-files.ts';
import { fileFailure, writeWhole } from './files.ts';
import { progressOn } from './progress.ts';
import { harmless } from './text.ts';
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

export type CalibrateReply = { path: string; versions: VersionScore[] } | { path: string; failure: string };

/** What the scores of a file depend on; another head means another run. */
export interface ScoresHead {
  weights: string;
  chains: string[];
}

export interface Scores {
  samples: CalibrationSample[];
  failures: { path: string; failure: string }[];
}

/** Scores every picture of `dataset` that `keptIn` does not hold yet; the failure is one line. */
export async function scoreDataset(
  dataset: Dataset,
  start: CalibrateStart,
  { head, keptIn }: { head: ScoresHead; keptIn: string | null },
): Promise<Result<Scores, string>> {
  const kept = keptIn === null ? success(new Map<string, CalibrateReply>()) : readKept(keptIn, head);
  if (!kept.ok) return kept;
  const replies = kept.value;
  const missing = dataset.items.filter(({ path }) => !replies.has(path));
  const progress = progressOn(process.stderr, missing.length);
  let done = 0;
  let broken: string | null = null;
  await runInThreads<CalibrateItem, Result<CalibrateReply, string>>({
    script: 'calibrate-worker.js',
    start,
    items: missing.map((item) => ({ file: fileOf(dataset, item), path: item.path })),
    onReply: (index, reply) => {
      const path = missing[index]?.path ?? '';
      progress.show(++done, harmless(path));
      const answer = reply.ok ? reply.value : reply;
      if (!answer.ok) broken ??= answer.failure;
      replies.set(path, answer.ok ? answer.value : { path, failure: answer.failure });
      if (answer.ok && keptIn !== null) appendFileSync(keptIn, `${JSON.stringify(answer.value)}\n`);
    },
  });
  progress.clear();
  const scores = scoresOf(dataset, replies);
  return scores.samples.length === 0 && broken !== null ? failure(broken) : success(scores);
}

function scoresOf(dataset: Dataset, replies: ReadonlyMap<string, CalibrateReply>): Scores {
  const scores: Scores = { samples: [], failures: [] };
  for (const { path, label, source } of dataset.items) {
    const reply = replies.get(path);
    if (reply === undefined) continue;
    if ('failure' in reply) scores.failures.push(reply);
    else scores.samples.push(...reply.versions.map((version) => ({ path, label, source, ...version })));
  }
  return scores;
}

/** Replies by path. A last line that was cut off when the run was stopped is passed over. */
function readKept(file: string, head: ScoresHead): Result<Map<string, CalibrateReply>, string> {
  const first = JSON.stringify({ telltale: 'calibration scores', ...head });
  try {
    if (!existsSync(file)) appendFileSync(file, `${first}\n`);
    const [found, ...lines] = readFileSync(file, 'utf8').split('\n');
    if (found !== first) return failure(`${file}: it holds scores of another model or of other versions`);
    const whole = lines.slice(0, -1);
    if (lines.at(-1) !== '') writeWhole(file, `${[first, ...whole].join('\n')}\n`);
    const replies = whole.map((line): CalibrateReply => JSON.parse(line));
    return success(new Map(replies.map((reply) => [reply.path, reply])));
  } catch (error) {
    if (error instanceof SyntaxError) return failure(`${file}: it is damaged`);
    return failure(
      `${file}: ${fileFailure(error) === 'not-found' ? 'there can be no such file' : 'it cannot be used'}`,
    );
  }
}
