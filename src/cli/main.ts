#!/usr/bin/env node
/** The command line: reads the words, runs the command, sets the exit status. */
import { type Command, parseCommand } from './arguments.ts';
import type { Output } from './output.ts';

const WRONG_USAGE = 2;

const output: Output = {
  answer: (line) => void process.stdout.write(`${line}\n`),
  say: (line) => void process.stderr.write(`telltale: ${line}\n`),
};

async function main(words: readonly string[]): Promise<number> {
  const command = parseCommand(words);
  if (command.ok) return run(command.value);
  output.say(`${command.failure}\nTry "telltale --help".`);
  return WRONG_USAGE;
}

/** Every command loads what it needs: the looking thread has its own tfjs, and help needs none. */
async function run(command: Command): Promise<number> {
  switch (command.kind) {
    case 'help':
      output.answer(command.text.trimEnd());
      return 0;
    case 'version':
      output.answer(__VERSION__);
      return 0;
    case 'screen':
      return (await import('./command-screen.ts')).screenCommand(command, output);
    case 'import':
      return (await import('./command-import.ts')).importCommand(command, output);
    case 'info':
      return (await import('./command-info.ts')).infoCommand(command, output);
    case 'inspect-data':
      return (await import('./command-inspect.ts')).inspectCommand(command, output);
    case 'calibrate':
      return (await import('./command-calibrate.ts')).calibrateCommand(command, output);
    case 'card':
      return (await import('./command-card.ts')).cardCommand(command, output);
    case 'evaluate':
      return (await import('./command-evaluate.ts')).evaluateCommand(command, output);
    case 'merge':
      return (await import('./command-merge.ts')).mergeCommand(command, output);
  }
}

// A reader such as `head` may have had enough.
process.stdout.on('error', (error) => {
  if ('code' in error && error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  // A bug. One line for whoever met it; TELLTALE_TRACE shows where.
  output.say(`unexpected: ${error instanceof Error ? error.message : String(error)}`);
  if (process.env.TELLTALE_TRACE && error instanceof Error) output.say(error.stack ?? '');
  process.exitCode = 1;
}
