/**
 * Which of the two models speaks about a picture. `fast` looks at every one; `strong` has the last word where it has
 * looked. All rules are here, as data and as four questions about it; engine, cache and pages ask these.
 */
import type { Effort } from '../model/tiles.ts';
import { type Abstained, type ImageState, type Level, type Scored, settled } from '../verdict.ts';
import { isTooSmall, type Looker } from './screen.ts';

/** Why a picture is looked at: a person waits for this very one, or it is one of many. */
export type Occasion = 'awaited' | 'scan';

/**
 * When `strong` looks, too: a decision, not a measurement. It may cost nine times the work of `fast` (12 GMAC a tile of
 * 512 px against 1.3, the budgets in `models/README.md`). A person who points at a picture gets the better answer and sees
 * the first one meanwhile; a page of hundreds of pictures on WebAssembly gets it where it may change the word; on WebGPU,
 * where a scan has the device to itself, every picture gets it.
 */
export const SECOND_OPINION: Record<Occasion, Record<'webgpu' | 'wasm', 'always' | 'unsure'>> = {
  awaited: { webgpu: 'always', wasm: 'always' },
  scan: { webgpu: 'always', wasm: 'unsure' },
};

/**
 * Where `fast` is unsure: its band holds the threshold of strong signs (`some`, and `unsure` by a wide band), or its score
 * lies between "no signs" and that threshold (`unsure`). The other two levels have the whole band on one side.
 */
export const IS_UNSURE: Record<Level, boolean> = { strong: false, some: true, unsure: true, none: false };

/** Whether `strong` (null: it cannot be asked) looks at a picture that was scored like this, on that backend. */
export function wantsStrong(
  scored: Scored,
  occasion: Occasion,
  strong: Looker | null,
  backend: 'webgpu' | 'wasm',
): boolean {
  if (scored.role === 'strong' || strong === null || isTooSmall(scored.facts, strong)) return false;
  return SECOND_OPINION[occasion][backend] === 'always' || IS_UNSURE[scored.level];
}

/**
 * Whether a kept verdict answers a request as it is. One that sampled a big picture does not answer a full look; one by
 * `fast` answers nobody who waits for `strong`. In a scan it answers where it is sure, on any backend.
 */
export function answers(
  known: Scored | Abstained,
  { occasion, effort }: { occasion: Occasion; effort: Effort },
  strong: Looker | null,
): boolean {
  if (known.state === 'abstained') return true;
  if (effort === 'full' && known.coverage < 1) return known.role === 'strong' && strong === null;
  return !wantsStrong(known, occasion, strong, 'wasm');
}

/** Whether `a` says more about the same bytes than `b`: `strong` more than `fast`, then a larger part of the picture. */
export function isBetter(a: Scored | Abstained, b: Scored | Abstained): boolean {
  if (a.state === 'abstained' || b.state === 'abstained') return false;
  return a.role === b.role ? a.coverage > b.coverage : a.role === 'strong';
}

/**
 * What a place shows that shows `shown` and hears `heard`: news, unless it is a late or lesser word on the same bytes,
 * which at most says that nothing more is to come.
 */
export function nextShown(shown: ImageState | null, heard: ImageState): ImageState {
  if (shown?.state !== 'scored' || heard.state !== 'scored' || shown.sha256 !== heard.sha256) return heard;
  const isOpen = heard.provisional === true;
  if (isBetter(shown, heard)) return isOpen ? shown : settled(shown);
  const isLate = isOpen && shown.provisional !== true && !isBetter(heard, shown);
  return isLate ? shown : heard;
}
