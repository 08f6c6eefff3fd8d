/** The section about Telltale itself: what the words mean, which model answers, what is kept here. */
import { LEVELS } from '../core/verdict.ts';
import type { EngineInfo } from '../protocol/schemas.ts';
import { LevelDisc } from '../ui/disc.tsx';
import { numbers, plural, text } from '../ui/i18n.ts';
import { LEVEL_LOOKS } from '../ui/levels.ts';
import type { PopupActions } from './actions.ts';
import { engineNoteText } from './engine-note.ts';
import type { CacheSize } from './state.ts';
import type { PopupProps } from './view.tsx';

/** Levels, model and data, in this order. */
export function About({ state, actions }: PopupProps) {
  return (
    <div class="about">
      <section>
        <h2>{text('popup_levels')}</h2>
        <LevelList />
      </section>
      {state.view && <Model engine={state.view.engine} />}
      <Data cache={state.cache} actions={actions} />
    </div>
  );
}

/** The four levels, each with its line. */
const LevelList = () => (
  <ul class="explained">
    {LEVELS.map((level) => (
      <li key={level}>
        <LevelDisc level={level} />
        <div>
          <b>{text(LEVEL_LOOKS[level].wordKey)}</b>
          <p class="small soft">{text(LEVEL_LOOKS[level].explanationKey)}</p>
        </div>
      </li>
    ))}
  </ul>
);

function Model({ engine }: { engine: EngineInfo }) {
  const { model, backend, note, workers } = engine;
  const runs = backend
    ? `${text(`backend_${backend}`)} · ${plural('popup_workers', workers)}`
    : text('popup_backend_none');
  return (
    <section>
      <h2>{text('popup_model')}</h2>
      {model.starter && <p class="small starter">{text('starter_notice')}</p>}
      <dl class="facts small">
        <dt class="soft">{text('popup_model_name')}</dt>
        <dd>{model.name}</dd>
        <dt class="soft">{text('popup_backend')}</dt>
        <dd>
          {runs}
          {note !== null && <p class="soft">{engineNoteText(note)}</p>}
        </dd>
      </dl>
      <h3>{text('popup_limits')}</h3>
      {model.limits.length === 0 ? (
        <p class="small soft">{text('popup_limits_none')}</p>
      ) : (
        <ul class="limits small">
          {model.limits.map((limit) => (
            <li key={limit}>{limit}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Data({ cache, actions }: { cache: CacheSize | null; actions: PopupActions }) {
  const kept = cache
    ? plural('popup_cache', cache.verdicts, numbers().bytes(cache.bytes))
    : text('popup_cache_unknown');
  return (
    <section>
      <h2>{text('popup_data')}</h2>
      <p class="data-line">
        <span>{kept}</span>
        <button
          type="button"
          class="button slim"
          aria-label={text('popup_wipe_name')}
          onClick={() => actions.wipeCache()}
        >
          {text('popup_wipe')}
        </button>
      </p>
      <p class="data-line">
        <span>{text('popup_marks')}</span>
        <button
          type="button"
          class="button slim"
          aria-label={text('popup_marks_export_name')}
          onClick={() => actions.exportMarks()}
        >
          {text('popup_marks_export')}
        </button>
      </p>
      <p class="small soft">{text('popup_privacy')}</p>
    </section>
  );
}
