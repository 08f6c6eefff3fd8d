import { describe, expect, it } from 'vitest';
import { isWebPattern, matchesPattern, sitePattern } from './match-pattern.ts';

describe('sitePattern', () => {
  it.each([
    ['https://a.example/x?y#z', 'https://a.example/*'],
    ['http://a.example:8080/x', 'http://a.example/*'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1/*'],
    ['chrome://extensions/', null],
    ['about:blank', null],
    ['file:///a.html', null],
    ['nonsense', null],
  ])('%s: %s', (url, expected) => {
    expect(sitePattern(url)).toBe(expected);
  });
});

describe('matchesPattern', () => {
  it.each([
    ['<all_urls>', 'https://a.example/', true],
    ['<all_urls>', 'chrome://version/', false],
    ['*://*/*', 'http://a.example/', true],
    ['https://*/*', 'http://a.example/', false],
    ['https://a.example/*', 'https://a.example:8443/b', true],
    ['https://a.example/*', 'https://b.a.example/', false],
    ['*://*.a.example/*', 'https://b.a.example/', true],
    ['*://*.a.example/*', 'https://a.example/', true],
    ['*://*.a.example/*', 'https://nota.example/', false],
    ['http://a.example:*/*', 'http://a.example:81/', true],
    ['file:///*', 'file:///a', false],
    ['nonsense', 'https://a.example/', false],
    ['https://a.example/*', 'nonsense', false],
  ])('%s on %s: %s', (pattern, url, expected) => {
    expect(matchesPattern(pattern, url)).toBe(expected);
  });

  it('knows patterns that are not about the web', () => {
    expect(['file:///*', 'chrome://favicon/*', 'moz-extension://x/*'].some(isWebPattern)).toBe(false);
    expect(['<all_urls>', '*://*/*', 'http://a/*', 'https://*.b/*'].every(isWebPattern)).toBe(true);
  });
});
