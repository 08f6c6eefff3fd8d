/** The same picture more than once in a collection, and whether that spoils a comparison. */
import type { Hash64 } from './difference-hash.ts';
import { nearGroups } from './near-groups.ts';

/** What is needed to recognise a picture, and where in the collection it stands. */
export interface PictureIdentity {
  label: 'real' | 'fake';
  source: string;
  /** Part of the collection, such as `train`; null when it has no parts. */
  split: string | null;
  sha256: string;
  /** Difference hash of the decoded pixels; null when there is nothing to compare. */
  hash: Hash64 | null;
}

/** Borders that copies may cross, the worst first. */
export const CROSSINGS = ['class', 'split', 'source'] as const;
export type Crossing = (typeof CROSSINGS)[number];

export interface DuplicateGroup {
  kind: 'exact' | 'near';
  /** Indices of two or more pictures, ascending. */
  members: number[];
  /** Borders between members, in the order of `CROSSINGS`; none when all are of one source. */
  crosses: Crossing[];
}

/**
 * Groups of equal files (`exact`) and of files whose pixels nearly agree (`near`: difference hashes at most 4 bits apart
 * by a chain; copies of one file alone are no such group), those that cross the worst border first, then the largest.
 */
export function duplicateGroups(pictures: readonly PictureIdentity[]): DuplicateGroup[] {
  const exact = equalFiles(pictures);
  const near = nearGroups(pictures.map(({ hash }) => hash)).filter(
    (members) => new Set(members.map((index) => pictures[index]?.sha256)).size > 1,
  );
  const groups = [
    ...exact.map((members) => ({ kind: 'exact' as const, members })),
    ...near.map((members) => ({ kind: 'near' as const, members })),
  ].map((group) => ({ ...group, crosses: crossingsOf(group.members, pictures) }));
  return groups.sort(
    (one, other) => rankOf(one.crosses) - rankOf(other.crosses) || other.members.length - one.members.length,
  );
}

function equalFiles(pictures: readonly PictureIdentity[]): number[][] {
  const bySum = new Map<string, number[]>();
  for (const [index, { sha256 }] of pictures.entries()) {
    const members = bySum.get(sha256);
    if (members === undefined) bySum.set(sha256, [index]);
    else members.push(index);
  }
  return [...bySum.values()].filter((members) => members.length > 1);
}

function crossingsOf(members: readonly number[], pictures: readonly PictureIdentity[]): Crossing[] {
  const found = members.flatMap((index) => pictures[index] ?? []);
  const differs = (of: (picture: PictureIdentity) => string | null): boolean =>
    new Set(found.map(of)).size > 1;
  const crossed: Record<Crossing, boolean> = {
    class: differs(({ label }) => label),
    split: differs(({ split }) => split),
    source: differs(({ label, source }) => `${label}/${source}`),
  };
  return CROSSINGS.filter((crossing) => crossed[crossing]);
}

/** 0 for the worst border that is crossed; the number of borders when none is. */
function rankOf([worst]: readonly Crossing[]): number {
  return worst === undefined ? CROSSINGS.length : CROSSINGS.indexOf(worst);
}
