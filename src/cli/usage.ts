/** What the parsers of commands share. */
import type { EnsembleName } from '../core/backbones/families.ts';

export const BACKEND_CHOICES = ['auto', 'webgpu', 'wasm', 'cpu'] as const;

/** Says in one line what is wrong with the words of a command line; `parseCommand` turns it into a value. */
export class UsageError extends Error {}

/** The only positional; throws `UsageError` when there are none or several of `what`. */
export function onlyOne(positionals: readonly string[], what: string): string {
  const [only, ...others] = positionals;
  if (only === undefined || others.length > 0) throw new UsageError(`name one ${what}`);
  return only;
}

/** The name that `value` is; throws `UsageError` when it is none of `names`. */
export function choice<Name extends string>(option: string, value: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === value);
  if (found === undefined) throw new UsageError(`--${option} is one of ${names.join(', ')}, not "${value}"`);
  return found;
}

const ENSEMBLES: Readonly<Record<string, EnsembleName>> = {
  vote: 'vote',
  'before-softmax': 'beforeSoftmax',
  'after-softmax': 'afterSoftmax',
};

/** The ensemble that `--ensemble` names, null for the model's own; throws `UsageError`. */
export function ensembleNamed(value: string | undefined): EnsembleName | null {
  if (value === undefined) return null;
  return ENSEMBLES[choice('ensemble', value, Object.keys(ENSEMBLES))] ?? null;
}
