/** How many images are at which level, and what stands in the way of the others. */
import { type Tally, tally } from '../core/report/order.ts';
import { LEVELS } from '../core/verdict.ts';
import type { PageView } from '../protocol/schemas.ts';
import { LevelDisc } from '../ui/disc.tsx';
import { numbers, plural, text } from '../ui/i18n.ts';
import { LEVEL_LOOKS } from '../ui/levels.ts';
import type { PopupActions } from './actions.ts';
import { refusedRows } from './refused.ts';

/** The counts per level; below them the images without a score, and the one button for withheld ones. */
export function Summary({ view, actions }: { view: PageView; actions: PopupActions }) {
  const counts = tally(view.rows);
  const rest = restText(counts);
  return (
    <section class="summary" aria-label={text('popup_summary_name')}>
      <p class="flagged">
        {counts.scored > 0 && plural('popup_flagged', counts.flagged, numbers().count(counts.scored))}
      </p>
      <ul class="levels">
        {LEVELS.map((level) => (
          <li key={level} data-level={level} data-zero={counts.levels[level] === 0}>
            <LevelDisc level={level} />
            <b>{numbers().count(counts.levels[level])}</b> {text(LEVEL_LOOKS[level].shortKey)}
          </li>
        ))}
      </ul>
      {rest !== '' && <p class="small soft">{rest}</p>}
      {counts.notAllowed > 0 && !view.access.everywhere && (
        <p class="blocked">
          <span>{plural('popup_blocked', counts.notAllowed)}</span>
          <button
            type="button"
            class="button slim"
            onClick={() => actions.allowEverywhere(refusedRows(view))}
          >
            {text('popup_allow_everywhere')}
          </button>
        </p>
      )}
    </section>
  );
}

function restText({ abstained, failed, waiting, unseen }: Tally): string {
  const parts = [
    abstained > 0 && plural('popup_rest_abstained', abstained),
    failed > 0 && plural('popup_rest_failed', failed),
    waiting > 0 && plural('popup_rest_waiting', waiting),
    unseen > 0 && plural('popup_rest_unseen', unseen),
  ];
  return parts.filter((part) => part !== false).join(' · ');
}
