/** The badge of one picture: glyph, word, score with band; opened, a sentence on what that means. */
import {
  bandText,
  modelName,
  outsideSentence,
  probabilityText,
  scoreText,
  stateWords,
} from '../../core/report/wording.ts';
import { type ImageState, isProvisional, type Scored } from '../../core/verdict.ts';
import { text, wording } from '../../ui/i18n.ts';
import { LEVEL_LOOKS } from '../../ui/levels.ts';
import type { Box, Size } from '../geometry/box.ts';
import { Limits, type LoadLimits } from './limits.ts';
import { iconButton, make, moveTo, onTrusted, setStyle } from './make.ts';
import { badgeCorner, opening } from './place.ts';

/** Both borders of the panel around its row. */
const BORDERS_PX = 2;

const HOLLOW_GLYPHS: Record<Exclude<ImageState['state'], 'scored'>, string> = {
  abstained: '–',
  failed: '!',
  queued: '',
  running: '',
};

export interface BadgeView {
  state: ImageState | null;
  /** Stays until closed, and shows its sentence. */
  pinned: boolean;
  heatmapShown: boolean;
  /** A sentence that stands in for the state's own, such as that nobody answered. */
  trouble: string | null;
}

export interface BadgeActions {
  pin(): void;
  toggleHeatmap(): void;
  close(): void;
  /** Somebody wants to know what a model does not know. */
  loadLimits: LoadLimits;
}

/** Which model speaks, by id and version, and whether the other one is still to come. */
const speakerText = (scored: Scored): string => {
  const isFirst = scored.role === 'fast' && isProvisional(scored);
  return text(isFirst ? 'overlay_provisional' : `overlay_by_${scored.role}`, modelName(scored.model));
};

export class Badge {
  readonly element: HTMLElement;
  readonly #row: HTMLElement;
  readonly #disc = make('span', 'disc', { 'aria-hidden': 'true' });
  readonly #word = make('span', 'word');
  readonly #score = make('span', 'score');
  readonly #main: HTMLButtonElement;
  readonly #heatmap: HTMLButtonElement;
  readonly #close: HTMLButtonElement;
  readonly #sentences = make('div', 'sentences');
  readonly #limits: Limits;
  readonly #details: HTMLElement;
  readonly #status = make('div', 'visually-hidden', { role: 'status', 'aria-live': 'polite' });
  #view: BadgeView = { state: null, pinned: false, heatmapShown: false, trouble: null };
  /** The pointer is on the badge, or a click or key has just pinned it. */
  #attended = false;

  constructor(actions: BadgeActions) {
    this.#main = make('button', 'main', { type: 'button', 'aria-controls': 'details' }, [
      this.#disc,
      this.#word,
      this.#score,
    ]);
    onTrusted(this.#main, 'click', () => {
      this.#attended = true;
      actions.pin();
    });
    this.#heatmap = iconButton('heatmap', text('overlay_heatmap'), () => actions.toggleHeatmap());
    this.#close = iconButton('close', text('overlay_close'), () => actions.close());
    this.#limits = new Limits(actions.loadLimits);
    this.#details = make('div', 'details', { id: 'details' }, [this.#sentences, this.#limits.element]);
    this.#row = make('div', 'row', {}, [this.#main, this.#heatmap]);
    this.element = make(
      'section',
      'panel badge',
      { role: 'group', 'aria-label': text('overlay_badge'), tabindex: '-1' },
      [this.#row, this.#close, this.#details, this.#status],
    );
    // Pointing at the badge opens it as long as the pointer stays, so its sentence is one movement away.
    onTrusted(this.element, 'pointerenter', () => this.#attend(true));
    onTrusted(this.element, 'pointerleave', () => this.#attend(false));
    this.#render();
  }

  show(view: BadgeView): void {
    // The pointer that has just asked for the heatmap wants to see it, not the sentence over it.
    if (view.heatmapShown && !this.#view.heatmapShown) this.#attended = false;
    this.#view = view;
    this.#render();
  }

  /** Puts the badge where `seen`, the visible part of its picture, wants it; null hides it. */
  follow(seen: Box | null, viewport: Size, rtl: boolean): void {
    this.element.hidden = seen === null;
    if (!seen) return;
    const row = { width: this.#row.offsetWidth + BORDERS_PX, height: this.#row.offsetHeight + BORDERS_PX };
    const details = { width: this.#details.offsetWidth, height: this.#details.offsetHeight };
    const corner = badgeCorner({ seen, viewport, panel: row, rtl });
    // With room for the limits from the start, or unfolding them could turn the badge away from under the pointer.
    const whole = { ...details, height: details.height + this.#limits.growthPx };
    const { maxWidthPx, upward } = opening(corner, { row, details: whole, viewport, rtl });
    setStyle(this.element, 'max-width', `${maxWidthPx}px`);
    this.element.classList.toggle('upward', upward);
    const x = rtl ? corner.x + row.width - this.element.offsetWidth : corner.x;
    moveTo(this.element, x, upward ? corner.y - details.height : corner.y);
  }

  focus(): void {
    this.#main.focus({ preventScroll: true });
  }

  #attend(attended: boolean): void {
    this.#attended = attended;
    this.#render();
  }

  #render(): void {
    const { state, pinned, trouble } = this.#view;
    // Over a heatmap the badge stays folded: opened it would cover what the person looks at. One that is pinned
    // can still be opened by pointing at it anew.
    const open = this.#view.heatmapShown ? pinned && this.#attended : pinned || this.#attended;
    const { word, sentence } = stateWords(wording(), state);
    this.element.classList.toggle('open', open);
    this.element.classList.toggle('pinned', pinned);
    this.#renderDisc(state);
    const short = state?.state === 'scored' ? text(LEVEL_LOOKS[state.level].shortKey) : word;
    this.#word.textContent = trouble === null ? short : text('overlay_trouble');
    this.#renderScore(state);
    const spoken = this.#spoken(trouble ?? word);
    if (this.#status.textContent !== spoken) this.#status.textContent = spoken;
    this.#main.setAttribute('aria-label', spoken);
    this.#main.setAttribute('aria-expanded', String(open));
    this.#heatmap.hidden = state?.state !== 'scored';
    this.#heatmap.setAttribute('aria-pressed', String(this.#view.heatmapShown));
    this.#close.hidden = !pinned;
    this.#renderDetails(open, trouble ?? sentence);
  }

  #renderDisc(state: ImageState | null): void {
    const look = state?.state === 'scored' ? LEVEL_LOOKS[state.level] : null;
    const waiting = !this.#view.trouble && (!state || state.state === 'queued' || state.state === 'running');
    const checking = isProvisional(state) && !this.#view.trouble;
    this.#disc.className = `disc${look ? '' : ' hollow'}${waiting ? ' busy' : ''}${checking ? ' checking' : ''}`;
    this.#disc.style.setProperty('--disc', look ? `var(${look.colorToken})` : 'transparent');
    const hollow = state && state.state !== 'scored' ? HOLLOW_GLYPHS[state.state] : '';
    this.#disc.textContent = this.#view.trouble ? '!' : (look?.glyph ?? hollow);
  }

  #renderScore(state: ImageState | null): void {
    this.#score.hidden = state?.state !== 'scored';
    if (state?.state !== 'scored') return;
    const range = make('span', 'range', {}, [`(${bandText(wording(), state.band)})`]);
    this.#score.replaceChildren(`${probabilityText(wording(), state.probability)} `, range);
  }

  #spoken(word: string): string {
    const { state } = this.#view;
    return state?.state === 'scored'
      ? `${word}, ${scoreText(wording(), state.probability, state.band)}`
      : word;
  }

  #renderDetails(open: boolean, sentence: string): void {
    const { state } = this.#view;
    const lines: HTMLElement[] = sentence === '' ? [] : [make('p', '', {}, [sentence])];
    if (state?.state === 'failed' && state.detail) lines.push(make('p', 'soft', {}, [state.detail]));
    const outside = state?.state === 'scored' ? outsideSentence(wording(), state.outside) : null;
    if (outside !== null) lines.push(make('p', 'outside', {}, [outside]));
    if (state?.state === 'scored' && state.coverage < 1) {
      const share = wording().numbers.percent(state.coverage);
      lines.push(make('p', 'soft', {}, [text('overlay_coverage', share)]));
    }
    if (state?.state === 'scored') lines.push(make('p', 'soft', {}, [speakerText(state)]));
    this.#sentences.replaceChildren(...lines);
    this.#limits.show(state?.state === 'scored' ? state.role : null);
    this.#details.hidden = !open || lines.length === 0;
  }
}
