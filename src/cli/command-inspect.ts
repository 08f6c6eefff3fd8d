/** `telltale inspect-data`. */
import path from 'node:path';
import type { DatasetItem } from '../core/dataset/listing.ts';
import { conclusionsOf } from '../core/inspect/conclusion.ts';
import { type FileFacts, originalShape } from '../core/inspect/file-facts.ts';
import { inspectFiles } from '../core/inspect/inspection.ts';
import { failure, type Result, success } from '../core/result.ts';
import type { InspectCommand } from './arguments.ts';
import { type Dataset, fileOf, findDataset } from './dataset-files.ts';
import { wasWritten } from './files.ts';
import type { OwnFacts, Unreadable } from './inspect-file.ts';
import { inspectionHtml } from './inspect-html.ts';
import { type InspectionReport, inspectionJson, inspectionLines, type UnreadFile } from './inspect-text.ts';
import { KeptReplies, stampText } from './kept-replies.ts';
import type { Output } from './output.ts';
import { countOf } from './picture-count.ts';
import { harmless } from './text.ts';
import { runInThreads } from './thread-pool.ts';

/** A picture of one of the folders, as it is named in the report. */
interface Listed {
  file: string;
  /** With the folder's name in front where two are compared. */
  path: string;
  split: string | null;
  item: DatasetItem;
}

/** Reads every picture and prints what the files give away; resolves with the exit status 0 or 1. */
export async function inspectCommand(command: InspectCommand, output: Output): Promise<number> {
  const listed = await listPictures(command);
  if (!listed.ok) {
    output.say(harmless(listed.failure));
    return 1;
  }
  const folders = [command.folder, command.against].map((folder) => folder && path.resolve(folder));
  const head = { telltale: 'inspect-data', folders };
  const kept = KeptReplies.open<OwnFacts>(command.resumeFile, head);
  if (!kept.ok) {
    output.say(harmless(kept.failure));
    return 1;
  }
  const { files, unread } = await readAll(listed.value.pictures, { kept: kept.value, output });
  const inspection = inspectFiles(files);
  const report: InspectionReport = {
    folders: [command.folder, ...(command.against === null ? [] : [command.against])],
    files,
    unread,
    strays: listed.value.strays,
    inspection,
    conclusions: files.length === 0 ? [] : conclusionsOf(inspection),
  };
  for (const { path: name, reason, detail } of unread) {
    output.say(harmless(`${name}: ${reason}${detail === null ? '' : ` (${detail})`}`));
  }
  if (command.htmlFile !== null && !wasWritten(command.htmlFile, inspectionHtml(report))) {
    output.say(`${harmless(command.htmlFile)}: it cannot be written`);
    return 1;
  }
  if (command.json) output.answer(JSON.stringify(inspectionJson(report)));
  else for (const line of inspectionLines(report)) output.answer(harmless(line));
  return files.length === 0 ? 1 : 0;
}

async function listPictures({
  folder,
  against,
}: InspectCommand): Promise<Result<{ pictures: Listed[]; strays: string[] }, string>> {
  const first = await findDataset(folder, null);
  if (!first.ok || against === null) {
    return first.ok ? success({ pictures: listedIn(first.value, null), strays: first.value.strays }) : first;
  }
  const second = await findDataset(against, null);
  if (!second.ok) return second;
  if (path.resolve(folder) === path.resolve(against)) return failure('the two folders are one');
  const pictures = [first.value, second.value].flatMap((dataset) => listedIn(dataset, dataset.folder));
  return success({ pictures, strays: [...first.value.strays, ...second.value.strays] });
}

const listedIn = (dataset: Dataset, name: string | null): Listed[] =>
  dataset.items.map((item) => ({
    file: fileOf(dataset, item),
    path: name === null ? item.path : path.posix.join(name, item.path),
    split: name ?? item.split,
    item,
  }));

interface Reading {
  kept: KeptReplies<OwnFacts>;
  output: Output;
}

async function readAll(
  pictures: readonly Listed[],
  { kept, output }: Reading,
): Promise<{ files: FileFacts[]; unread: UnreadFile[] }> {
  const stamped = pictures.map((picture) => ({ ...picture, stamp: stampText(picture.file) }));
  const missing = stamped.filter(({ path: name, stamp }) => kept.get(name, stamp) === undefined);
  const failures = new Map<string, Unreadable>();
  const counter = countOf(missing.length, output);
  await runInThreads<string, Result<OwnFacts, Unreadable>>({
    script: 'inspect-worker.js',
    start: null,
    items: missing.map(({ file }) => file),
    onReply: (index, reply) => {
      const { path: name = '', stamp = '' } = missing[index] ?? {};
      counter.next(name);
      const own = reply.ok
        ? reply.value
        : failure({ reason: 'engine-failed', detail: reply.failure } as const);
      if (own.ok) kept.add(name, stamp, own.value);
      else failures.set(name, own.failure);
    },
  });
  counter.end();
  const files: FileFacts[] = [];
  const unread: UnreadFile[] = [];
  for (const { stamp, ...picture } of stamped) {
    const own = kept.get(picture.path, stamp);
    const { reason = 'engine-failed', detail = null } = failures.get(picture.path) ?? {};
    if (own !== undefined) files.push({ ...own, ...placeOf(picture) });
    else unread.push({ path: picture.path, reason, detail });
  }
  return { files, unread };
}

const placeOf = ({ path: name, split, item }: Listed) => ({
  path: name,
  label: item.label,
  source: item.source,
  split,
  original: originalShape(item.columns),
});
