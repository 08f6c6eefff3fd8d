import path from 'node:path';
import { crx, type defineManifest } from '@crxjs/vite-plugin';
import preact from '@preact/preset-vite';
import { defineConfig, type Plugin } from 'vite';
import manifest from './manifest.json' with { type: 'json' };

type CrxManifest = Parameters<typeof defineManifest>[0];
type Browser = 'chrome' | 'firefox';

const browser: Browser = process.env.TELLTALE_BROWSER === 'firefox' ? 'firefox' : 'chrome';

/**
 * The manifest of one browser. `manifest.json` is Chrome's; Firefox differs in four points: its background
 * is an event page and can own workers itself (no offscreen document), it has no split incognito mode, so
 * Telltale stays out of private windows there, it wants an add-on id with a data-collection statement, and no key
 * gives its extension pages shared memory.
 */
function manifestFor(target: Browser): CrxManifest {
  if (target === 'chrome') return manifest as CrxManifest;
  const {
    minimum_chrome_version: _version,
    message_serialization: _serialization,
    cross_origin_embedder_policy: _embedder,
    cross_origin_opener_policy: _opener,
    ...shared
  } = manifest;
  return {
    ...shared,
    incognito: 'not_allowed',
    permissions: shared.permissions.filter((permission) => permission !== 'offscreen'),
    background: { scripts: [manifest.background.service_worker], type: 'module' },
    browser_specific_settings: {
      gecko: {
        id: 'telltale@telltale.invalid',
        strict_min_version: '140.0',
        data_collection_permissions: { required: ['none'] },
      },
    },
  } as unknown as CrxManifest;
}

/**
 * Takes out what crxjs adds for every script that `scripting` injects, though an injected file needs neither:
 * `web_accessible_resources`, by which a page could ask whether Telltale is installed, and a second copy of the
 * script as a module that nothing loads.
 */
function withoutLeftovers(): Plugin {
  return {
    name: 'telltale:without-leftovers',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const [name, file] of Object.entries(bundle)) {
          if (file.type === 'chunk' && file.facadeModuleId?.endsWith('.iife.ts')) delete bundle[name];
        }
        const file = bundle['manifest.json'];
        if (file?.type !== 'asset') return;
        const written = JSON.parse(String(file.source));
        delete written.web_accessible_resources;
        file.source = JSON.stringify(written, null, 2);
      },
    },
  };
}

/**
 * Takes the packaged models from the folder that TELLTALE_MODELS names instead of `models/`: tests build the extension
 * around models whose answers they know.
 */
function otherModels(folder: string | undefined): Plugin {
  return {
    name: 'telltale:other-models',
    enforce: 'pre',
    resolveId(source) {
      const [, file] = /^(?:\.\.\/)+models\/(.+)$/.exec(source) ?? [];
      return folder === undefined || file === undefined ? null : path.resolve(folder, file);
    },
  };
}

export default defineConfig({
  define: { __BROWSER__: JSON.stringify(browser) },
  plugins: [
    otherModels(process.env.TELLTALE_MODELS),
    preact(),
    crx({ manifest: manifestFor(browser), browser }),
    withoutLeftovers(),
  ],
  worker: { format: 'es', plugins: () => [otherModels(process.env.TELLTALE_MODELS)] },
  build: {
    outDir: `dist/${browser}`,
    target: 'es2023',
    assetsInlineLimit: 0,
    // Everything in the package is read from disk: preloading helps nothing and its helper touches the DOM,
    // which a service worker has not.
    modulePreload: false,
    chunkSizeWarningLimit: 1500,
    rollupOptions: {
      input: {
        welcome: 'src/welcome/index.html',
        ...(browser === 'chrome' ? { offscreen: 'src/engine/offscreen.html' } : {}),
      },
    },
  },
});
