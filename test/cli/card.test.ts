/** `telltale card` from outside, with figures that `telltale evaluate` has measured. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/lib/command.mjs';
import { limitsOf, modelKey, parseCard } from '../../src/core/model/card.ts';
import { PACKAGED_CARDS } from '../../src/platform/packaged-models.ts';
import { telltale } from '../support/command-line.ts';
import { jpegOf, pngOf, waves } from '../support/pictures-by-hand.ts';

const MODEL = path.join(ROOT, 'models/fast');
const SIDE_PX = PACKAGED_CARDS.fast.limits.minSidePx;
let scratch = '';
beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'telltale-card-'));
  for (let index = 0; index < 3; index++) {
    for (const [name, bytes] of [
      [`real/phone${index}/a.png`, pngOf(waves(SIDE_PX + 20 + index, SIDE_PX))],
      [`fake/maker${index}/a.jpg`, await jpegOf(waves(SIDE_PX + 10 + index, SIDE_PX + 20), 50)],
    ] as const) {
      mkdirSync(path.dirname(path.join(scratch, 'data', name)), { recursive: true });
      writeFileSync(path.join(scratch, 'data', name), bytes);
    }
  }
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('telltale card', () => {
  it('prints what a person should know', async () => {
    const [byName, byFolder] = [await telltale(['card', 'fast']), await telltale(['card', 'models/fast'])];
    expect(byName).toMatchObject({ code: 0, stderr: '' });
    expect(byFolder).toEqual(byName);
    const card = PACKAGED_CARDS.fast;
    const title = `${card.name} (${modelKey(card)})\n\nHow to read a score\n`;
    expect(byName.stdout.slice(0, title.length)).toBe(title);
    for (const limit of limitsOf(card)) expect(byName.stdout).toContain(limit);
    const told = await telltale(['card', 'fast', '--json']);
    expect(JSON.parse(told.stdout)).toMatchObject({ model: modelKey(card) });
  });

  it('takes figures from an evaluation into a card that is accepted, and writes its page', async () => {
    const words = ['--model', MODEL, '--data', 'data', '--degrade', 'jpeg:75', '--json'];
    const evaluated = await telltale(['evaluate', ...words], scratch);
    expect(evaluated.code).toBe(0);
    writeFileSync(path.join(scratch, 'figures.json'), evaluated.stdout);
    const files = [
      '--evaluation',
      'figures.json',
      '--on',
      'Six waves',
      '--out',
      'card.json',
      '--html',
      'card.html',
    ];
    const finished = await telltale(['card', MODEL, ...files], scratch);
    expect(finished).toMatchObject({ code: 0, stderr: '' });
    const card = parseCard(JSON.parse(readFileSync(path.join(scratch, 'card.json'), 'utf8')));
    if (!card.ok) throw new Error(card.failure.message);
    const { overall } = JSON.parse(evaluated.stdout);
    expect(card.value.evaluation).toMatchObject({ on: 'Six waves', threshold: overall.threshold });
    const [asIs, degraded] = card.value.evaluation?.conditions ?? [];
    expect(asIs).toMatchObject({ degradation: 'none', real: 3, fake: 3 });
    expect(asIs?.rocAuc?.value).toBeCloseTo(overall.rocAuc, 4);
    expect(degraded?.degradation).toBe('jpeg:75');
    const { value: worst } = asIs?.worstOverStrongFalsePositiveRate ?? {};
    expect(worst).toBeCloseTo(overall.worstOverStrongFalsePositiveRate, 4);
    const page = readFileSync(path.join(scratch, 'card.html'), 'utf8');
    expect(page).toContain('<td>maker2</td>');
  });

  it('refuses figures of another calibration or threshold under the same version', async () => {
    const other = path.join(scratch, 'other');
    cpSync(MODEL, other, { recursive: true });
    const card = JSON.parse(readFileSync(path.join(other, 'card.json'), 'utf8'));
    card.calibration.strongAt = 0.9;
    writeFileSync(path.join(other, 'card.json'), JSON.stringify(card));
    const refusalOf = async (words: readonly string[]): Promise<string> => {
      const data = ['--data', 'data', '--degrade', 'none', '--json'];
      const evaluated = await telltale(['evaluate', ...words, ...data], scratch);
      writeFileSync(path.join(scratch, 'others.json'), evaluated.stdout);
      const files = ['--evaluation', 'others.json', '--on', 'Six waves', '--out', 'never.json'];
      const finished = await telltale(['card', MODEL, ...files], scratch);
      expect(finished).toMatchObject({ code: 1, stdout: '' });
      return finished.stderr;
    };
    expect(await refusalOf(['--model', other])).toContain(
      `its figures are of another ${modelKey(PACKAGED_CARDS.fast)}`,
    );
    const threshold = ['--model', MODEL, '--threshold', '0.123'];
    expect(await refusalOf(threshold)).toContain('its figures are for --threshold 0.123, and the card');
    expect(existsSync(path.join(scratch, 'never.json'))).toBe(false);
  });

  it('refuses figures of another model, and half an order', async () => {
    writeFileSync(path.join(scratch, 'none.json'), '{}');
    const files = ['--evaluation', 'none.json', '--on', 'x', '--out', 'never.json'];
    const finished = await telltale(['card', MODEL, ...files], scratch);
    expect(finished).toMatchObject({ code: 1, stdout: '' });
    expect(finished.stderr).toContain('not what "telltale evaluate --json" prints');
    const half = await telltale(['card', MODEL, '--out', 'card.json'], scratch);
    expect(half.code).toBe(2);
  });
});
