/** One image of the list. */
import { useState } from 'preact/hooks';
import { bandText, probabilityText, stateWords } from '../core/report/wording.ts';
import type { Scored } from '../core/verdict.ts';
import type { ModelFacts, PageRow } from '../protocol/schemas.ts';
import { Band } from '../ui/band.tsx';
import { StateDisc } from '../ui/disc.tsx';
import { text, wording } from '../ui/i18n.ts';
import { Icon } from '../ui/icons.tsx';
import type { PopupActions } from './actions.ts';
import { RowControls } from './row-controls.tsx';
import { RowDetails } from './row-details.tsx';
import { RowHelp } from './row-help.tsx';
import { rowKey } from './state.ts';
import { Thumbnail } from './thumbnail.tsx';

export interface RowProps {
  row: PageRow;
  pageUrl: string;
  actions: PopupActions;
}

interface ImageRowProps extends RowProps {
  models: readonly ModelFacts[];
}

/** The row; its main part opens the details of images that were looked at. */
export function ImageRow({ row, pageUrl, models, actions }: ImageRowProps) {
  const [open, setOpen] = useState(false);
  const { state, image } = row;
  const looked = state?.state === 'scored' || state?.state === 'abstained';
  const detailsId = `details-${rowKey(row)}`;
  return (
    <li class="row" data-row={rowKey(row)} data-state={state?.state ?? 'unseen'}>
      <button
        type="button"
        class="row-main"
        aria-expanded={looked ? open : undefined}
        aria-controls={looked && open ? detailsId : undefined}
        onClick={() => looked && setOpen(!open)}
      >
        <Thumbnail bytes={row.thumbnail} />
        <span class="row-text">
          <bdi class="row-label" title={image.label}>
            {image.label || text(`kind_${image.kind === 'svg-image' ? 'svg_image' : image.kind}`)}
          </bdi>
          <span class="row-state">
            <StateDisc state={state} />
            <span class="row-word">{stateWords(wording(), state).word}</span>
            {state?.state === 'scored' && (
              <b class="row-score" aria-hidden="true">
                {probabilityText(wording(), state.probability)}
              </b>
            )}
            {state?.state === 'abstained' && <Chevron open={open} />}
          </span>
          {state?.state === 'scored' && (
            <span class="row-foot">
              <ScoreBand scored={state} />
              <Chevron open={open} />
            </span>
          )}
        </span>
      </button>
      <RowControls row={row} pageUrl={pageUrl} actions={actions} />
      <RowHelp row={row} actions={actions} />
      {looked && open && <RowDetails id={detailsId} {...{ row, state, models, actions }} />}
    </li>
  );
}

/** The numbers are for the eye only: the drawn band speaks them, and the score, as one phrase. */
const ScoreBand = ({ scored }: { scored: Scored }) => (
  <>
    <Band {...scored} />
    <span class="row-band small soft" aria-hidden="true">
      {bandText(wording(), scored.band)}
    </span>
  </>
);

const Chevron = ({ open }: { open: boolean }) => (
  <span class="row-chevron" data-open={open}>
    <Icon name="chevron" sizePx={14} />
  </span>
);
