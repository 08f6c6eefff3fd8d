/** Where the figures of an evaluation go. */
import type { Evaluation } from '../core/evaluate/evaluation.ts';
import { reportsOf } from '../core/evaluate/report.ts';
import type { ReportTarget } from './arguments-evaluate.ts';
import { evaluationHtml } from './evaluation-html.ts';
import { evaluationLines } from './evaluation-text.ts';
import { fileFailure, writeWhole } from './files.ts';
import type { Output } from './output.ts';
import { harmless } from './text.ts';

/** Prints the figures as JSON or tables and writes the page; the exit status: 1 when a picture failed, else 0. */
export function writeReports(evaluation: Evaluation, target: ReportTarget, output: Output): number {
  const reports = reportsOf(evaluation);
  for (const report of reports) {
    if (target.json) output.answer(JSON.stringify(report));
    else for (const line of evaluationLines(report)) output.answer(harmless(line));
  }
  const { htmlFile } = target;
  if (htmlFile !== null) {
    try {
      writeWhole(htmlFile, evaluationHtml(evaluation, reports));
    } catch (error) {
      fileFailure(error);
      output.say(`${harmless(htmlFile)}: it cannot be written`);
      return 1;
    }
  }
  const outcomes = [...evaluation.outcomes.values()];
  return outcomes.some(({ state }) => state === 'failed') ? 1 : 0;
}
