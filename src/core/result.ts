/** An expected failure is a value: the caller must look before it can use `value`. Bugs stay exceptions. */
export type Result<Value, Failure> = { ok: true; value: Value } | { ok: false; failure: Failure };

export const success = <Value>(value: Value): { ok: true; value: Value } => ({ ok: true, value });

export const failure = <Failure>(reason: Failure): { ok: false; failure: Failure } => ({
  ok: false,
  failure: reason,
});

/** Ends a `switch` over a union: a new member that nobody handles is a type error here. */
export function assertNever(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}
