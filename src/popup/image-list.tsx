/** The page's images, most suspicious first. */
import type { PageView } from '../protocol/schemas.ts';
import { plural, text } from '../ui/i18n.ts';
import { ImageRow } from './image-row.tsx';
import { drawnRows, ROWS_PER_STEP, rowKey } from './state.ts';
import type { PopupProps } from './view.tsx';

/** Moves the focus to the next (1) or previous (-1) row's main button. */
function moveFocus(list: HTMLElement, step: 1 | -1): void {
  const buttons = [...list.querySelectorAll<HTMLElement>('.row-main')];
  const row = document.activeElement?.closest('.row');
  const at = buttons.findIndex((button) => button.closest('.row') === row);
  buttons[at + step]?.focus();
}

/** The list with its heading; rows keep their places while somebody points at or tabs through them. */
export function ImageList({ state, view, actions }: PopupProps & { view: PageView }) {
  const hidden = state.order.length - state.drawn;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    moveFocus(event.currentTarget as HTMLElement, event.key === 'ArrowDown' ? 1 : -1);
  };
  return (
    <section>
      <div class="list-head">
        <h2>{plural('popup_images', view.rows.length)}</h2>
        <span class="save small">
          {text('popup_save_report')}
          {(['html', 'json'] as const).map((format) => (
            <button
              key={format}
              type="button"
              class="link"
              aria-label={text(`popup_report_${format}_name`)}
              onClick={() => actions.saveReport(view, format)}
            >
              {text(`popup_report_${format}`)}
            </button>
          ))}
        </span>
      </div>
      <ul
        class="rows"
        aria-label={text('popup_list_name')}
        onKeyDown={onKeyDown}
        onFocusCapture={() => actions.holdList(true)}
        onBlurCapture={({ currentTarget, relatedTarget }) =>
          actions.holdList(currentTarget.matches(':hover') || currentTarget.contains(relatedTarget as Node))
        }
        onPointerEnter={() => actions.holdList(true)}
        onPointerLeave={({ currentTarget }) =>
          actions.holdList(currentTarget.contains(document.activeElement))
        }
      >
        {drawnRows(state).map((row) => (
          <ImageRow
            key={rowKey(row)}
            row={row}
            pageUrl={view.url}
            models={view.engine.models}
            actions={actions}
          />
        ))}
      </ul>
      {hidden > 0 && (
        <button type="button" class="button more" onClick={() => actions.extendList()}>
          {plural('popup_show_more', Math.min(hidden, ROWS_PER_STEP))}
        </button>
      )}
    </section>
  );
}
