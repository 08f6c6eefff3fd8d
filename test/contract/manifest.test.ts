/** What the built packages ask for. A change here is a change of what people are asked to trust. */
import { describe, expect, it } from 'vitest';
import { OLDEST_CHROME } from '../../scripts/browser.mjs';
import { BROWSERS, builtFiles, builtManifest, readBuilt } from '../support/build-output.ts';

const COMMON = ['activeTab', 'alarms', 'contextMenus', 'scripting', 'storage', 'unlimitedStorage'];

describe.each(BROWSERS)('the manifest for %s', (browser) => {
  const manifest = builtManifest(browser);

  it('asks for exactly the permissions the design needs', () => {
    const expected = browser === 'chrome' ? [...COMMON, 'offscreen'] : COMMON;
    expect([...manifest.permissions].sort()).toEqual([...expected].sort());
    expect(manifest.optional_permissions).toBeUndefined();
  });

  it('has no host access at install, and asks for it later only', () => {
    expect(manifest.host_permissions).toBeUndefined();
    expect(manifest.content_scripts).toBeUndefined();
    expect(manifest.optional_host_permissions).toEqual(['<all_urls>']);
  });

  it('shows nothing to pages', () => {
    expect(manifest.web_accessible_resources).toBeUndefined();
    expect(manifest.externally_connectable).toBeUndefined();
  });

  it('runs packaged code only', () => {
    expect(manifest.content_security_policy).toEqual({
      extension_pages: "script-src 'self' 'wasm-unsafe-eval'; object-src 'self'",
    });
  });

  it('names only files that are in the package', () => {
    const files = builtFiles(browser);
    const { background, action } = manifest;
    const named = [background.service_worker, ...(background.scripts ?? []), action.default_popup];
    for (const file of named.filter((name) => name !== undefined)) expect(files).toContain(file);
  });

  it('packages no source maps and no tests', () => {
    expect(builtFiles(browser).filter((name) => /\.map$|\.test\.|\.tsx?$/.test(name))).toEqual([]);
  });

  it('has pages without inline script', () => {
    for (const name of builtFiles(browser).filter((file) => file.endsWith('.html'))) {
      expect(readBuilt(browser, name).toString(), name).not.toMatch(/<script(?![^>]*\ssrc=)|\son\w+=/i);
    }
  });
});

describe('the manifest of one browser only', () => {
  it('is a module service worker with structured clone in Chrome', () => {
    const manifest = builtManifest('chrome');
    expect(manifest.background.type).toBe('module');
    expect(manifest.message_serialization).toBe('structured_clone');
    expect(manifest.minimum_chrome_version).toBe(String(OLDEST_CHROME));
    expect(manifest.incognito).toBe('split');
  });

  it('isolates its pages in Chrome only, where that gives them shared memory', () => {
    const { cross_origin_embedder_policy: embedder, cross_origin_opener_policy: opener } =
      builtManifest('chrome');
    expect([embedder, opener]).toEqual([{ value: 'require-corp' }, { value: 'same-origin' }]);
    const keys = Object.keys(builtManifest('firefox'));
    expect(keys.filter((key) => key.startsWith('cross_origin'))).toEqual([]);
  });

  it('is an event page without offscreen document in Firefox', () => {
    const manifest = builtManifest('firefox');
    expect(manifest.background.service_worker).toBeUndefined();
    expect(manifest.background.scripts).toHaveLength(1);
    expect(manifest.incognito).toBe('not_allowed');
    expect(manifest.browser_specific_settings?.gecko.data_collection_permissions.required).toEqual(['none']);
    expect(builtFiles('firefox').some((name) => name.includes('offscreen'))).toBe(false);
  });
});
