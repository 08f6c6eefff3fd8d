/** What the model that speaks does not know, folded away until somebody asks. */
import type { ModelRole } from '../../core/verdict.ts';
import { text } from '../../ui/i18n.ts';
import { make, onTrusted } from './make.ts';

/** Resolves with a model's limits, one sentence each; rejects when nobody answers. */
export type LoadLimits = (role: ModelRole) => Promise<readonly string[]>;

/** Height of the unfolded list at most; longer ones scroll. The style sheet has the same number. */
const LIST_PX = 120;

export class Limits {
  readonly element = make('details', 'limits', { hidden: '' });
  readonly #list = make('ul', '');
  readonly #load: LoadLimits;
  #role: ModelRole | null = null;
  /** Of whom the list speaks. */
  #listed: ModelRole | null = null;

  constructor(load: LoadLimits) {
    this.#load = load;
    this.element.append(make('summary', '', {}, [text('model_limits')]), this.#list);
    onTrusted(this.element, 'toggle', () => void this.#fill());
  }

  /** Who speaks; null: nobody, and there is nothing to ask. */
  show(role: ModelRole | null): void {
    this.#role = role;
    this.element.hidden = role === null;
    void this.#fill();
  }

  /** By how much unfolding may still make the badge higher. */
  get growthPx(): number {
    return this.element.hidden ? 0 : LIST_PX - this.#list.offsetHeight;
  }

  async #fill(): Promise<void> {
    const role = this.#role;
    if (!this.element.open || role === null || role === this.#listed) return;
    this.#listed = role;
    const sentences = await this.#load(role).catch(() => null);
    if (this.#listed !== role) return;
    if (sentences === null) this.#listed = null;
    this.#list.replaceChildren(...linesOf(sentences).map((line) => make('li', '', {}, [line])));
  }
}

function linesOf(sentences: readonly string[] | null): readonly string[] {
  if (sentences === null) return [text('overlay_no_answer')];
  return sentences.length > 0 ? sentences : [text('model_limits_none')];
}
