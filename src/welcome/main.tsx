/** The page that opens once, after installation. */
import { signal } from '@preact/signals';
import { render } from 'preact';
import { browser } from '../platform/browser.ts';
import { ALL_SITES, askAccess } from '../ui/ask-access.ts';
import { nameDocument, text } from '../ui/i18n.ts';
import { type Answer, Welcome } from './view.tsx';
import './welcome.css';

const answer = signal<Answer>('open');

async function followAccess(): Promise<void> {
  const allowed = await browser.permissions.contains({ origins: [ALL_SITES] });
  if (allowed) answer.value = 'allowed';
  else if (answer.value === 'allowed') answer.value = 'open';
}

/** The browser asks in answer to the click itself, so nothing may be awaited before. */
async function allow(): Promise<void> {
  answer.value = (await askAccess(ALL_SITES)) ? 'allowed' : 'denied';
}

nameDocument(text('extensionName'));
browser.permissions.onAdded.addListener(() => void followAccess());
browser.permissions.onRemoved.addListener(() => void followAccess());
await followAccess();
const root = document.getElementById('root');
if (root) {
  const decline = () => {
    answer.value = 'declined';
  };
  render(<Welcome answer={answer} onAllow={() => void allow()} onDecline={decline} />, root);
}
