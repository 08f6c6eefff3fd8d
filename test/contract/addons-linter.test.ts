import { describe, expect, it } from 'vitest';
import { runPackage } from '../../scripts/lib/command.mjs';
import { buildFolder } from '../support/build-output.ts';

interface LintReport {
  errors: { code: string; message: string; file?: string }[];
  warnings: { code: string }[];
}

describe('the Firefox package', () => {
  it('passes addons-linter without errors', async () => {
    const folder = buildFolder('firefox');
    const { output } = await runPackage('addons-linter/bin/addons-linter', [folder, '--output', 'json']);
    const report = JSON.parse(output.slice(output.indexOf('{'))) as LintReport;
    expect(report.errors).toEqual([]);
  }, 60_000);
});
