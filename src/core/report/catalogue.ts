/** The message catalogue as a function, for code that runs where there is no extension API. */

/** A catalogue's sentence for `key`, with `$1`..`$9` replaced; the empty string for an unknown key. */
export type Lookup = (key: string, ...substitutions: string[]) => string;

export type Catalogue = Readonly<Record<string, { readonly message: string }>>;

/**
 * A lookup in the parsed text of `_locales/<language>/messages.json`. Substitutes like the browsers do:
 * `$1` is the first argument, a missing one is empty, `$$` is a dollar sign.
 */
export function lookupIn(catalogue: Catalogue): Lookup {
  return (key, ...substitutions) => {
    const entry = Object.hasOwn(catalogue, key) ? catalogue[key] : undefined;
    if (!entry) return '';
    return entry.message.replace(/\$([1-9$])/g, (_all, which: string) =>
      which === '$' ? '$' : (substitutions[Number(which) - 1] ?? ''),
    );
  };
}

/** Catalogue key of the sentence for a failure or an abstention: `failure_not_allowed`, `abstained_too_small`. */
export function reasonKey<Kind extends 'failure' | 'abstained', Reason extends string>(
  kind: Kind,
  reason: Reason,
): `${Kind}_${SnakeCase<Reason>}` {
  return `${kind}_${snakeCase(reason)}`;
}

/** `not-allowed` as `not_allowed`: keys of browser catalogues may not contain hyphens. */
export type SnakeCase<Text extends string> = Text extends `${infer Head}-${infer Tail}`
  ? `${Head}_${SnakeCase<Tail>}`
  : Text;

export const snakeCase = <Text extends string>(text: Text): SnakeCase<Text> =>
  text.replaceAll('-', '_') as SnakeCase<Text>;
