/** For images without a score: what happened, and the way on. */
import { stateWords } from '../core/report/wording.ts';
import type { FailureReason } from '../core/verdict.ts';
import { sitePattern } from '../platform/match-pattern.ts';
import type { PageRow } from '../protocol/schemas.ts';
import { patternHost } from '../ui/ask-access.ts';
import { text, wording } from '../ui/i18n.ts';
import type { PopupActions } from './actions.ts';

/** Reasons that may be gone at the next attempt. */
const TRANSIENT: ReadonlySet<FailureReason> = new Set([
  'needs-login',
  'http-error',
  'network',
  'timeout',
  'truncated',
  'gone',
  'engine-failed',
  'cancelled',
]);

/** The sentence and the button for a failed row; the sentence for an abstention; nothing for others. */
export function RowHelp({ row, actions }: { row: PageRow; actions: PopupActions }) {
  const { state } = row;
  if (state?.state !== 'failed' && state?.state !== 'abstained') return null;
  const detail = state.state === 'failed' ? state.detail : undefined;
  return (
    <div class="row-help small">
      <p class="soft">
        {stateWords(wording(), state).sentence}
        {detail && ` (${detail})`}
      </p>
      {state.state === 'failed' && state.reason === 'not-allowed' && <Allow row={row} actions={actions} />}
      {state.state === 'failed' && TRANSIENT.has(state.reason) && (
        <button type="button" class="button slim" onClick={() => actions.screenRow(row)}>
          {text('popup_retry')}
        </button>
      )}
    </div>
  );
}

/** Asks for the image's own site, which is often not the page's. */
function Allow({ row, actions }: { row: PageRow; actions: PopupActions }) {
  const pattern = row.image.url === null ? null : sitePattern(row.image.url);
  return (
    <p class="row-buttons">
      {pattern !== null && (
        <button type="button" class="button slim" onClick={() => actions.allow(pattern, [row])}>
          {text('popup_allow_site', patternHost(pattern))}
        </button>
      )}
      <button type="button" class="button slim" onClick={() => actions.allowEverywhere([row])}>
        {text('popup_allow_everywhere')}
      </button>
    </p>
  );
}
