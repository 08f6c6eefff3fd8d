/** Outcomes and models in words and as JSON. */
import messages from '../../public/_locales/en/messages.json' with { type: 'json' };
import type { ImportedNetwork } from '../core/backbones/import-checkpoint.ts';
import type { Preprocessing } from '../core/model/preprocess.ts';
import { lookupIn, reasonKey } from '../core/report/catalogue.ts';
import { outsideWords } from '../core/report/wording.ts';
import { ABSTENTIONS, FAILURES } from '../core/verdict.ts';
import type { CommandLineReason, Engine, Outcome } from './outcome.ts';

const lookup = lookupIn(messages);

const OWN_REASONS: Readonly<Record<CommandLineReason, string>> = {
  'not-found': 'There is no such file',
  unreadable: 'It cannot be read',
  'no-pictures': 'There are no pictures in this folder',
  'model-refused': 'The model cannot be used',
  'heatmap-not-written': 'Its heatmap could not be written',
};

/** `text` as a terminal may see it: file names may hold control sequences. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
export const harmless = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');

/** The line of `--json` for one input. */
export function jsonLine(input: string, outcome: Outcome, { model, backend }: Engine): string {
  const isScored = outcome.state === 'scored';
  return JSON.stringify({
    input,
    state: outcome.state,
    pFake: isScored ? outcome.pFake : null,
    ensemble: isScored ? outcome.ensembles : null,
    grid: isScored ? outcome.grid : null,
    ms: outcome.ms,
    model,
    backend,
    ...(isScored && outcome.outside.length > 0 ? { outside: outcome.outside } : {}),
    ...(isScored ? {} : { reason: outcome.reason }),
    ...(outcome.state === 'failed' && outcome.detail !== null ? { detail: outcome.detail } : {}),
  });
}

/** The line for one input that did not fail. */
export function plainLine(input: string, outcome: Exclude<Outcome, { state: 'failed' }>): string {
  const name = harmless(input);
  if (outcome.state === 'abstained') return `-      ${shortReason('abstained', outcome.reason)}: ${name}`;
  const { vote, beforeSoftmax, afterSoftmax } = outcome.ensembles;
  const middle =
    outcome.level === null
      ? `vote ${share(vote)}  before-softmax ${share(beforeSoftmax)}  after-softmax ${share(afterSoftmax)}`
      : lookup(`level_${outcome.level}`).padEnd(27);
  const remark =
    outcome.outside.length === 0
      ? ''
      : `  (${lookup('outside_short')}: ${outsideWords({ lookup }, outcome.outside)})`;
  return `${share(outcome.pFake)}  ${middle}  ${name}${remark}`;
}

/** The line for one input that failed. */
export function failureLine(input: string, outcome: { reason: string; detail: string | null }): string {
  const detail = outcome.detail === null ? '' : ` (${harmless(outcome.detail)})`;
  return `${harmless(input)}: ${reasonText(outcome.reason)}${detail}`;
}

const share = (value: number): string => value.toFixed(3);

const isOwn = (reason: string): reason is CommandLineReason => Object.hasOwn(OWN_REASONS, reason);

const reasonText = (reason: string): string =>
  isOwn(reason) ? OWN_REASONS[reason] : shortReason('failure', reason);

/** The catalogue's short form; every reason of `FAILURES` and `ABSTENTIONS` has one. */
function shortReason(kind: 'failure' | 'abstained', reason: string): string {
  const known: readonly string[] = kind === 'failure' ? FAILURES : ABSTENTIONS;
  return known.includes(reason) ? lookup(`${reasonKey(kind, reason)}_short`) : reason;
}

/** One line on a network that came from a checkpoint: what it is, and what was assumed. */
export function describeNetwork({
  name,
  classes,
  preprocessing,
  receptiveField,
  assumptions,
}: Pick<ImportedNetwork, 'name' | 'classes' | 'preprocessing' | 'receptiveField' | 'assumptions'>): string {
  const facts = [
    `${name}: receptive field ${receptiveField.sizePx} px, stride ${receptiveField.stridePx} px`,
    describePreprocessing(preprocessing),
    `outputs ${classes.join(', ')}`,
  ];
  if (assumptions.length > 0) facts.push(`assumed: ${assumptions.map((one) => ASSUMED[one]).join(', ')}`);
  return facts.join('; ');
}

const ASSUMED = {
  network: 'the network, from key names and shapes',
  'class-order': 'the class order of the published runs',
  sizes: 'the sizes of the published runs',
} as const;

/** The preprocessing in words. */
export function describePreprocessing({ resize, centerCropPx }: Preprocessing): string {
  const resized = {
    never: 'no resizing',
    'short-side': resize.mode === 'never' ? '' : `short side to ${resize.sizePx} px (${resize.kernel})`,
    exact: resize.mode === 'never' ? '' : `to ${resize.sizePx} x ${resize.sizePx} px (${resize.kernel})`,
  }[resize.mode];
  return centerCropPx === null ? resized : `${resized}, centre crop ${centerCropPx} px`;
}
