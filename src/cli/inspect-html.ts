/** An inspection as a page: one file without scripts or outside resources. */
import type { NamedDistribution } from '../core/inspect/distributions.ts';
import type { BaselineRun } from '../core/inspect/inspection.ts';
import { html, type Markup } from '../core/report/markup.ts';
import { baselineName, countsText, type InspectionReport, percent } from './inspect-text.ts';
import { pageHtml, tableOf } from './page-html.ts';

/** The text of an HTML document; paths are untrusted and escaped. */
export function inspectionHtml(report: InspectionReport): string {
  const { folders, files, unread, strays, inspection, conclusions } = report;
  return pageHtml(`Data: ${folders.join(' and ')}`, [
    html`<p>${files.length} pictures were read, ${unread.length} could not be, ${strays.length} lie in neither class.</p>
<ul>${conclusions.map((sentence) => html`<li>${sentence}</li>`)}</ul>`,
    html`<h2>How well files alone predict the label</h2>
<p class="soft">Boosted trees on facts about the file, each picture predicted from other sources than its own. 0.50 is chance.</p>
${tableOf(['Facts', 'Balanced accuracy', '95 %', 'AUC', 'Pictures'], inspection.baselines.map(baselineCells))}`,
    html`<h2>Copies</h2>${duplicateList(report)}`,
    html`<h2>Files</h2>${distributionTable(inspection.distributions)}`,
    unread.length === 0
      ? null
      : html`<h2>Unreadable</h2>${tableOf(
          ['File', 'Reason'],
          unread.map(({ path, reason, detail }) => [
            path,
            detail === null ? reason : `${reason} (${detail})`,
          ]),
        )}`,
  ]);
}

function baselineCells(run: BaselineRun): string[] {
  if (!run.outcome.ok) return [baselineName(run), 'too few sources', '', '', ''];
  const { balancedAccuracy, balancedAccuracyInterval, rocAuc, files } = run.outcome.value;
  const { lower, upper } = balancedAccuracyInterval ?? { lower: 0, upper: 1 };
  const range = `${lower.toFixed(2)} to ${upper.toFixed(2)}`;
  return [baselineName(run), balancedAccuracy.toFixed(2), range, rocAuc.toFixed(2), String(files)];
}

function duplicateList({ inspection, files }: InspectionReport): Markup {
  if (inspection.duplicates.length === 0) return html`<p>There are none.</p>`;
  return tableOf(
    ['Kind', 'Crosses', 'Files'],
    inspection.duplicates.map(({ kind, crosses, members }) => [
      kind === 'exact' ? 'equal files' : 'nearly equal pixels',
      crosses.join(', ') || 'nothing',
      members.map((index) => files[index]?.path ?? '').join('\n'),
    ]),
  );
}

function distributionTable(distributions: readonly NamedDistribution[]): Markup {
  return tableOf(
    ['Class', 'Source', 'Files', 'Container', 'Sides, px', 'JPEG quality', 'Subsampling', 'EXIF', 'Profile'],
    distributions.map((row) => [
      row.label,
      row.source ?? 'all',
      String(row.files),
      countsText(row.containers),
      `${row.widthPx.least}-${row.widthPx.most} x ${row.heightPx.least}-${row.heightPx.most}`,
      countsText(row.qualities),
      countsText(row.subsamplings),
      percent(row.exif),
      percent(row.icc),
    ]),
  );
}
