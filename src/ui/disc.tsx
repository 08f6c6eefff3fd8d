/** The small disc that stands before every state: its silhouette says as much as its colour. */
import type { ImageState, Level } from '../core/verdict.ts';
import { LEVEL_LOOKS } from './levels.ts';

/** The disc of a level. Decorative: the word beside it says the same. */
export function LevelDisc({ level }: { level: Level }) {
  const look = LEVEL_LOOKS[level];
  return (
    <span class="disc" style={{ '--disc': `var(${look.colorToken})` }} aria-hidden="true">
      {look.glyph}
    </span>
  );
}

const HOLLOW_GLYPHS: Record<Exclude<ImageState['state'], 'scored'>, string> = {
  abstained: '–',
  failed: '!',
  running: '·',
  queued: '·',
};

/** The disc of any state; `null` is an image that nobody asked about. Without a score it is hollow. */
export function StateDisc({ state }: { state: ImageState | null }) {
  if (state?.state === 'scored') return <LevelDisc level={state.level} />;
  return (
    <span class={`disc hollow${state?.state === 'running' ? ' busy' : ''}`} aria-hidden="true">
      {state ? HOLLOW_GLYPHS[state.state] : ''}
    </span>
  );
}
