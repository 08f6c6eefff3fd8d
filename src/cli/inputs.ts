/** From the paths of a command line to files. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
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
    const inside = await pictureFilesBelow(given);
    const names = inside.map((name) => path.posix.join(given, name));
    return names.length === 0 ? [{ name: given, failure: 'no-pictures' }] : names.map(input);
  }
  if (kind === 'not-found' && isDynamicPattern(given)) {
    const names = await search(given, process.cwd());
    if (names.length > 0) return names.map(input);
  }
  return [{ name: given, failure: kind }];
}

/** Pictures in `folder` and its subfolders by their extension, relative to it, sorted; hidden files are passed over. */
export const pictureFilesBelow = (folder: string): Promise<string[]> =>
  search(`**/*.{${EXTENSIONS.join(',')}}`, folder);

const input = (name: string): Input => ({ name, failure: null });

function kindOf(given: string): 'file' | 'folder' | 'not-found' | 'unreadable' {
  try {
    return statSync(given).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    return fileFailure(error) === 'not-found' ? 'not-found' : 'unreadable';
  }
}

async function search(pattern: string, folder: string): Promise<string[]> {
  const names = await glob(pattern, {
    cwd: folder,
    caseSensitiveMatch: false,
    expandDirectories: false,
    followSymbolicLinks: false,
    absolute: path.isAbsolute(pattern),
  });
  return names.sort();
}
