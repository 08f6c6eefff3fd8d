/** An inspection as lines for a terminal and as JSON. */
import type { Counts, NamedDistribution } from '../core/inspect/distributions.ts';
import type { FileFacts } from '../core/inspect/file-facts.ts';
import type { BaselineRun, Inspection } from '../core/inspect/inspection.ts';
import type { Unreadable } from './inspect-file.ts';

export interface UnreadFile extends Unreadable {
  path: string;
}

export interface InspectionReport {
  folders: string[];
  /** What was read; the inspection's indices point here. */
  files: readonly FileFacts[];
  unread: readonly UnreadFile[];
  /** Pictures that lie where neither class is known. */
  strays: readonly string[];
  inspection: Inspection;
  conclusions: string[];
}

/** Groups of copies that the terminal shows; `--json` and `--html` have them all. */
const MOST_GROUPS = 20;

/** The object of `--json`. */
export function inspectionJson({
  folders,
  files,
  unread,
  strays,
  inspection,
  conclusions,
}: InspectionReport): object {
  return {
    folders,
    files: files.length,
    unreadable: unread,
    strays,
    conclusions,
    baselines: inspection.baselines.map(({ about, kinds, jpegOnly, outcome }) => ({
      about,
      kinds,
      jpegOnly,
      ...(outcome.ok ? withoutKinds(outcome.value) : { reason: outcome.failure }),
    })),
    duplicates: {
      groupsByWorstBorder: inspection.crossing,
      groups: inspection.duplicates.map(({ kind, crosses, members }) => ({
        kind,
        crosses,
        files: members.map((index) => files[index]?.path),
      })),
    },
    distributions: inspection.distributions,
  };
}

const withoutKinds = <Measured extends { kinds: unknown }>({ kinds: _, ...rest }: Measured) => rest;

/** The report for people. */
export function inspectionLines(report: InspectionReport): string[] {
  const { inspection, files, unread, strays, conclusions } = report;
  const others = [
    ...(unread.length > 0 ? [`${unread.length} unreadable`] : []),
    ...(strays.length > 0 ? [`${strays.length} in neither class`] : []),
  ];
  return [
    [`${files.length} pictures`, ...others].join(', '),
    ...conclusions,
    ...section('How well files alone predict the label', inspection.baselines.map(baselineLine)),
    ...section('Copies', duplicateLines(report)),
    ...section('Files', inspection.distributions.filter(({ source }) => source === null).flatMap(classLines)),
  ];
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];

/** What a baseline looked at, in words. */
export const baselineName = ({ about, kinds, jpegOnly }: BaselineRun): string =>
  `${kinds.join(' + ')}${about === 'originals' ? ' of the originals' : ''}${jpegOnly ? ', JPEG files' : ''}`;

function baselineLine(run: BaselineRun): string {
  const name = baselineName(run).padEnd(45);
  if (!run.outcome.ok) return `${name} too few sources`;
  const { balancedAccuracy, balancedAccuracyInterval: interval, rocAuc, files, folds } = run.outcome.value;
  const range = interval === null ? '' : ` (${interval.lower.toFixed(2)}-${interval.upper.toFixed(2)})`;
  const size = `${files} pictures, ${folds} folds by source`;
  return `${name} balanced accuracy ${balancedAccuracy.toFixed(2)}${range}  AUC ${rocAuc.toFixed(2)}  ${size}`;
}

function duplicateLines({ inspection, files }: InspectionReport): string[] {
  const { duplicates } = inspection;
  const shown = duplicates.slice(0, MOST_GROUPS).map(({ kind, crosses, members }) => {
    const where = crosses[0] === undefined ? 'within a source' : `across ${crosses.join(', ')}`;
    const names = members.slice(0, 4).map((index) => files[index]?.path ?? '');
    const rest = members.length > names.length ? ` and ${members.length - names.length} more` : '';
    return `${kind === 'exact' ? 'equal' : 'near '}  ${where}: ${names.join('  ')}${rest}`;
  });
  const hidden = duplicates.length - shown.length;
  return hidden > 0 ? [...shown, `and ${hidden} more groups (--json has all)`] : shown;
}

function classLines(distribution: NamedDistribution): string[] {
  const { label, files, containers, widthPx, heightPx, megapixels, exif, icc } = distribution;
  const sides = `${widthPx.least}-${widthPx.most} x ${heightPx.least}-${heightPx.most} px`;
  return [
    `${label}: ${files} files; ${countsText(containers)}; ${sides}, median ${megapixels.median.toFixed(2)} megapixels`,
    ...(distribution.progressive === null
      ? []
      : [
          `  JPEG quality ${countsText(distribution.qualities)}; ${countsText(distribution.subsamplings)}; progressive ${percent(distribution.progressive)}`,
        ]),
    `  EXIF ${percent(exif)}, colour profile ${percent(icc)}`,
  ];
}

/** The most frequent values with their counts. */
export function countsText(counts: Counts, most = 6): string {
  const all = Object.entries(counts);
  const shown = all.slice(0, most).map(([value, count]) => `${value} ${count}`);
  const rest = all.slice(most).reduce((sum, [, count]) => sum + count, 0);
  return [...shown, ...(rest > 0 ? [`others ${rest}`] : [])].join(', ');
}

/** A share as whole per cent. */
export const percent = (share: number): string => `${Math.round(share * 100)} %`;
