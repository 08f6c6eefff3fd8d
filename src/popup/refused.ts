/** The images that the browser withholds. */
import type { PageRow, PageView } from '../protocol/schemas.ts';

/** Rows of `view` that failed as `not-allowed`. */
export const refusedRows = (view: PageView | null): PageRow[] =>
  view?.rows.filter(({ state }) => state?.state === 'failed' && state.reason === 'not-allowed') ?? [];
