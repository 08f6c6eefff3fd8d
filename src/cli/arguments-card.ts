/** The words of `telltale card`. */
import { parseArgs } from 'node:util';
import { HELP } from './help.ts';
import { onlyOne, UsageError } from './usage.ts';

export interface CardCommand {
  kind: 'card';
  /** A model folder of Telltale's own kind. */
  modelFolder: string;
  /** One object on standard output instead of sentences. */
  json: boolean;
  htmlFile: string | null;
  /** Figures to be put into the card, and where that goes; null: none. */
  evaluation: { file: string; on: string; outFile: string } | null;
}

/** The command of `words`; throws `UsageError` or what `parseArgs` throws. */
export function cardCommand(words: string[]): CardCommand | { kind: 'help'; text: string } {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      html: { type: 'string' },
      evaluation: { type: 'string' },
      on: { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return { kind: 'help', text: HELP.card };
  return {
    kind: 'card',
    modelFolder: onlyOne(positionals, 'model folder'),
    json: values.json,
    htmlFile: values.html ?? null,
    evaluation: evaluationOf(values),
  };
}

function evaluationOf(values: {
  evaluation?: string | undefined;
  on?: string | undefined;
  out?: string | undefined;
}): CardCommand['evaluation'] {
  const { evaluation: file, on, out: outFile } = values;
  if (file === undefined && on === undefined && outFile === undefined) return null;
  if (file === undefined || on === undefined || outFile === undefined) {
    throw new UsageError('figures go into a card with all of --evaluation FILE, --on TEXT and --out CARD');
  }
  return { file, on, outFile };
}
