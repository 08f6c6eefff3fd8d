/**
 * The one place that writes to the console: something threw that is not an expected failure. Addresses are cut
 * out, so that a copied log does not tell which pages somebody has read.
 */
export function reportBug(error: unknown): void {
  const text = error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : String(error);
  console.error('Telltale:', text.replace(/\b(?:https?|blob|data|file):[^\s'")]+/g, '(address)'));
}
