/** The reference's ensembles, all the way from a checkpoint file and a picture to a line of JSON. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSafetensors } from '../../src/core/model/safetensors-writer.ts';
import { answersOf, type JsonAnswer, telltale } from '../support/command-line.ts';
import {
  checkpointFromFormula,
  isWholeSet,
  type ParityCase,
  type ParityFolder,
  parityFolders,
} from '../support/parity.ts';

/** Starting a network whose weights have to be made first takes seconds: only where the whole set is asked for. */
const folders = parityFolders().filter(({ weightFiles }) => isWholeSet || weightFiles !== null);

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'telltale-parity-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The files that hold a folder's weights, all of them for the whole set; those of a formula are written first. */
function weightFilesOf({ name, meta, weightFiles }: ParityFolder): string[] {
  if (meta.weights.kind === 'file') return (weightFiles ?? []).slice(0, isWholeSet ? undefined : 1);
  const { tensors } = checkpointFromFormula(meta.weights);
  const file = path.join(scratch, `${name}.safetensors`);
  const weights = new Map(
    [...tensors].map(([key, view]) => [key, { shape: [...view.shape], values: view.toFloat32() }]),
  );
  writeFileSync(file, writeSafetensors(weights));
  return [file];
}

/** Cases by the options that make the command line preprocess as they do; those it has no option for are left out. */
function casesByOptions({ optionsFile, meta }: ParityFolder): [string[], ParityCase[]][] {
  const known = optionsFile === null ? [] : ['--opt', optionsFile];
  const like = (mode: string) => meta.cases.filter(({ preprocess }) => preprocess.mode === mode);
  const groups: [string[], ParityCase[]][] = [
    [[...known, '--native'], like('native-resolution')],
    [known, like('reference-validation')],
  ];
  return groups.filter(([, cases]) => cases.length > 0);
}

/** Expects the reference's numbers; the largest difference of a probability. */
function expectReference(answer: JsonAnswer, given: ParityCase): number {
  const [rows, columns] = given.logitsShapeNHWC?.slice(1, 3) ?? answer.grid ?? [];
  expect(answer).toMatchObject({ state: 'scored', grid: [rows, columns], backend: 'wasm' });
  const close = (found: number | null | undefined, wanted: number | undefined, tolerance: number) => {
    const difference = Math.abs((found ?? Number.NaN) - (wanted ?? Number.NaN));
    expect(difference).toBeLessThanOrEqual(tolerance);
    return difference;
  };
  if (given.ensembles === undefined) return close(answer.pFake, given.pFake, 1e-3);
  const { vote, beforeSoftmax, afterSoftmax } = given.ensembles;
  const ties = (given['patchesWithAbsLogitGapBelow1e-3'] ?? 0) / ((rows ?? 0) * (columns ?? 0));
  // The reference's shares are float32.
  close(answer.ensemble?.vote, vote.pFake, ties + 1e-6);
  const before = close(answer.ensemble?.beforeSoftmax, beforeSoftmax.pFake, 1e-3);
  return Math.max(before, close(answer.ensemble?.afterSoftmax, afterSoftmax.pFake, 1e-3));
}

describe.each(folders)('$name', (folder) => {
  it('scores as the reference from every file', { timeout: 600_000 }, async () => {
    const differences: number[] = [];
    for (const file of weightFilesOf(folder)) {
      for (const [options, cases] of casesByOptions(folder)) {
        const pictures = cases.map(({ input }) => folder.path(input));
        const words = ['screen', ...pictures, '--model', file, ...options, '--backend', 'wasm', '--json'];
        const finished = await telltale(words);
        expect(finished.code).toBe(0);
        const answers = answersOf(finished);
        expect(answers.map(({ input }) => input)).toEqual(pictures);
        for (const [index, answer] of answers.entries()) {
          const given = cases[index];
          if (given !== undefined) differences.push(expectReference(answer, given));
        }
      }
    }
    expect(differences.length).toBeGreaterThan(0);
    if (!isWholeSet) return;
    const largest = Math.max(...differences).toExponential(1);
    process.stdout.write(`${folder.name}: ${differences.length} pictures, off by at most ${largest}\n`);
  });
});
