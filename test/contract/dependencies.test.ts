/** The lanes of ARCHITECTURE.md: which folder may import which. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/lib/command.mjs';

const SOURCE = path.join(ROOT, 'src');

/** Folders each folder may import besides itself; a path names that one file, or the folder below it. */
const LANES: Record<string, readonly string[]> = {
  core: ['models'],
  protocol: ['core'],
  platform: ['core', 'protocol', 'models'],
  ui: ['core', 'protocol', 'platform', 'public/_locales'],
  kernels: ['core'],
  engine: ['core', 'protocol', 'platform', 'kernels', 'models'],
  background: ['core', 'protocol', 'platform', 'engine/host', 'engine/read-url', 'engine/firefox', 'models'],
  content: ['core', 'protocol', 'platform', 'ui'],
  popup: ['core', 'protocol', 'platform', 'ui'],
  cli: ['core', 'kernels', 'models', 'public/_locales'],
  welcome: ['core', 'protocol', 'platform', 'ui'],
};

/** Packages `core` may use: pure computation, no browser, no DOM. tfjs comes in as a type only. */
const CORE_PACKAGES = [
  '@jsquash/jpeg',
  '@jsquash/png',
  '@jsquash/webp',
  'image-size',
  'ipaddr.js',
  'valibot',
];

interface Import {
  file: string;
  target: string;
  typeOnly: boolean;
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|new URL\(\s*['"](\.[^'"]+)['"]/g;

/** Every import of a shipped source file. `import('…')` in a type position counts as type-only. */
function importsOf(file: string): Import[] {
  const source = readFileSync(path.join(SOURCE, file), 'utf8').replaceAll(/^\s*(?:\/\/|\*|\/\*).*$/gm, '');
  return [...source.matchAll(IMPORT)].map((match) => ({
    file,
    target: (match[2] ?? match[3] ?? match[4] ?? '').replace(/\?.*$/, ''),
    typeOnly: match[1] !== undefined || /typeof\s+$/.test(source.slice(0, match.index)),
  }));
}

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => /\.tsx?$/.test(name) && !/\.(?:test|testing|d)\.tsx?$/.test(name) && name.includes('/'))
  // AssemblyScript, which has imports of its own kind.
  .filter((name) => !name.startsWith('kernels/assembly/'));
const imports = files.flatMap(importsOf);

const isRelative = ({ target }: Import) => target.startsWith('.');

/** What an import leads to, as a path from the repository's root without `src/`: `core/result.ts`, `models/…`. */
const destination = ({ file, target }: Import) =>
  path.posix.normalize(path.posix.join('src', path.posix.dirname(file), target)).replace(/^src\//, '');

const laneOf = (file: string) => file.split('/')[0] ?? '';

function mayImport(from: string, to: string): boolean {
  if (laneOf(from) === laneOf(to)) return true;
  return (LANES[laneOf(from)] ?? []).some(
    (allowed) => to === allowed || to.startsWith(`${allowed}/`) || to.startsWith(`${allowed}.`),
  );
}

describe('dependency lanes', () => {
  it('know every folder of src', () => {
    const unknown = files.map(laneOf).filter((lane) => LANES[lane] === undefined);
    expect([...new Set(unknown)]).toEqual([]);
  });

  it('are kept by every import', () => {
    const strays = imports
      .filter(isRelative)
      .filter((entry) => !mayImport(entry.file, destination(entry)))
      // The background injects the content script and starts engine workers: names of files, not their code.
      .filter(
        ({ file, target }) => !(laneOf(file) === 'background' && target.endsWith('content/main.iife.ts')),
      )
      .map((entry) => `${entry.file} -> ${destination(entry)}`);
    expect(strays).toEqual([]);
  });

  it('name source files by their extension', () => {
    const vague = imports.filter(isRelative).filter(({ target }) => path.posix.extname(target) === '');
    expect(vague.map(({ file, target }) => `${file} -> ${target}`)).toEqual([]);
  });

  it('keep the extension API inside platform', () => {
    const strays = imports
      .filter(({ target }) => target === 'webextension-polyfill')
      .map(({ file }) => file)
      .filter((file) => laneOf(file) !== 'platform');
    expect(strays).toEqual([]);
  });

  it('keep core to pure packages', () => {
    const strays = imports
      .filter((entry) => laneOf(entry.file) === 'core' && !isRelative(entry) && !entry.typeOnly)
      .filter(({ target }) => !CORE_PACKAGES.some((name) => target === name || target.startsWith(`${name}/`)))
      .map(({ file, target }) => `${file} -> ${target}`);
    expect(strays).toEqual([]);
  });

  it('keep tfjs out of everything but the engine, its kernels and the command line', () => {
    const strays = imports
      .filter(({ target, typeOnly }) => target.startsWith('@tensorflow/') && !typeOnly)
      .map(({ file }) => file)
      .filter((file) => !['engine', 'kernels', 'cli'].includes(laneOf(file)));
    expect(strays).toEqual([]);
  });
});
