/** Ways to degrade pictures, in words. */

/** What the table of an evaluation is measured on beside the pictures as they are. */
export const TABLE_CHAINS: readonly string[] = ['reencode', 'jpeg:75', 'resize:0.5:bilinear'];

/** A chain's name for people: itself, where there are no better words. */
export function chainText(name: string): string {
  if (name === 'none') return 'as they are';
  if (name === 'reencode') return 're-encoded';
  const [, quality] = /^jpeg:(\d+)$/.exec(name) ?? [];
  if (quality !== undefined) return `JPEG ${quality}`;
  const [, kernel] = /^resize:0\.50*:(\w+)$/.exec(name) ?? [];
  return kernel === undefined ? name : `half size (${kernel})`;
}
