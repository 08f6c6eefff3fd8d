import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import manifest from '../../manifest.json' with { type: 'json' };
import messages from '../../public/_locales/en/messages.json' with { type: 'json' };
import { reasonKey, snakeCase } from '../core/report/catalogue.ts';
import { ABSTENTIONS, BACKENDS, FAILURES, LEVELS } from '../core/verdict.ts';
import { ENGINE_BACKENDS, ENGINE_FAULTS } from '../protocol/engine-fault.ts';
import { imageKind } from '../protocol/schemas.ts';

const root = new URL('../', import.meta.url);
const source = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path) && !/\.(test|testing)\.tsx?$/.test(path))
  .map((path) => readFileSync(new URL(path, root), 'utf8'))
  .join('\n');
const keys = Object.keys(messages);

const statesOf = (kind: 'failure' | 'abstained', reasons: readonly string[]) =>
  reasons.flatMap((reason) => [reasonKey(kind, reason), `${reasonKey(kind, reason)}_short`]);
const vocabulary = [
  ...LEVELS.flatMap((level) => [`level_${level}`, `level_${level}_short`, `level_${level}_explained`]),
  ...statesOf('failure', FAILURES),
  ...statesOf('abstained', ABSTENTIONS),
  ...BACKENDS.map((backend) => `backend_${backend}`),
  ...ENGINE_FAULTS.map((reason) => `engine_fault_${snakeCase(reason)}`),
  ...ENGINE_BACKENDS.map((backend) => `engine_note_${backend}`),
  ...imageKind.options.map((kind) => `kind_${snakeCase(kind)}`),
  ...['state_queued', 'state_running', 'state_unseen', 'pixels_file', 'pixels_canvas'],
];

const matches = (pattern: RegExp) => [...source.matchAll(pattern)].map(([, first]) => first ?? '');
const singular = matches(/\b(?:text|lookup|getMessage)\(\s*'([a-zA-Z_]+)'/g);
const plurals = matches(/\bplural\(\s*'([a-z_]+)'/g);

describe('the English catalogue', () => {
  it('has a sentence for every level, reason, state, kind and backend', () => {
    expect(vocabulary.filter((key) => !keys.includes(key))).toEqual([]);
  });

  it('has every key that the source asks for', () => {
    expect(singular.length).toBeGreaterThan(50);
    expect(singular.filter((key) => !keys.includes(key))).toEqual([]);
    const forms = plurals.flatMap((stem) => [`${stem}_one`, `${stem}_other`]);
    expect(forms.length).toBeGreaterThan(10);
    expect(forms.filter((key) => !keys.includes(key))).toEqual([]);
  });

  it('has no key that nothing uses', () => {
    const quoted = new Set(matches(/['"]([a-zA-Z]+_?[a-z_]*)['"]/g));
    // `report_column_${column}` uses every key of that shape.
    const shapes = matches(/`([a-z]+_(?:[a-z_]*\$\{[^}]+\}[a-z_]*)+)`/g).map(
      (template) => new RegExp(`^${template.replace(/\$\{[^}]+\}/g, '[a-z_]+')}$`),
    );
    const manifestKeys = new Set(
      [...JSON.stringify(manifest).matchAll(/__MSG_(\w+)__/g)].map(([, key]) => key),
    );
    const unused = keys.filter(
      (key) =>
        !quoted.has(key) &&
        !plurals.includes(key.replace(/_(one|other)$/, '')) &&
        !vocabulary.includes(key) &&
        !manifestKeys.has(key) &&
        !shapes.some((shape) => shape.test(key)),
    );
    expect(unused).toEqual([]);
  });

  it('never states as a fact that an image is fake, real or generated', () => {
    const claims = Object.entries(messages).filter(([, { message }]) =>
      /\bfakes?\b|\bis (generated|real|authentic|AI)\b|\bdeepfake/i.test(message),
    );
    expect(claims).toEqual([]);
  });

  it('says for every failure what happened and what can be done, in at most two lines', () => {
    for (const reason of FAILURES) {
      const { message } = messages[reasonKey('failure', reason)];
      expect(message.length, reason).toBeLessThan(140);
      expect(message, reason).toMatch(/\.$/);
      expect(messages[`${reasonKey('failure', reason)}_short`].message.length, reason).toBeLessThan(24);
    }
  });
});
