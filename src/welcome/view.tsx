/** The first-run page: what Telltale is, the one question, what a score means, what stays private. */
import type { Signal } from '@preact/signals';
import type { Level } from '../core/verdict.ts';
import { Band } from '../ui/band.tsx';
import { LevelDisc } from '../ui/disc.tsx';
import { text } from '../ui/i18n.ts';
import iconUrl from '../ui/icon.svg';
import { LEVEL_LOOKS } from '../ui/levels.ts';

/** What has become of the question: access to all sites, or page by page. */
export type Answer = 'open' | 'allowed' | 'denied' | 'declined';

interface WelcomeProps {
  answer: Signal<Answer>;
  onAllow: () => void;
  onDecline: () => void;
}

/** Scores that a reader may meet, one for each level. */
const EXAMPLES: readonly { level: Level; probability: number; band: [number, number] }[] = [
  { level: 'strong', probability: 0.93, band: [0.86, 0.97] },
  { level: 'some', probability: 0.78, band: [0.58, 0.9] },
  { level: 'unsure', probability: 0.48, band: [0.28, 0.69] },
  { level: 'none', probability: 0.09, band: [0.03, 0.2] },
];

/** The whole page. */
export function Welcome({ answer, onAllow, onDecline }: WelcomeProps) {
  return (
    <main class="welcome">
      <header>
        <p class="brand">
          <img src={iconUrl} alt="" width="32" height="32" />
          {text('extensionName')}
        </p>
        <h1>{text('welcome_heading')}</h1>
        <p class="lead">{text('welcome_sentence')}</p>
      </header>
      <Question answer={answer.value} onAllow={onAllow} onDecline={onDecline} />
      <section>
        <h2>{text('welcome_levels_title')}</h2>
        <p class="soft">{text('welcome_levels_text')}</p>
        <ul class="levels">
          {EXAMPLES.map((example) => (
            <li key={example.level}>
              <p class="level-name">
                <LevelDisc level={example.level} />
                <b>{text(LEVEL_LOOKS[example.level].wordKey)}</b>
              </p>
              <Band {...example} />
              <p class="soft">{text(LEVEL_LOOKS[example.level].explanationKey)}</p>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h2>{text('welcome_privacy_title')}</h2>
        <p>{text('welcome_privacy_compute')}</p>
        <p>{text('welcome_privacy_network')}</p>
      </section>
    </main>
  );
}

interface QuestionProps {
  answer: Answer;
  onAllow: () => void;
  onDecline: () => void;
}

function Question({ answer, onAllow, onDecline }: QuestionProps) {
  return (
    <section class="question" data-answer={answer}>
      <h2>{text(answer === 'allowed' ? 'welcome_access_title_allowed' : 'welcome_access_title')}</h2>
      <ul class="needs">
        <li>{text('welcome_need_hover')}</li>
        <li>{text('welcome_need_cross_origin')}</li>
        <li>{text('welcome_need_use')}</li>
      </ul>
      {answer !== 'allowed' && (
        <p class="buttons">
          <button type="button" class="button primary" onClick={onAllow}>
            {text('welcome_allow')}
          </button>
          <button type="button" class="button" onClick={onDecline}>
            {text('welcome_not_now')}
          </button>
        </p>
      )}
      <div role="status">
        <Outcome answer={answer} />
      </div>
    </section>
  );
}

function Outcome({ answer }: { answer: Answer }) {
  if (answer === 'open') return <p class="soft">{text('welcome_page_text')}</p>;
  if (answer === 'allowed') {
    return (
      <p>
        <b>{text('welcome_allowed')}</b> {text('welcome_allowed_text')}
      </p>
    );
  }
  return (
    <p>
      <b>{text(answer === 'denied' ? 'welcome_denied' : 'welcome_declined')}</b> {text('welcome_page_text')}
    </p>
  );
}
