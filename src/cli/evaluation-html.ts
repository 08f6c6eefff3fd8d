/** An evaluation as a page. */
import type { Evaluation } from '../core/evaluate/evaluation.ts';
import type { ModelReport } from '../core/evaluate/report.ts';
import { pageHtml } from './page-html.ts';

/** HTML text. */
export const evaluationHtml = (_evaluation: Evaluation, _reports: readonly ModelReport[]): string =>
  pageHtml('Telltale evaluation', []);
