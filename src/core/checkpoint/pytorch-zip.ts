import type { Checkpoint } from './checkpoint.ts';
import { ELEMENT_CODECS } from './dtype.ts';
import { type Place, printable, refuse } from './failure.ts';
import type { CheckpointLimits } from './limits.ts';
import { unpickle } from './pickle.ts';
import type { PickleTensor } from './pickle-values.ts';
import { ByteCursor, type RandomAccessSource, readBytes } from './source.ts';
import { findStateDict, withoutModulePrefixes } from './state-dict.ts';
import { type Storage, TensorRegistry } from './tensor.ts';
import { textFromLatin1 } from './utf8.ts';
import { openZip, type ZipArchive } from './zip.ts';

const PICKLE_NAME = /^(?:[^/]+\/)?data\.pkl$/;
const LONGEST_BYTE_ORDER = 16;

/**
 * The checkpoint in a zip container as `torch.save` writes since 1.6: `<stem>/data.pkl`, one stored member
 * `<stem>/data/<key>` a storage, `<stem>/byteorder` in newer ones (little-endian without it). Call inside `attempt`.
 */
export function readPytorchZip(source: RandomAccessSource, limits: CheckpointLimits): Checkpoint {
  const archive = openZip(source, limits);
  const [pickleName, second] = archive.names.filter((name) => PICKLE_NAME.test(name));
  const start: Place = { offset: 0 };
  if (second !== undefined) refuse('malformed', 'a zip file with two members data.pkl', start);
  const section = archive.section(pickleName ?? '');
  if (pickleName === undefined || section === undefined) {
    return refuse('not-a-checkpoint', 'a zip file without PyTorch data.pkl', start);
  }
  const stem = pickleName.slice(0, -'data.pkl'.length);
  const littleEndian = isLittleEndian(source, archive, `${stem}byteorder`);

  const cursor = new ByteCursor(source, section);
  const { value } = unpickle(cursor, limits);
  const { tensors, metadata } = findStateDict(value, cursor.place());
  const registry = new TensorRegistry(source, limits);
  const views = [...tensors].map(([name, tensor]) => {
    const place = { ...cursor.place(tensor.position), tensor: name };
    const storage = locateStorage(archive, `${stem}data/`, tensor, place);
    return [name, registry.view(tensor, { ...storage, littleEndian }, place)] as const;
  });
  return { format: 'pytorch-zip', tensors: withoutModulePrefixes(views), metadata };
}

function locateStorage(
  archive: ZipArchive,
  folder: string,
  { storage }: PickleTensor,
  place: Place,
): Omit<Storage, 'littleEndian'> {
  const name = folder + storage.key;
  const section = archive.section(name);
  if (section === undefined) return refuse('malformed', `member ${printable(name)} is missing`, place);
  if (storage.part !== null) return refuse('malformed', 'a storage view in a zip container', place);
  const { key, dtype, elementCount } = storage;
  const heldBytes = section.end - section.start;
  if (elementCount * ELEMENT_CODECS[dtype].sizeBytes > heldBytes) {
    refuse(
      'malformed',
      `${heldBytes} bytes in member ${printable(name)} for ${elementCount} ${dtype}`,
      place,
    );
  }
  return { key, dtype, elementCount, startByte: section.start };
}

function isLittleEndian(source: RandomAccessSource, archive: ZipArchive, name: string): boolean {
  const section = archive.section(name);
  if (section === undefined) return true;
  const length = Math.min(LONGEST_BYTE_ORDER, section.end - section.start);
  const view = readBytes(source, section.start, length);
  const order = textFromLatin1(new Uint8Array(view.buffer, view.byteOffset, length)).trim();
  if (order !== 'little' && order !== 'big') {
    refuse('malformed', `byte order ${printable(order)}`, { offset: 0, member: name });
  }
  return order === 'little';
}
