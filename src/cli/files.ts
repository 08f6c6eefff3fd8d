/** Files on disk, read no further than what is allowed, and failures in plain words. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { RandomAccessSource } from '../core/checkpoint/source.ts';
import type { FileStamp } from '../core/evaluate/journal-lines.ts';
import { failure, type Result, success } from '../core/result.ts';

export type FileFailure = 'not-found' | 'unreadable' | 'too-many-bytes';

/** What the operating system said, as a reason; other errors are bugs and pass through. */
export function fileFailure(error: unknown): FileFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'not-found';
  if (/^E[A-Z0-9]+$/.test(code)) return 'unreadable';
  throw error;
}

/** In words, for messages. */
export const FILE_FAILURES: Readonly<Record<FileFailure, string>> = {
  'not-found': 'there is no such file',
  unreadable: 'it cannot be read',
  'too-many-bytes': 'it is too big',
};

/** The bytes of a regular file of at most `mostBytes`. */
export function readWhole(path: string, mostBytes: number): Result<Uint8Array, FileFailure> {
  return withFile(path, (source) =>
    source.size > mostBytes ? failure('too-many-bytes') : success(source.read(0, source.size)),
  );
}

/** What `use` makes of a regular file that is open only meanwhile. */
export function withFile<Value, Failure>(
  path: string,
  use: (source: RandomAccessSource) => Result<Value, Failure>,
): Result<Value, Failure | FileFailure> {
  let descriptor: number | null = null;
  try {
    // Opening a named pipe waits for a writer, and nothing ends a thread that waits there.
    if (!statSync(path).isFile()) return failure('unreadable');
    descriptor = openSync(path, 'r');
    return use(sourceOf(descriptor, fstatSync(descriptor).size));
  } catch (error) {
    return failure(fileFailure(error));
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

function sourceOf(descriptor: number, size: number): RandomAccessSource {
  return {
    size,
    read: (offset, length) => {
      const bytes = new Uint8Array(length);
      let filled = 0;
      while (filled < length) {
        const count = readSync(descriptor, bytes, filled, length - filled, offset + filled);
        if (count === 0) throw Object.assign(new Error('the file became shorter'), { code: 'EIO' });
        filled += count;
      }
      return bytes;
    },
  };
}

/** Size and time of a file; null when it cannot be asked for them. */
export function stampOf(path: string): FileStamp | null {
  try {
    const { size, mtimeMs } = statSync(path);
    return { sizeBytes: size, modifiedMs: mtimeMs };
  } catch (error) {
    fileFailure(error);
    return null;
  }
}

/** SHA-256 as 64 lower-case hexadecimal digits. */
export const sha256Of = async (bytes: Uint8Array): Promise<string> =>
  createHash('sha256').update(bytes).digest('hex');

/** The same of a file of any size. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** `writeWhole`, and whether the operating system let it; other errors are bugs and pass through. */
export function wasWritten(path: string, bytes: Uint8Array | string): boolean {
  try {
    writeWhole(path, bytes);
    return true;
  } catch (error) {
    fileFailure(error);
    return false;
  }
}

/** Writes a file that is there whole or not at all; throws what the operating system says. */
export function writeWhole(path: string, bytes: Uint8Array | string): void {
  const partial = `${path}.${process.pid}.partial`;
  writeFileSync(partial, bytes);
  renameSync(partial, path);
}
