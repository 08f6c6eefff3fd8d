/** What stands where the list would be: always what happened and what to do. */
import { text } from '../ui/i18n.ts';
import type { Situation } from './situation.ts';
import type { PopupProps } from './view.tsx';

const WORDS = {
  unanswered: { title: 'popup_trouble_title', text: 'popup_trouble_text' },
  closed: { title: 'popup_closed_title', text: 'popup_closed_text' },
  withheld: { title: 'popup_withheld_title', text: 'popup_withheld_text' },
  unseen: { title: 'popup_unseen_title', text: 'popup_unseen_text' },
  empty: { title: 'popup_empty_title', text: 'popup_empty_text' },
} as const;

/** The face for `situation`; nothing for a list, one quiet line while something is on its way. */
export function EmptyFace({ situation, actions }: PopupProps & { situation: Situation }) {
  if (situation === 'list' || situation === 'collecting') return null;
  if (situation === 'loading') return <p class="face soft">{text('popup_loading')}</p>;
  const words = WORDS[situation];
  return (
    <div class="face" data-situation={situation}>
      <h2>{text(words.title)}</h2>
      <p class="soft">{text(words.text)}</p>
      {situation === 'unanswered' && (
        <button type="button" class="button" onClick={() => actions.refresh()}>
          {text('popup_retry')}
        </button>
      )}
    </div>
  );
}
