/** The built command line as a child process. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../scripts/lib/command.mjs';
import { DIST } from './build-output.ts';

const SCRIPT = path.join(DIST, 'cli', 'telltale.js');

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** What a line of `--json` holds. */
export interface JsonAnswer {
  input: string;
  state: string;
  pFake: number | null;
  ensemble: Record<'vote' | 'beforeSoftmax' | 'afterSoftmax', number> | null;
  grid: [number, number] | null;
  ms: number;
  model: string | null;
  backend: string | null;
  reason?: string;
  detail?: string;
}

/** Starts `telltale` with `words` in `cwd` (the repository's root). */
export function startTelltale(words: readonly string[], cwd = ROOT) {
  if (!existsSync(SCRIPT)) throw new Error(`${SCRIPT} is not built: run "npm run build" first`);
  return spawn(process.execPath, [SCRIPT, ...words], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs `telltale` to its end. */
export function telltale(words: readonly string[], cwd = ROOT): Promise<Finished> {
  const child = startTelltale(words, cwd);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** The objects that `screen --json` printed. */
export const answersOf = ({ stdout }: Finished): JsonAnswer[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
