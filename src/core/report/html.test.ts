import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import messages from '../../../public/_locales/en/messages.json' with { type: 'json' };
import { lookupIn } from './catalogue.ts';
import { reportHtml } from './html.ts';
import type { ReportInput } from './input.ts';
import { reportInput, reportRow, scoredState } from './sample.testing.ts';
import { REPORT_STYLE } from './style.ts';
import { wordingOf } from './wording.ts';

const english = wordingOf(lookupIn(messages), 'en');
const write = (changes: Partial<ReportInput>) => reportHtml(reportInput(changes), english);
/** Names of all elements of `document`, as a tokenizer sees them. */
const elements = (document: string) =>
  new Set([...document.matchAll(/<([a-z][a-z0-9]*)/g)].map((match) => match[1]));

describe('reportHtml', () => {
  const expected = new Set(
    'html head meta title style body main h1 p dl dt dd a bdi time h2 ul li span div table thead tr th tbody td strong svg rect'.split(
      ' ',
    ),
  );

  it('contains no element that hostile labels, addresses, titles or model texts could bring in', () => {
    const hostile = `"'><script>alert(1)</script><img src=x onerror=alert(1)></style></title>&lt;`;
    const document = write({
      page: { title: hostile, url: `https://page.test/${hostile}` },
      engine: {
        backend: null,
        models: [{ role: 'fast', id: hostile, version: hostile, name: hostile, limits: [hostile] }],
      },
      rows: [
        reportRow({ label: hostile, url: `https://x.test/${hostile}`, thumbnail: hostile }),
        reportRow({ label: hostile, state: { state: 'failed', reason: 'http-error', detail: hostile } }),
      ],
      screenshot: hostile,
    });
    expect([...elements(document)].filter((name) => !expected.has(name ?? ''))).toEqual([]);
    expect(document).not.toMatch(/<[^>]*\sonerror=/);
    expect(document).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(document.match(/<\/style>/g)).toHaveLength(1);
  });

  it('links http and https only', () => {
    const urls = [
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      ' javascript:alert(1)',
      'data:text/html,x',
      'vbscript:x',
      '//x.test/',
    ];
    const document = write({
      page: { title: '', url: 'javascript:alert(2)' },
      rows: urls.map((url) => reportRow({ url })),
    });
    expect(document).not.toContain('href');
    expect(write({})).toContain('href="https://pictures.test/bridge.jpg"');
  });

  it('remarks on pictures outside what the model was tested on', () => {
    const remark = 'Outside what this model was tested on (amount of texture). Give the score less weight.';
    expect(write({ rows: [reportRow({ state: scoredState(0.9, { outside: ['texture'] }) })] })).toContain(
      remark,
    );
    expect(write({})).not.toContain('Outside what');
  });

  it('shows pictures from data: URLs of raster formats only', () => {
    const good = 'data:image/webp;base64,UklGRg==';
    expect(write({ rows: [reportRow({ thumbnail: good })] })).toContain(`<img src="${good}"`);
    for (const bad of [
      'data:image/svg+xml;base64,PHN2Zz4=',
      'https://x.test/a.png',
      'data:image/png;base64,AA" onload="x',
    ]) {
      expect(write({ rows: [reportRow({ thumbnail: bad })], screenshot: bad })).not.toContain('<img');
    }
  });

  it('has no outside resource and no script', () => {
    const document = write({ screenshot: 'data:image/png;base64,iVBORw==' });
    expect(document).toContain("default-src 'none'");
    expect(document).not.toMatch(/<script|<link|url\(|@import|<iframe/);
    expect([...document.matchAll(/src="([^"]*)"/g)].every((match) => match[1]?.startsWith('data:'))).toBe(
      true,
    );
  });

  it('names score, band, size, hash, model and backend of a scored image', () => {
    const document = write({ rows: [reportRow({ state: scoredState(0.913, { band: [0.842, 0.951] }) })] });
    for (const fact of [
      '<strong>0.91</strong> (0.84–0.95)',
      '640 × 480',
      'ab'.repeat(32),
      'strong 2 · WebAssembly',
      '25%',
      'January 2, 2026',
      'datetime="2026-01-02T03:04:05.000Z"',
      'Screenshots',
      'What the model Strong 2 does not know',
      'Drawings',
    ]) {
      expect(document).toContain(fact);
    }
  });

  it('never shows certainty', () => {
    const document = write({
      rows: [reportRow({ state: scoredState(1) }), reportRow({ state: scoredState(0) })],
    });
    expect(document).toContain('<strong>over 0.99</strong>');
    expect(document).toContain('<strong>under 0.01</strong>');
  });

  it('explains failures and abstentions, and gives them no score', () => {
    const facts = scoredState(0.5).facts;
    const document = write({
      rows: [
        reportRow({ state: { state: 'failed', reason: 'http-error', detail: 'HTTP 503' } }),
        reportRow({
          state: { state: 'abstained', reason: 'too-flat', facts, model: 'm', sha256: 'cd'.repeat(32) },
        }),
        reportRow({ state: null }),
      ],
    });
    expect(document).toContain('HTTP 503');
    expect(document).toContain('Too plain for a score');
    expect(document).not.toContain('<strong>');
  });

  it('uses the colours of the extension', () => {
    const tokens = readFileSync(new URL('../../ui/tokens.css', import.meta.url), 'utf8');
    const coloursOf = (css: string) =>
      new Set([...css.matchAll(/--(level-\w+|ink|paper|line): (#\w+)/g)].map(([pair]) => pair));
    expect(coloursOf(REPORT_STYLE)).toEqual(coloursOf(tokens));
  });
});
