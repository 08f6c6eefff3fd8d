/** Everything that is known about one image. */
import type { ComponentChildren } from 'preact';
import { snakeCase } from '../core/report/catalogue.ts';
import { outsideSentence, probabilityText } from '../core/report/wording.ts';
import type { Abstained, Scored } from '../core/verdict.ts';
import type { PageRow } from '../protocol/schemas.ts';
import { numbers, text, wording } from '../ui/i18n.ts';
import { LEVEL_LOOKS } from '../ui/levels.ts';
import type { PopupActions } from './actions.ts';

interface RowDetailsProps {
  id: string;
  row: PageRow;
  state: Scored | Abstained;
  actions: PopupActions;
}

const Fact = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <>
    <dt class="soft">{name}</dt>
    <dd>{children}</dd>
  </>
);

/** The level's explanation and the facts, as a list of terms. */
export function RowDetails({ id, row, state, actions }: RowDetailsProps) {
  const { facts } = state;
  const size = `${facts.format.toUpperCase()} · ${facts.widthPx} × ${facts.heightPx} · ${numbers().bytes(facts.sizeBytes)}`;
  return (
    <div class="details small" id={id}>
      {state.state === 'scored' && <p>{text(LEVEL_LOOKS[state.level].explanationKey)}</p>}
      {state.state === 'scored' && <OutsideRemark scored={state} />}
      <dl>
        {state.state === 'scored' && <ScoreFacts scored={state} onLookWhole={() => actions.screenRow(row)} />}
        <Fact name={text('popup_details_size')}>{size}</Fact>
        <Fact name={text('popup_details_source')}>
          {row.image.url === null ? text('popup_details_in_page') : <bdi>{row.image.url}</bdi>}
        </Fact>
        <Fact name={text('popup_details_hash')}>
          <span class="hash">{state.sha256}</span>
        </Fact>
      </dl>
    </div>
  );
}

function OutsideRemark({ scored }: { scored: Scored }) {
  const sentence = outsideSentence(wording(), scored.outside);
  return sentence === null ? null : <p class="outside">{sentence}</p>;
}

function ScoreFacts({ scored, onLookWhole }: { scored: Scored; onLookWhole: () => void }) {
  const { percent, count, milliseconds } = numbers();
  const computed = [
    scored.model,
    text(`backend_${scored.backend}`),
    text(`pixels_${snakeCase(scored.pixelPath)}`),
    milliseconds(scored.computeMs),
  ];
  const { rows, columns } = scored.grid;
  return (
    <>
      <Fact name={text('popup_details_patches')}>
        {text('popup_details_patches_value', percent(scored.flaggedShare), count(columns), count(rows))}
      </Fact>
      <Fact name={text('popup_details_top')}>{probabilityText(wording(), scored.topProbability)}</Fact>
      {scored.coverage < 1 && (
        <Fact name={text('popup_details_coverage')}>
          {text('popup_details_coverage_value', percent(scored.coverage))}{' '}
          <button type="button" class="link" onClick={onLookWhole}>
            {text('popup_look_whole')}
          </button>
        </Fact>
      )}
      <Fact name={text('popup_details_computed')}>{computed.join(' · ')}</Fact>
    </>
  );
}
