/** The built packages as files, for tests that look at what ships instead of at the sources. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../scripts/lib/command.mjs';

/** `dist`, or the folder that holds the `chrome` and `firefox` builds somewhere else. */
export const DIST = process.env.TELLTALE_DIST ?? path.join(ROOT, 'dist');

export const BROWSERS = ['chrome', 'firefox'] as const;
export type BrowserName = (typeof BROWSERS)[number];

/** Folder of a build; throws with the command to run when it was not built. */
export function buildFolder(browser: BrowserName): string {
  const folder = path.join(DIST, browser);
  if (existsSync(path.join(folder, 'manifest.json'))) return folder;
  throw new Error(`${folder} is not built: run "node scripts/build.mjs ${browser}" first`);
}

export interface BuiltManifest {
  manifest_version: number;
  permissions: string[];
  host_permissions?: string[];
  optional_permissions?: string[];
  optional_host_permissions?: string[];
  content_scripts?: unknown[];
  web_accessible_resources?: unknown[];
  externally_connectable?: unknown;
  content_security_policy?: Record<string, string>;
  cross_origin_embedder_policy?: { value: string };
  cross_origin_opener_policy?: { value: string };
  incognito?: string;
  message_serialization?: string;
  minimum_chrome_version?: string;
  background: { service_worker?: string; scripts?: string[]; type?: string };
  action: { default_popup?: string };
  browser_specific_settings?: {
    gecko: { id: string; strict_min_version: string; data_collection_permissions: { required: string[] } };
  };
}

export const builtManifest = (browser: BrowserName): BuiltManifest =>
  JSON.parse(readFileSync(path.join(buildFolder(browser), 'manifest.json'), 'utf8'));

/** Paths below the build's folder, with forward slashes. */
export const builtFiles = (browser: BrowserName): string[] =>
  readdirSync(buildFolder(browser), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(buildFolder(browser), path.join(entry.parentPath, entry.name)))
    .map((name) => name.replaceAll('\\', '/'))
    .sort();

export const readBuilt = (browser: BrowserName, name: string): Buffer =>
  readFileSync(path.join(buildFolder(browser), name));
