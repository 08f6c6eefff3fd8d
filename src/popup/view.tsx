/** The popup as a whole: header, two sections, and one line for what just happened. */
import type { Signal } from '@preact/signals';
import { text } from '../ui/i18n.ts';
import { About } from './about.tsx';
import type { PopupActions } from './actions.ts';
import { Header } from './header.tsx';
import { PageSection } from './page-section.tsx';
import type { Notice, PopupState, Section } from './state.ts';

export interface PopupProps {
  state: PopupState;
  actions: PopupActions;
}

const SECTIONS = [
  { id: 'page', name: 'popup_tab_page' },
  { id: 'about', name: 'popup_tab_about' },
] as const;

/** The popup for the current value of `state`. */
export function Popup({ state, actions }: { state: Signal<PopupState>; actions: PopupActions }) {
  const { section, notice } = state.value;
  return (
    <main class="popup">
      <Header state={state.value} actions={actions} />
      <Tabs chosen={section} actions={actions} />
      <div role="tabpanel" id={`panel-${section}`} aria-labelledby={`tab-${section}`}>
        {section === 'page' ? (
          <PageSection state={state.value} actions={actions} />
        ) : (
          <About state={state.value} actions={actions} />
        )}
      </div>
      <div class="notice" role="status" data-empty={notice === null}>
        {notice !== null && <NoticeLine notice={notice} actions={actions} />}
      </div>
    </main>
  );
}

function NoticeLine({ notice, actions }: { notice: Notice; actions: PopupActions }) {
  const { sentence, again } = notice;
  return (
    <>
      <span>{sentence}</span>
      {again !== null && (
        <button type="button" class="link" onClick={() => actions.lookAgain(again)}>
          {text('popup_look_again')}
        </button>
      )}
      <button type="button" class="link" onClick={() => actions.dismissNotice()}>
        {text('popup_dismiss')}
      </button>
    </>
  );
}

/** Tabs with the keys that screen-reader users expect: one tab stop, arrows move between them. */
function Tabs({ chosen, actions }: { chosen: Section; actions: PopupActions }) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    const other = chosen === 'page' ? 'about' : 'page';
    actions.chooseSection(other);
    document.getElementById(`tab-${other}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={text('popup_sections')} onKeyDown={onKeyDown}>
      {SECTIONS.map(({ id, name }) => (
        <button
          key={id}
          type="button"
          role="tab"
          id={`tab-${id}`}
          aria-selected={id === chosen}
          aria-controls={`panel-${id}`}
          tabIndex={id === chosen ? 0 : -1}
          onClick={() => actions.chooseSection(id)}
        >
          {text(name)}
        </button>
      ))}
    </div>
  );
}
