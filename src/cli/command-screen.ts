/** `telltale screen`. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Result } from '../core/result.ts';
import type { ScreenCommand } from './arguments.ts';
import { fileFailure } from './files.ts';
import { heatmapName } from './heatmap.ts';
import { findInputs, type Input } from './inputs.ts';
import { onInterrupt } from './interrupt.ts';
import { Looker } from './looker.ts';
import { type Engine, failed, type Outcome } from './outcome.ts';
import type { Output } from './output.ts';
import { type Progress, progressOn } from './progress.ts';
import { failureLine, harmless, jsonLine, plainLine } from './text.ts';
import type { ScreenRequest } from './worker-messages.ts';

/** Looks at every input and reports each as soon as it is done; resolves with the exit status 0 or 1. */
export async function screenCommand(command: ScreenCommand, output: Output): Promise<number> {
  const inputs = await findInputs(command.paths);
  const progress = progressOn(process.stderr, inputs.length);
  const report = new Report(command, output, progress);
  if (command.heatmapFolder !== null && !isMade(command.heatmapFolder)) {
    output.say(`${harmless(command.heatmapFolder)}: there can be no such folder`);
    return 1;
  }
  const { model, backend, ensemble, effort } = command;
  const looker = new Looker<ScreenRequest, Outcome>({
    script: 'screen-worker.js',
    start: { model, backend, look: { ensemble, effort } },
    broken: (detail) => failed('engine-failed', detail),
  });
  const stopListening = onInterrupt((status) => {
    progress.clear();
    output.say(`stopped after ${report.reported} of ${inputs.length}`);
    process.exit(status);
  });
  const opened = await looker.open();
  if (opened.ok) {
    const { model: facts, backend: started, note } = opened.value;
    const engine = { model: facts.key, backend: started, note };
    await lookAtAll(inputs, { command, looker, report, progress, engine });
  } else refuseAll(inputs, report, opened);
  stopListening();
  await looker.close();
  progress.clear();
  report.summarize();
  return report.failures > 0 ? 1 : 0;
}

function isMade(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    return true;
  } catch (error) {
    fileFailure(error);
    return false;
  }
}

interface Run {
  command: ScreenCommand;
  looker: Looker<ScreenRequest, Outcome>;
  report: Report;
  progress: Progress;
  engine: Engine & { note: string | null };
}

async function lookAtAll(inputs: readonly Input[], run: Run): Promise<void> {
  const { looker, report, progress, engine } = run;
  report.begin(engine);
  const taken = new Set<string>();
  for (const { name, failure } of inputs) {
    progress.show(report.reported, harmless(name));
    if (failure !== null) {
      report.add(name, failed(failure));
      continue;
    }
    const folder = run.command.heatmapFolder;
    const heatmapFile = folder === null ? null : path.join(folder, heatmapName(name, taken));
    report.add(name, await looker.look({ path: name, heatmapFile }));
  }
}

function refuseAll(
  inputs: readonly Input[],
  report: Report,
  opened: Extract<Result<never, string>, { ok: false }>,
): void {
  report.begin({ model: null, backend: null, note: opened.failure });
  for (const { name } of inputs) report.refuse(name, opened.failure);
}

/** Writes outcomes and counts them. */
class Report {
  readonly #command: ScreenCommand;
  readonly #output: Output;
  readonly #progress: Progress;
  #engine: Engine = { model: null, backend: null };
  #scored = 0;
  #abstained = 0;
  failures = 0;

  constructor(command: ScreenCommand, output: Output, progress: Progress) {
    this.#command = command;
    this.#output = output;
    this.#progress = progress;
  }

  get reported(): number {
    return this.#scored + this.#abstained + this.failures;
  }

  begin({ model, backend, note }: Engine & { note: string | null }): void {
    this.#engine = { model, backend };
    if (note !== null) this.#output.say(harmless(note));
  }

  add(input: string, outcome: Outcome): void {
    this.#progress.clear();
    this.#count(outcome);
    if (outcome.state === 'failed') this.#output.say(failureLine(input, outcome));
    if (this.#command.json) this.#output.answer(jsonLine(input, outcome, this.#engine));
    else if (outcome.state !== 'failed') this.#output.answer(plainLine(input, outcome));
  }

  /** An input that nobody looked at, because there is no model; `begin` has said so once. */
  refuse(input: string, reason: string): void {
    const outcome = failed('model-refused', reason);
    this.#count(outcome);
    if (this.#command.json) this.#output.answer(jsonLine(input, outcome, this.#engine));
  }

  summarize(): void {
    if (this.#command.json || this.reported < 2) return;
    const { model, backend } = this.#engine;
    const by = model === null ? '' : ` by ${model} on ${backend}`;
    const counts = `${this.#scored} scored${by}, ${this.#abstained} without a score, ${this.failures} failed`;
    this.#output.say(counts);
  }

  #count({ state }: Outcome): void {
    if (state === 'scored') this.#scored += 1;
    else if (state === 'abstained') this.#abstained += 1;
    else this.failures += 1;
  }
}
