import type { PickleMachine } from './pickle.ts';
import type { PickleValue } from './pickle-values.ts';
import { textFromLatin1, textFromUtf8 } from './utf8.ts';

type Operation = (machine: PickleMachine) => void;

const MAX_NAME_BYTES = 256;
const HIGHEST_PROTOCOL = 5;

/**
 * The opcodes a checkpoint may use, by their byte (Python's `pickletools`): protocol 2, which `torch.save` writes,
 * with what protocols 3 and 4 add for the same data. Left out on purpose: INST, OBJ, NEWOBJ, NEWOBJ_EX, EXT*, PERSID
 * and the text forms of protocol 0, which make objects of other classes or which torch never writes.
 */
export const OPERATIONS: Readonly<Record<number, Operation>> = {
  // Values
  78: (machine) => machine.push(null), // NONE
  136: (machine) => machine.push(true), // NEWTRUE
  137: (machine) => machine.push(false), // NEWFALSE
  74: (machine) => machine.push(machine.cursor.i32()), // BININT
  75: (machine) => machine.push(machine.cursor.u8()), // BININT1
  77: (machine) => machine.push(machine.cursor.u16()), // BININT2
  71: (machine) => machine.push(machine.cursor.f64()), // BINFLOAT
  138: (machine) => machine.push(integer(machine.bytes(machine.cursor.u8()))), // LONG1
  88: (machine) => machine.push(text(machine, machine.cursor.u32())), // BINUNICODE
  140: (machine) => machine.push(text(machine, machine.cursor.u8())), // SHORT_BINUNICODE
  141: (machine) => machine.push(text(machine, Number(machine.cursor.u64()))), // BINUNICODE8
  84: (machine) => machine.push(textFromLatin1(machine.bytes(machine.cursor.u32()))), // BINSTRING
  85: (machine) => machine.push(textFromLatin1(machine.bytes(machine.cursor.u8()))), // SHORT_BINSTRING
  67: (machine) => machine.pushObject(machine.bytes(machine.cursor.u8()).slice()), // SHORT_BINBYTES
  66: (machine) => machine.pushObject(machine.bytes(machine.cursor.u32()).slice()), // BINBYTES

  // Containers
  40: (machine) => machine.mark(), // MARK
  41: (machine) => machine.pushObject({ kind: 'tuple', items: [] }), // EMPTY_TUPLE
  116: (machine) => machine.pushObject({ kind: 'tuple', items: machine.popToMark() }), // TUPLE
  133: (machine) => tuple(machine, 1), // TUPLE1
  134: (machine) => tuple(machine, 2), // TUPLE2
  135: (machine) => tuple(machine, 3), // TUPLE3
  93: (machine) => machine.pushObject({ kind: 'list', items: [] }), // EMPTY_LIST
  108: (machine) => machine.pushObject({ kind: 'list', items: machine.popToMark() }), // LIST
  97: (machine) => append(machine, [machine.pop()]), // APPEND
  101: (machine) => append(machine, machine.popToMark()), // APPENDS
  125: (machine) => machine.pushObject({ kind: 'dict', entries: new Map() }), // EMPTY_DICT
  115: (machine) => machine.setItems(popSeveral(machine, 2)), // SETITEM
  117: (machine) => machine.setItems(machine.popToMark()), // SETITEMS

  // Memo
  113: (machine) => machine.memoize(machine.cursor.u8()), // BINPUT
  114: (machine) => machine.memoize(machine.cursor.u32()), // LONG_BINPUT
  148: (machine) => machine.memoize(), // MEMOIZE
  104: (machine) => machine.recall(machine.cursor.u8()), // BINGET
  106: (machine) => machine.recall(machine.cursor.u32()), // LONG_BINGET

  // Names and calls
  99: (machine) => machine.global(name(machine), name(machine)), // GLOBAL
  147: (machine) => stackGlobal(machine), // STACK_GLOBAL
  82: (machine) => machine.call(), // REDUCE
  98: (machine) => machine.build(), // BUILD
  81: (machine) => machine.persistent(), // BINPERSID

  // Framing
  128: (machine) => protocol(machine), // PROTO
  149: (machine) => void machine.cursor.u64(), // FRAME: only a hint for read-ahead
  48: (machine) => void machine.pop(), // POP
};

function protocol(machine: PickleMachine): void {
  const version = machine.cursor.u8();
  if (version > HIGHEST_PROTOCOL) machine.fail(`pickle protocol ${version}`);
}

/** Little-endian two's complement; a number while it is exact, for keys and counts are compared as numbers. */
function integer(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (let index = bytes.length - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[index] ?? 0);
  const signed = BigInt.asIntN(bytes.length * 8, value);
  const number = Number(signed);
  return Number.isSafeInteger(number) ? number : signed;
}

function text(machine: PickleMachine, length: number): string {
  return textFromUtf8(machine.bytes(length)) ?? machine.fail('text that is not UTF-8');
}

function name(machine: PickleMachine): string {
  return textFromUtf8(machine.cursor.line(MAX_NAME_BYTES)) ?? machine.fail('a name that is not UTF-8');
}

function stackGlobal(machine: PickleMachine): void {
  const [module, attribute] = popSeveral(machine, 2);
  if (typeof module !== 'string' || typeof attribute !== 'string') machine.fail('a name that is no text');
  machine.global(module.slice(0, MAX_NAME_BYTES), attribute.slice(0, MAX_NAME_BYTES));
}

/** The uppermost `count` values in the order they were pushed. */
function popSeveral(machine: PickleMachine, count: number): PickleValue[] {
  return Array.from({ length: count }, () => machine.pop()).reverse();
}

function tuple(machine: PickleMachine, count: number): void {
  machine.pushObject({ kind: 'tuple', items: popSeveral(machine, count) });
}

function append(machine: PickleMachine, items: readonly PickleValue[]): void {
  const { items: list } = machine.list();
  for (const item of items) list.push(item);
}
