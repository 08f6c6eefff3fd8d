/** From the paths of a command line to files. */
import { type Dirent, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { failure, type Result, success } from '../core/result.ts';
import { fileFailure } from './files.ts';

/** A picture to look at, or a path that led to none. */
export interface Input {
  /** As given, or as found below what was given; with forward slashes when found. */
  name: string;
  failure: 'not-found' | 'unreadable' | 'no-pictures' | null;
}

/** What is taken from a folder; a file that was named itself is looked at whatever it is called. */
const EXTENSIONS = ['jpg', 'jpeg', 'jfif', 'png', 'webp', 'gif', 'avif', 'bmp'];

/** The inputs of `paths` in their order, those of a folder or glob sorted by name. Hidden files are passed over. */
export async function findInputs(paths: readonly string[]): Promise<Input[]> {
  const found: Input[] = [];
  for (const given of paths) found.push(...(await inputsOf(given)));
  return found;
}

async function inputsOf(given: string): Promise<Input[]> {
  const kind = kindOf(given);
  if (kind === 'file') return [{ name: given, failure: null }];
  if (kind === 'folder') {
    const inside = pictureFilesBelow(given);
    if (!inside.ok) return [{ name: inside.failure, failure: 'unreadable' }];
    const names = inside.value.map((name) => path.posix.join(given, name));
    return names.length === 0 ? [{ name: given, failure: 'no-pictures' }] : names.map(input);
  }
  if (kind === 'not-found' && isDynamicPattern(given)) {
    const names = await search(given, process.cwd());
    if (names.length > 0) return names.map(input);
  }
  return [{ name: given, failure: kind }];
}

/**
 * Pictures in `folder` and its subfolders by their extension, relative to it, sorted; the failure is the path of a folder
 * that cannot be read. Links to pictures count, also broken ones, so that what is missing has a name; links to folders are
 * not followed, because they can lead round in circles. Hidden files and folders are passed over.
 */
export function pictureFilesBelow(folder: string): Result<string[], string> {
  const found: string[] = [];
  const waiting = [''];
  for (let below = waiting.pop(); below !== undefined; below = waiting.pop()) {
    const entries = entriesOf(path.join(folder, below));
    if (entries === null) return failure(path.join(folder, below));
    for (const entry of entries) {
      const name = path.posix.join(below, entry.name);
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) waiting.push(name);
      else if (isPictureName(name) && !isFolderLink(entry, path.join(folder, name))) found.push(name);
    }
  }
  return success(found.sort());
}

function entriesOf(folder: string): Dirent[] | null {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    fileFailure(error);
    return null;
  }
}

const isFolderLink = (entry: Dirent, file: string): boolean =>
  entry.isSymbolicLink() && kindOf(file) === 'folder';

const isPictureName = (name: string): boolean =>
  EXTENSIONS.includes(path.extname(name).slice(1).toLowerCase());

const input = (name: string): Input => ({ name, failure: null });

function kindOf(given: string): 'file' | 'folder' | 'not-found' | 'unreadable' {
  try {
    return statSync(given).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    return fileFailure(error) === 'not-found' ? 'not-found' : 'unreadable';
  }
}

/** Follows all links, as the pattern's author can see where it leads. */
async function search(pattern: string, folder: string): Promise<string[]> {
  const names = await glob(pattern, {
    cwd: folder,
    caseSensitiveMatch: false,
    expandDirectories: false,
    followSymbolicLinks: true,
    absolute: path.isAbsolute(pattern),
  });
  return names.sort();
}
