import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8');
const [light = '', dark = ''] = css.split('@media (prefers-color-scheme: dark)');
const colours = (text: string) =>
  new Map([...text.matchAll(/(--[a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex ?? '']));

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

const TEXT_ON: readonly string[][] = [
  ['--ink', '--paper'],
  ['--ink', '--paper-raised'],
  ['--ink-soft', '--paper'],
  ['--ink-soft', '--paper-raised'],
  ['--accent', '--paper'],
  ['--accent', '--paper-raised'],
  ['--accent-ink', '--accent'],
  ...['strong', 'some', 'unsure', 'none'].map((level) => ['--on-level', `--level-${level}`]),
  ...['strong', 'some', 'unsure', 'none'].map((level) => [`--level-${level}`, '--paper']),
];

describe.each([
  ['light', colours(light)],
  ['dark', new Map([...colours(light), ...colours(dark)])],
])('the %s tokens', (_name, tokens) => {
  it.each(TEXT_ON)('%s on %s reaches 4.5:1', (ink = '', paper = '') => {
    expect(contrast(tokens.get(ink) ?? '', tokens.get(paper) ?? '')).toBeGreaterThanOrEqual(4.5);
  });
});
