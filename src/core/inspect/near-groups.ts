/** Which of many hashes lie close together, without comparing all pairs. */
import { type Hash64, hashDistance } from './difference-hash.ts';

/** Bits in which two hashes of one picture may differ. */
export const NEAR_BITS = 4;

/**
 * Groups, each of two or more indices ascending, of `hashes` that a chain of pairs at most `NEAR_BITS` bits apart
 * connects; null hashes belong to none. Two such hashes agree in at least one of five bands of their bits (pigeonhole), so
 * only those that share a band are compared: 10,000 unlike hashes take some ten thousand comparisons.
 */
export function nearGroups(hashes: readonly (Hash64 | null)[]): number[][] {
  const sets = new DisjointSets(hashes.length);
  const distinct = joinEqual(hashes, sets);
  for (let band = 0; band <= NEAR_BITS; band++) {
    for (const bucket of bucketsOf(distinct, band)) joinNear(bucket, sets);
  }
  return sets.groups();
}

interface Entry {
  index: number;
  hash: Hash64;
}

/** Joins indices of equal hashes, since a bucket of copies would compare them all; returns one entry a hash. */
function joinEqual(hashes: readonly (Hash64 | null)[], sets: DisjointSets): Entry[] {
  const first = new Map<string, Entry>();
  for (const [index, hash] of hashes.entries()) {
    if (hash === null) continue;
    const key = `${hash.high}:${hash.low}`;
    const known = first.get(key);
    if (known === undefined) first.set(key, { index, hash });
    else sets.join(known.index, index);
  }
  return [...first.values()];
}

function bucketsOf(entries: readonly Entry[], band: number): Iterable<Entry[]> {
  const from = Math.round((64 * band) / (NEAR_BITS + 1));
  const count = Math.round((64 * (band + 1)) / (NEAR_BITS + 1)) - from;
  const buckets = new Map<number, Entry[]>();
  for (const entry of entries) {
    const bits = bitsOf(entry.hash, from, count);
    const bucket = buckets.get(bits);
    if (bucket === undefined) buckets.set(bits, [entry]);
    else bucket.push(entry);
  }
  return buckets.values();
}

/** `count` bits, below 32, from bit `from` of a hash, counted from its lowest. */
function bitsOf({ high, low }: Hash64, from: number, count: number): number {
  const shifted = from >= 32 ? high >>> (from - 32) : (low >>> from) | (from === 0 ? 0 : high << (32 - from));
  return shifted & (2 ** count - 1);
}

function joinNear(bucket: readonly Entry[], sets: DisjointSets): void {
  for (const [position, one] of bucket.entries()) {
    for (let other = position + 1; other < bucket.length; other++) {
      const entry = bucket[other];
      if (entry !== undefined && hashDistance(one.hash, entry.hash) <= NEAR_BITS)
        sets.join(one.index, entry.index);
    }
  }
}

/** Union-find with path halving; the lowest index names a set. */
class DisjointSets {
  readonly #parents: Uint32Array;

  constructor(size: number) {
    this.#parents = Uint32Array.from({ length: size }, (_, index) => index);
  }

  join(one: number, other: number): void {
    const [left, right] = [this.#rootOf(one), this.#rootOf(other)];
    this.#parents[Math.max(left, right)] = Math.min(left, right);
  }

  groups(): number[][] {
    const groups = new Map<number, number[]>();
    for (let index = 0; index < this.#parents.length; index++) {
      const root = this.#rootOf(index);
      const group = groups.get(root);
      if (group === undefined) groups.set(root, [index]);
      else group.push(index);
    }
    return [...groups.values()].filter((group) => group.length > 1);
  }

  #rootOf(index: number): number {
    let at = index;
    for (;;) {
      const parent = this.#parents[at] ?? at;
      if (parent === at) return at;
      const above = this.#parents[parent] ?? parent;
      this.#parents[at] = above;
      at = above;
    }
  }
}
