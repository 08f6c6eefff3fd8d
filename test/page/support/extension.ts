/** A tiny extension around the real content script: its background answers with canned states and keeps a log. */
import { cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';

const ROOT = join(import.meta.dirname, '../../..');

async function buildScript(entry: string, outDir: string, fileName: string): Promise<void> {
  await build({
    configFile: false,
    root: ROOT,
    publicDir: false,
    logLevel: 'error',
    define: { __BROWSER__: JSON.stringify('chrome') },
    build: {
      outDir,
      emptyOutDir: false,
      target: 'es2023',
      lib: {
        entry: join(ROOT, entry),
        formats: ['iife'],
        name: 'telltale',
        fileName: () => fileName,
      },
    },
  });
}

const MANIFEST = {
  manifest_version: 3,
  name: 'Telltale page tests',
  version: '1',
  default_locale: 'en',
  message_serialization: 'structured_clone',
  permissions: ['scripting'],
  host_permissions: ['<all_urls>'],
  background: { service_worker: 'background.js' },
  content_scripts: [
    {
      matches: ['<all_urls>'],
      js: ['content.js'],
      all_frames: true,
      match_origin_as_fallback: true,
      run_at: 'document_idle',
    },
  ],
};

/** Builds the stub extension into a new folder of the system's temporary directory and returns its path. */
export async function buildStubExtension(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'telltale-page-'));
  await buildScript('src/content/main.iife.ts', folder, 'content.js');
  await buildScript('test/page/support/stub-background.ts', folder, 'background.js');
  await mkdir(join(folder, '_locales'), { recursive: true });
  await cp(join(ROOT, 'public/_locales'), join(folder, '_locales'), { recursive: true });
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(MANIFEST));
  return folder;
}
