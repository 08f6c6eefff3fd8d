/** A report for programs. */
import type { ReportInput } from './input.ts';
import { bySuspicion, tally } from './order.ts';

/** Grows when a field changes its meaning or goes away. */
export const REPORT_SCHEMA = 2;

/** The report as indented JSON text, most suspicious image first, without pictures. */
export function reportJson(input: ReportInput): string {
  const { createdAt, version, page, engine, rows } = input;
  const images = bySuspicion(rows).map(({ label, url, state, markedWrong }) => ({
    label,
    url,
    markedWrong,
    result: state ?? { state: 'unseen' },
  }));
  const report = {
    schema: REPORT_SCHEMA,
    createdAt,
    telltale: version,
    page,
    engine,
    summary: tally(rows),
    images,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}
