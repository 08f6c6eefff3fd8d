import { failure, type Result, success } from '../result.ts';

/** What can be wrong with a checkpoint file. */
export type CheckpointFailureKind =
  | 'not-a-checkpoint' // none of the known formats
  | 'truncated' // the file ends before what it announces
  | 'malformed' // contradicts its own format
  | 'forbidden' // asks for an opcode or a Python name outside the allow-list
  | 'unsupported' // valid, but of a kind that is not read here (compressed member, complex numbers)
  | 'limit' // larger than `CheckpointLimits` allow
  | 'no-tensors'; // readable, but holds no state dictionary

/** Where something is wrong: bytes from the start of `member`, or of the file when there is no member. */
export interface Place {
  offset: number;
  /** Name of the zip member. */
  member?: string | undefined;
  /** Name of the tensor, before `module.` is stripped. */
  tensor?: string | undefined;
}

export interface CheckpointFailure extends Place {
  kind: CheckpointFailureKind;
  /** One English sentence part; text from the file in it is shortened and printable. */
  detail: string;
}

/** How the readers leave from deep inside a file; `attempt` turns it into a value, so no caller meets it. */
class Refusal extends Error {
  readonly reason: CheckpointFailure;
  constructor(reason: CheckpointFailure) {
    super(reason.detail);
    this.reason = reason;
  }
}

/** Leaves the reader with a failure; only for code that runs inside `attempt`. */
export function refuse(kind: CheckpointFailureKind, detail: string, place: Place): never {
  throw new Refusal({ kind, detail, ...place });
}

/** The value of `read`, or the failure it was refused with. Any other exception is a bug and passes through. */
export function attempt<Value>(read: () => Value): Result<Value, CheckpointFailure> {
  try {
    return success(read());
  } catch (error) {
    if (error instanceof Refusal) return failure(error.reason);
    throw error;
  }
}

const SHOWN_CHARACTERS = 80;

/** Text from an untrusted file, fit for a message: printable ASCII, at most 80 characters. */
export function printable(text: string): string {
  const plain = text.slice(0, SHOWN_CHARACTERS).replace(/[^\x20-\x7e]/g, '?');
  return text.length > SHOWN_CHARACTERS ? `${plain}...` : plain;
}

/** One line for a person: what is wrong, with which tensor, at which byte of which member. */
export function describeFailure(reason: CheckpointFailure): string {
  const tensor = reason.tensor === undefined ? '' : ` (tensor ${printable(reason.tensor)})`;
  const member = reason.member === undefined ? 'the file' : printable(reason.member);
  return `${reason.detail}${tensor}, at byte ${reason.offset} of ${member}`;
}
