/** The words of `telltale inspect-data`. */
import { parseArgs } from 'node:util';
import { HELP } from './help.ts';
import { onlyOne } from './usage.ts';

export interface InspectCommand {
  kind: 'inspect-data';
  folder: string;
  /** A second collection that must share no picture with the first; null: none. */
  against: string | null;
  htmlFile: string | null;
  /** Where what was read is kept between runs; null: nowhere. */
  resumeFile: string | null;
  json: boolean;
}

/** The command of `words`; throws `UsageError` or what `parseArgs` throws. */
export function inspectCommand(words: string[]): InspectCommand | { kind: 'help'; text: string } {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      against: { type: 'string' },
      html: { type: 'string' },
      resume: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return { kind: 'help', text: HELP.inspect };
  return {
    kind: 'inspect-data',
    folder: onlyOne(positionals, 'folder of pictures'),
    against: values.against ?? null,
    htmlFile: values.html ?? null,
    resumeFile: values.resume ?? null,
    json: values.json,
  };
}
