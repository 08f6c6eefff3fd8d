/** The popup: asks the background for the page's view, draws it, and asks again whenever it has changed. */
import { signal } from '@preact/signals';
import { render } from 'preact';
import { listen, toBackground } from '../platform/transports.ts';
import { door, sender } from '../protocol/channel.ts';
import { backgroundToPage, pageToBackground } from '../protocol/messages.ts';
import { nameDocument, text } from '../ui/i18n.ts';
import { PopupActions } from './actions.ts';
import { coalesce } from './coalesce.ts';
import './popup.css';
import { initialState, type PopupEvent, reduce } from './state.ts';
import { chosenTab } from './tab.ts';
import { Thumbnails } from './thumbnails.ts';
import { Popup } from './view.tsx';

const send = sender(pageToBackground, 'background', toBackground());
const state = signal(initialState);
const dispatch = (event: PopupEvent) => {
  state.value = reduce(state.value, event);
};

const root = document.getElementById('root') as HTMLElement;

/** Starts the popup for `tabId`; `view.changed` of other tabs is not its concern. */
function start(tabId: number): void {
  // A background that is just being stopped loses the message (Firefox); the second one starts it afresh.
  let opened = true;
  const thumbnails = new Thumbnails();
  const ask = () => send('page.view', { tabId, opened, pictured: thumbnails.hashes() });
  const refresh = coalesce(async () => {
    try {
      dispatch({ type: 'view.arrived', view: thumbnails.complete(await ask().catch(ask)) });
      opened = false;
    } catch {
      dispatch({ type: 'view.missed' });
    }
  });
  listen(
    door('page', backgroundToPage, {
      'view.changed': (change) => {
        if (change.tabId === null || change.tabId === tabId) refresh();
        return {};
      },
    }),
  );
  const actions = new PopupActions({ tabId, send, dispatch, refresh });
  render(<Popup state={state} actions={actions} />, root);
  refresh();
}

nameDocument(text('extensionName'));
const tabId = await chosenTab(location.search);
if (tabId !== null) start(tabId);
else root.textContent = text('popup_closed_text');
