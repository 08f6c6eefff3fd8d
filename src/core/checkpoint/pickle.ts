import { printable, refuse } from './failure.ts';
import type { CheckpointLimits } from './limits.ts';
import { callableOf, isAllowedGlobal, storageDType } from './pickle-globals.ts';
import { setNumpyByteOrder } from './pickle-numpy.ts';
import { OPERATIONS } from './pickle-opcodes.ts';
import {
  isKey,
  kindOf,
  type PickleDict,
  type PickleList,
  type PickleStorage,
  type PickleValue,
  recordOf,
} from './pickle-values.ts';
import type { ByteCursor } from './source.ts';

const STOP = 0x2e;

/** The value of one pickle and the storages it mentions, by key. */
export interface Unpickled {
  value: PickleValue;
  storages: ReadonlyMap<string, PickleStorage>;
}

/**
 * Runs the pickle at `cursor` up to its STOP and leaves the cursor behind it. Nothing is executed: opcodes and
 * Python names outside the allow-lists are refused (`forbidden`), and calls yield the inert records of
 * `pickle-values`. Work and memory are bounded by `limits`; call inside `attempt`.
 */
export function unpickle(cursor: ByteCursor, limits: CheckpointLimits): Unpickled {
  const machine = new PickleMachine(cursor, limits);
  return { value: machine.run(), storages: machine.storages };
}

/** Stack, marks and memo of one pickle, with every step counted. */
export class PickleMachine {
  readonly cursor: ByteCursor;
  readonly storages = new Map<string, PickleStorage>();
  readonly #limits: CheckpointLimits;
  readonly #start: number;
  readonly #stack: PickleValue[] = [];
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();
  #operations = 0;
  #objects = 0;
  /** Absolute offset of the opcode in hand. */
  #position = 0;

  constructor(cursor: ByteCursor, limits: CheckpointLimits) {
    this.cursor = cursor;
    this.#limits = limits;
    this.#start = cursor.position;
  }

  run(): PickleValue {
    for (;;) {
      this.#position = this.cursor.position;
      const opcode = this.cursor.u8();
      this.charge(1);
      if (opcode === STOP) break;
      const operation = OPERATIONS[opcode];
      if (operation === undefined) return this.#refuse('forbidden', `pickle opcode ${opcodeName(opcode)}`);
      operation(this);
      this.bytes(0);
    }
    const value = this.pop();
    return this.#stack.length === 0 ? value : this.fail('the pickle ends with values left on its stack');
  }

  fail(detail: string): never {
    return this.#refuse('malformed', detail);
  }

  /** The next `length` bytes of the pickle, checked against its byte limit before they are read. */
  bytes(length: number): Uint8Array {
    if (this.cursor.position + length - this.#start > this.#limits.pickleBytes) {
      this.#refuse('limit', `a pickle of more than ${this.#limits.pickleBytes} bytes`);
    }
    return this.cursor.bytes(length);
  }

  charge(operations: number): void {
    this.#operations += operations;
    if (this.#operations > this.#limits.pickleOperations) {
      this.#refuse('limit', `a pickle of more than ${this.#limits.pickleOperations} operations`);
    }
  }

  push(value: PickleValue): void {
    if (this.#stack.length >= this.#limits.stackValues) {
      this.#refuse('limit', `more than ${this.#limits.stackValues} values on the pickle's stack`);
    }
    this.#stack.push(value);
  }

  /** Pushes a value that takes memory of its own. */
  pushObject(value: PickleValue): void {
    this.#objects += 1;
    if (this.#objects > this.#limits.pickleObjects) {
      this.#refuse('limit', `a pickle of more than ${this.#limits.pickleObjects} objects`);
    }
    this.push(value);
  }

  pop(): PickleValue {
    const value = this.#stack.length > (this.#marks.at(-1) ?? 0) ? this.#stack.pop() : undefined;
    return value === undefined ? this.fail('the pickle takes a value from an empty stack') : value;
  }

  peek(): PickleValue {
    const value = this.pop();
    this.#stack.push(value);
    return value;
  }

  mark(): void {
    if (this.#marks.length >= this.#limits.openMarks) {
      this.#refuse('limit', `a pickle nested deeper than ${this.#limits.openMarks}`);
    }
    this.#marks.push(this.#stack.length);
  }

  popToMark(): PickleValue[] {
    const mark = this.#marks.pop();
    return mark === undefined
      ? this.fail('the pickle returns to a mark it never set')
      : this.#stack.splice(mark);
  }

  memoize(index = this.#memo.size): void {
    this.#memo.set(index, this.peek());
    if (this.#memo.size > this.#limits.memoEntries) {
      this.#refuse('limit', `more than ${this.#limits.memoEntries} memo entries`);
    }
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    this.push(value === undefined ? this.fail(`memo entry ${index} was never stored`) : value);
  }

  list(): PickleList {
    const target = this.peek();
    return recordOf(target, 'list') ?? this.fail(`items are appended to ${kindOf(target)}`);
  }

  /** Sets `pairs` (key, value, key, value...) on the dictionary on top of the stack. */
  setItems(pairs: readonly PickleValue[]): void {
    const target = this.peek();
    const dict: PickleDict = recordOf(target, 'dict') ?? this.fail(`items are set on ${kindOf(target)}`);
    if (pairs.length % 2 !== 0) this.fail('a key without a value');
    for (let index = 0; index < pairs.length; index += 2) {
      const key = pairs[index] ?? null;
      if (!isKey(key)) this.fail(`a ${kindOf(key)} as dictionary key`);
      dict.entries.set(key, pairs[index + 1] ?? null);
    }
  }

  /** Pushes the Python name `module.attribute` if the allow-list has it. */
  global(module: string, attribute: string): void {
    const name = `${module}.${attribute}`;
    if (!isAllowedGlobal(name)) this.#refuse('forbidden', `Python name ${printable(name)}`);
    this.pushObject({ kind: 'global', name });
  }

  /** REDUCE: replaces a name and its arguments by what calling the name yields here. */
  call(): void {
    const args = recordOf(this.pop(), 'tuple') ?? this.fail('a call without a tuple of arguments');
    const target = this.pop();
    const name = recordOf(target, 'global')?.name ?? this.fail(`a call of ${kindOf(target)}`);
    const callable = callableOf(name) ?? this.#refuse('forbidden', `a call of ${name}`);
    const value = callable({
      args: args.items,
      position: this.#position,
      charge: (operations) => this.charge(operations),
      fail: (detail) => this.fail(detail),
    });
    this.pushObject(value);
  }

  /** BUILD: attributes of an OrderedDict (`_metadata`) are dropped, a numpy type takes its byte order. */
  build(): void {
    const state = this.pop();
    const target = this.peek();
    const numpyType = recordOf(target, 'numpy-type');
    if (numpyType !== undefined) {
      if (!setNumpyByteOrder(numpyType, state)) this.fail('a numpy type with an unknown state');
    } else if (recordOf(target, 'dict') === undefined) {
      this.#refuse('forbidden', `attributes for ${kindOf(target)}`);
    }
  }

  /** BINPERSID: the storage that a persistent id names. */
  persistent(): void {
    const id = recordOf(this.pop(), 'tuple')?.items ?? this.fail('a persistent id that is no tuple');
    const [tag, type, key, , elementCount, part] = id;
    if (tag !== 'storage') this.#refuse('unsupported', 'a persistent id that names no storage');
    const typeName = recordOf(type, 'global')?.name ?? '';
    const dtype =
      storageDType(typeName) ?? this.fail(`${printable(typeName) || kindOf(type)} as storage type`);
    if (typeof key !== 'string') this.fail(`${kindOf(key)} as storage key`);
    if (!isCount(elementCount)) this.fail(`storage ${printable(key)} without a number of elements`);
    const storage: PickleStorage = { kind: 'storage', dtype, key, elementCount, part: this.#part(part) };
    const known = this.storages.get(key);
    if (known !== undefined && (known.dtype !== dtype || known.elementCount !== elementCount)) {
      this.fail(`storage ${printable(key)} is described in two ways`);
    }
    this.storages.set(key, storage);
    this.pushObject(storage);
  }

  #part(value: PickleValue | undefined): PickleStorage['part'] {
    if (value === undefined || value === null) return null;
    const [, offset, elementCount] = recordOf(value, 'tuple')?.items ?? [];
    if (!isCount(offset) || !isCount(elementCount)) return this.fail('a storage view without numbers');
    return { offset, elementCount };
  }

  #refuse(kind: 'forbidden' | 'limit' | 'malformed' | 'unsupported', detail: string): never {
    return refuse(kind, detail, this.cursor.place(this.#position));
  }
}

const isCount = (value: PickleValue | undefined): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

function opcodeName(opcode: number): string {
  const hex = `0x${opcode.toString(16).padStart(2, '0')}`;
  return opcode > 0x20 && opcode < 0x7f ? `${hex} ('${String.fromCharCode(opcode)}')` : hex;
}
