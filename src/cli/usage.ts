/** How the parsers of commands refuse words. */

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
