/** Which of its faces the popup shows for the page. */
import type { PageView } from '../protocol/schemas.ts';
import type { PopupState } from './state.ts';

export type Situation =
  | 'loading'
  | 'unanswered'
  /** A page where no extension may run, or can. */
  | 'closed'
  /** A page that the browser withholds from Telltale. */
  | 'withheld'
  /** Reachable, and nothing was asked yet. */
  | 'unseen'
  /** A scan found nothing. */
  | 'empty'
  | 'collecting'
  | 'list';

/** The face for `state`: an old view is better than an error, so `unanswered` needs that there is none. */
export function situationOf({ view, unanswered, scanAsked }: PopupState): Situation {
  if (!view) return unanswered ? 'unanswered' : 'loading';
  if (!view.reachable) return isWithheld(view) ? 'withheld' : 'closed';
  if (view.rows.length > 0) return 'list';
  if (scanAsked || view.scan?.state === 'running') return 'collecting';
  return view.scan ? 'empty' : 'unseen';
}

/** More access could help: there is a pattern to ask for, and it is not granted yet. */
const isWithheld = ({ access }: PageView): boolean =>
  access.sitePattern !== null && !access.site && !access.everywhere;
