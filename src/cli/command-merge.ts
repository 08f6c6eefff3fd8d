/** `telltale merge`. */
import { joinPartials, type Partial, parsePartial } from '../core/evaluate/shard.ts';
import type { MergeCommand } from './arguments.ts';
import { writeReports } from './evaluation-output.ts';
import { FILE_FAILURES, readWhole } from './files.ts';
import type { Output } from './output.ts';
import { harmless } from './text.ts';

const MOST_PARTIAL_BYTES = 2 ** 30;

/** Joins partial results and reports on them; resolves with the exit status 0 or 1. */
export async function mergeCommand(command: MergeCommand, output: Output): Promise<number> {
  const refuse = (reason: string): number => {
    output.say(harmless(reason));
    return 1;
  };
  const partials: Partial[] = [];
  for (const file of command.files) {
    const bytes = readWhole(file, MOST_PARTIAL_BYTES);
    if (!bytes.ok) return refuse(`${file}: ${FILE_FAILURES[bytes.failure]}`);
    const partial = parsePartial(file, new TextDecoder().decode(bytes.value));
    if (!partial.ok) return refuse(partial.failure);
    partials.push(partial.value);
  }
  const evaluation = joinPartials(partials);
  return evaluation.ok ? writeReports(evaluation.value, command.report, output) : refuse(evaluation.failure);
}
