/** Everything that is known about one image. */
import type { ComponentChildren } from 'preact';
import { snakeCase } from '../core/report/catalogue.ts';
import { modelName, outsideSentence, probabilityText } from '../core/report/wording.ts';
import { wantsStrong } from '../core/score/second-opinion.ts';
import { type Abstained, isProvisional, type ModelRole, type Scored } from '../core/verdict.ts';
import type { ModelFacts, PageRow } from '../protocol/schemas.ts';
import { numbers, text, wording } from '../ui/i18n.ts';
import { LEVEL_LOOKS } from '../ui/levels.ts';
import type { PopupActions } from './actions.ts';
import { Limits } from './limits.tsx';

interface RowDetailsProps {
  id: string;
  row: PageRow;
  state: Scored | Abstained;
  models: readonly ModelFacts[];
  actions: PopupActions;
}

const Fact = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <>
    <dt class="soft">{name}</dt>
    <dd>{children}</dd>
  </>
);

/** The level's explanation and the facts, as a list of terms. */
export function RowDetails({ id, row, state, models, actions }: RowDetailsProps) {
  const { facts } = state;
  const size = `${facts.format.toUpperCase()} · ${facts.widthPx} × ${facts.heightPx} · ${numbers().bytes(facts.sizeBytes)}`;
  return (
    <div class="details small" id={id}>
      {state.state === 'scored' && <p>{text(LEVEL_LOOKS[state.level].explanationKey)}</p>}
      {state.state === 'scored' && <OutsideRemark scored={state} />}
      <dl>
        {state.state === 'scored' && (
          <ScoreFacts scored={state} models={models} onLookAgain={() => actions.screenRow(row)} />
        )}
        <Fact name={text('popup_details_size')}>{size}</Fact>
        <Fact name={text('popup_details_source')}>
          {row.image.url === null ? text('popup_details_in_page') : <bdi>{row.image.url}</bdi>}
        </Fact>
        <Fact name={text('popup_details_hash')}>
          <span class="hash">{state.sha256}</span>
        </Fact>
      </dl>
      {state.state === 'scored' && <SpeakerLimits role={state.role} models={models} />}
    </div>
  );
}

/** What the model that speaks here does not know. */
function SpeakerLimits({ role, models }: { role: ModelRole; models: readonly ModelFacts[] }) {
  const speaker = models.find((model) => model.role === role);
  if (speaker === undefined) return null;
  return (
    <details class="speaker">
      <summary>{text('model_limits')}</summary>
      <Limits limits={speaker.limits} />
    </details>
  );
}

function OutsideRemark({ scored }: { scored: Scored }) {
  const sentence = outsideSentence(wording(), scored.outside);
  return sentence === null ? null : <p class="outside">{sentence}</p>;
}

interface ScoreFactsProps {
  scored: Scored;
  models: readonly ModelFacts[];
  onLookAgain: () => void;
}

function ScoreFacts({ scored, models, onLookAgain }: ScoreFactsProps) {
  const { percent, count, milliseconds } = numbers();
  const computed = [
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
          <button type="button" class="link" onClick={onLookAgain}>
            {text('popup_look_whole')}
          </button>
        </Fact>
      )}
      <Fact name={text('popup_details_model')}>
        {modelName(scored.model)}
        {mayAskStrong(scored, models) && (
          <>
            {' '}
            <button type="button" class="link" onClick={onLookAgain}>
              {text('popup_ask_strong')}
            </button>
          </>
        )}
      </Fact>
      <Fact name={text('popup_details_computed')}>{computed.join(' · ')}</Fact>
    </>
  );
}

/** Whether the strong model would say something about a picture that the fast one has spoken of. */
function mayAskStrong(scored: Scored, models: readonly ModelFacts[]): boolean {
  const strong = models.find(({ role }) => role === 'strong');
  if (isProvisional(scored) || strong === undefined || strong.fault !== null) return false;
  const { minSidePx } = strong;
  return wantsStrong(scored, 'awaited', { limits: { minSidePx } }, 'wasm');
}
