/** Where the figures and parts of an evaluation go. */
import type { Evaluation } from '../core/evaluate/evaluation.ts';
import { headerLine, recordLine, type ScoreRecord, type ShardHeader } from '../core/evaluate/record.ts';
import { reportsOf } from '../core/evaluate/report.ts';
import type { ReportTarget } from './arguments-evaluate.ts';
import { evaluationHtml } from './evaluation-html.ts';
import { overlapText } from './evaluation-overlap.ts';
import { summaryLines } from './evaluation-summary.ts';
import { evaluationLines } from './evaluation-text.ts';
import { wasWritten } from './files.ts';
import type { Output } from './output.ts';
import { harmless } from './text.ts';

/** Prints the figures as JSON or tables and writes the page; the exit status: 1 when a picture failed, else 0. */
export function writeReports(evaluation: Evaluation, target: ReportTarget, output: Output): number {
  const reports = reportsOf(evaluation);
  for (const report of reports) {
    const warning = overlapText(report);
    if (warning !== null) output.say(harmless(warning));
    if (target.json) output.answer(JSON.stringify(report));
    else for (const line of [...evaluationLines(report), '']) output.answer(harmless(line));
  }
  if (!target.json) for (const line of reports.flatMap(summaryLines)) output.answer(harmless(line));
  const { htmlFile } = target;
  if (htmlFile !== null && !wasWritten(htmlFile, evaluationHtml(evaluation, reports))) {
    output.say(`${harmless(htmlFile)}: it cannot be written`);
    return 1;
  }
  const outcomes = [...evaluation.outcomes.values()];
  return outcomes.some(({ state }) => state === 'failed') ? 1 : 0;
}

/** What one of several processes has scored. */
export interface Part {
  header: ShardHeader;
  records: ScoreRecord[];
  file: string;
}

/** Writes the part for `telltale merge`; the exit status: 1 when a picture failed or nothing can be written, else 0. */
export function writePart({ header, records, file }: Part, output: Output): number {
  if (!wasWritten(file, [headerLine(header), ...records.map(recordLine), ''].join('\n'))) {
    output.say(`${harmless(file)}: it cannot be written`);
    return 1;
  }
  const { index, of } = header.shard;
  output.say(`${records.length} scores of shard ${index}/${of} are in ${harmless(file)}`);
  return records.some(({ outcome }) => outcome.state === 'failed') ? 1 : 0;
}
