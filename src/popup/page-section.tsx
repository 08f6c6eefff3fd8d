/** The section about the page: scan, summary, list; or why there is none of it. */
import type { EngineInfo } from '../protocol/schemas.ts';
import { EmptyFace } from './empty-face.tsx';
import { strongNoteText } from './engine-note.ts';
import { ImageList } from './image-list.tsx';
import { ScanControl } from './scan-control.tsx';
import { situationOf } from './situation.ts';
import { Summary } from './summary.tsx';
import type { PopupProps } from './view.tsx';

/** What the popup says about the page in its present situation. */
export function PageSection({ state, actions }: PopupProps) {
  const situation = situationOf(state);
  const reachable = state.view?.reachable === true;
  return (
    <div class="page" aria-busy={situation === 'loading' || situation === 'collecting'}>
      {reachable && <ScanControl state={state} actions={actions} />}
      {state.view && situation === 'list' ? (
        <>
          <Summary view={state.view} actions={actions} />
          <ImageList state={state} view={state.view} actions={actions} />
        </>
      ) : (
        <EmptyFace situation={situation} state={state} actions={actions} />
      )}
      {state.view && reachable && <StrongNote engine={state.view.engine} />}
    </div>
  );
}

/** Scores of the fast model alone are another product than what the words promise: said where the scores are. */
function StrongNote({ engine }: { engine: EngineInfo }) {
  const note = strongNoteText(engine);
  return note === null ? null : <p class="strong-note small soft">{note}</p>;
}
