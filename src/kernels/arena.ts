/** Gives tensors places in one memory; those that are never alive together may share one. */

export interface Span {
  sizeBytes: number;
  /** First and last step at which the contents matter. */
  from: number;
  to: number;
}

/** A cache line: no two tensors share one, whichever thread writes them. */
const ALIGNMENT = 64;

export const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** Byte offset of every span, and the size of the whole: largest first, each at the lowest place that is free. */
export function arrange(spans: readonly Span[]): { offsets: number[]; sizeBytes: number } {
  const offsets = new Array<number>(spans.length).fill(0);
  const placed: { span: Span; start: number; stop: number }[] = [];
  const order = [...spans.keys()].sort((a, b) => (spans[b]?.sizeBytes ?? 0) - (spans[a]?.sizeBytes ?? 0));
  for (const index of order) {
    const span = spans[index];
    if (span === undefined) continue;
    const size = aligned(span.sizeBytes);
    let start = 0;
    const rivals = placed.filter(({ span: other }) => other.from <= span.to && span.from <= other.to);
    for (const rival of rivals.sort((a, b) => a.start - b.start)) {
      if (start + size <= rival.start) break;
      start = Math.max(start, rival.stop);
    }
    offsets[index] = start;
    placed.push({ span, start, stop: start + size });
  }
  return { offsets, sizeBytes: Math.max(0, ...placed.map(({ stop }) => stop)) };
}
