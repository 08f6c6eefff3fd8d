/** Who is served next: the most urgent, and among equals whoever came first. */
import { PRIORITIES, type Priority } from '../protocol/schemas.ts';

/** A member whose urgency may rise while it waits. */
export interface Waiting {
  readonly sequence: number;
  priority(): Priority;
}

/** Whether priority `a` is served before `b`. */
export const isMoreUrgent = (a: Priority, b: Priority): boolean =>
  PRIORITIES.indexOf(a) < PRIORITIES.indexOf(b);

/** Removes and returns the next of `line`, or undefined when nobody waits. Lines here are short: a scan is enough. */
export function takeNext<Member extends Waiting>(line: Set<Member>): Member | undefined {
  let next: Member | undefined;
  for (const member of line) {
    if (next === undefined || isBefore(member, next)) next = member;
  }
  if (next !== undefined) line.delete(next);
  return next;
}

function isBefore(a: Waiting, b: Waiting): boolean {
  const [urgencyA, urgencyB] = [a.priority(), b.priority()];
  return urgencyA === urgencyB ? a.sequence < b.sequence : isMoreUrgent(urgencyA, urgencyB);
}
