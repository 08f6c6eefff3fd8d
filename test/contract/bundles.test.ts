/** What the built code is made of: size and content of the injected script, addresses, licences. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/lib/command.mjs';
import { BROWSERS, builtFiles, readBuilt } from '../support/build-output.ts';

const CONTENT_SCRIPT = 'src/content/main.iife.js';
const CONTENT_GZIP_BYTES = 60_000;

/** Licences that ask for nothing but to be named, or (MPL) for changes to their own files. */
const ALLOWED_LICENCES = [
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'MPL-2.0',
  'CC0-1.0',
  'Unlicense',
];

/**
 * Addresses that stand in shipped code without ever being requested: XML namespaces, documentation, and tfjs's
 * defaults for things Telltale does not use (its own model hub and its CDN, both overridden or unreachable).
 */
const NEVER_FETCHED = [
  'www.w3.org',
  'github.com',
  'tfhub.dev',
  'storage.googleapis.com',
  'js.tensorflow.org',
  'www.tensorflow.org',
  'developer.mozilla.org',
  'bugzilla.mozilla.org',
  'reactjs.org',
  'emscripten.org',
  'en.wikipedia.org',
  'www.apache.org',
  'www.shadertoy.com',
];

/** Every match in a text, so that a failure shows the few characters that matter and not a whole bundle. */
const matchesIn = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([match]) => match);

describe.each(BROWSERS)('the content script for %s', (browser) => {
  const script = () => readBuilt(browser, CONTENT_SCRIPT).toString();

  it('is one file without imports, so that no page can ask for its parts', () => {
    expect(matchesIn(script(), /\bimport\s*\(.{0,40}|^import\s.{0,40}/gm)).toEqual([]);
  });

  it('is under 60 kB gzip', () => {
    expect(gzipSync(script()).length).toBeLessThan(CONTENT_GZIP_BYTES);
  });

  it('contains no tfjs', () => {
    expect(matchesIn(script(), /tensorflow|tfjs|WEBGL_PACK|registerKernel/gi)).toEqual([]);
  });

  it('writes nothing to the console', () => {
    expect(matchesIn(script(), /console\.(?:log|info|debug)\(.{0,40}/g)).toEqual([]);
  });
});

describe.each(BROWSERS)('the package for %s', (browser) => {
  const scripts = builtFiles(browser).filter((name) => /\.(?:js|html|css)$/.test(name));

  it('names no address outside itself that it could fetch', () => {
    const hosts = scripts.flatMap((name) =>
      [
        ...readBuilt(browser, name)
          .toString()
          .matchAll(/https?:\/\/([a-z0-9.-]+\.[a-z]{2,})/gi),
      ].map((match) => `${match[1]}`),
    );
    expect([...new Set(hosts)].filter((host) => !NEVER_FETCHED.includes(host)).sort()).toEqual([]);
  });

  it('loads no script, style or font from elsewhere', () => {
    for (const name of scripts) {
      const code = readBuilt(browser, name).toString();
      expect(matchesIn(code, /(?:importScripts|import)\(\s*["'`]https?:.{0,40}/g), name).toEqual([]);
      if (name.endsWith('.js')) continue;
      expect(matchesIn(code, /(?:src|href)=["']https?:.{0,40}|url\(["']?https?:.{0,40}/g), name).toEqual([]);
    }
  });
});

interface LockedPackage {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

/** Folders of every package that the product's own dependencies lead to, as the lock file resolves them. */
function shippedPackages(): string[] {
  const lock = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  const found = new Set<string>();
  const visit = (folder: string) => {
    if (found.has(folder)) return;
    found.add(folder);
    for (const name of Object.keys(lock.packages[folder]?.dependencies ?? {})) {
      visit(resolveFrom(folder, name, lock.packages));
    }
  };
  visit('');
  found.delete('');
  return [...found];
}

/** Node's way: the nearest `node_modules` going up from the package that asks. */
function resolveFrom(folder: string, name: string, packages: Record<string, LockedPackage>): string {
  for (let base = folder; ; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))) {
    const candidate = base === '' ? `node_modules/${name}` : `${base}/node_modules/${name}`;
    if (packages[candidate] !== undefined) return candidate;
    if (base === '') throw new Error(`${name}, wanted by ${folder}, is not in the lock file`);
  }
}

describe('dependencies of the product', () => {
  it('all have a licence that allows shipping them', () => {
    const refused = shippedPackages()
      .map((folder) => ({ folder, licence: licenceOf(folder) }))
      .filter(({ licence }) => !isAllowed(licence));
    expect(refused).toEqual([]);
  });
});

function licenceOf(folder: string): string {
  const file = path.join(ROOT, folder, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { license?: string }).license ?? 'none';
}

/** SPDX expressions as they occur: one name, or alternatives of which one is enough. */
const isAllowed = (licence: string) =>
  licence
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((name) => ALLOWED_LICENCES.includes(name)));
