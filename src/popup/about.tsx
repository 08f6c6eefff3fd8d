/** The section about Telltale itself: what the words mean, which models answer, what is kept here. */
import { LEVELS } from '../core/verdict.ts';
import type { EngineInfo, ModelFacts } from '../protocol/schemas.ts';
import { LevelDisc } from '../ui/disc.tsx';
import { numbers, plural, text } from '../ui/i18n.ts';
import { LEVEL_LOOKS } from '../ui/levels.ts';
import type { PopupActions } from './actions.ts';
import { engineNoteText, strongNoteText } from './engine-note.ts';
import { Limits } from './limits.tsx';
import type { CacheSize } from './state.ts';
import type { PopupProps } from './view.tsx';

/** Levels, models and data, in this order. */
export function About({ state, actions }: PopupProps) {
  return (
    <div class="about">
      <section>
        <h2>{text('popup_levels')}</h2>
        <LevelList />
      </section>
      {state.view && <Models engine={state.view.engine} />}
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

function Models({ engine }: { engine: EngineInfo }) {
  const { models, backend, note, workers } = engine;
  const runs = backend
    ? `${text(`backend_${backend}`)} · ${plural('popup_workers', workers)}`
    : text('popup_backend_none');
  const strongNote = strongNoteText(engine);
  return (
    <section>
      <h2>{text('popup_models')}</h2>
      <dl class="facts small">
        <dt class="soft">{text('popup_backend')}</dt>
        <dd>
          {runs}
          {note !== null && <p class="soft">{engineNoteText(note)}</p>}
          {strongNote !== null && <p class="soft">{strongNote}</p>}
        </dd>
      </dl>
      {models.map((model) => (
        <Model key={model.role} model={model} />
      ))}
    </section>
  );
}

/** What a model is for, and what it does not know. */
const Model = ({ model: { role, name, version, limits } }: { model: ModelFacts }) => (
  <div class="model" data-role={role}>
    <h3>
      {name} {version}
    </h3>
    <p class="small">{text(`popup_model_${role}`)}</p>
    <h4 class="small">{text('model_limits')}</h4>
    <Limits limits={limits} />
  </div>
);

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
