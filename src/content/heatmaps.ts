/** Fetching patch maps and showing them. */
import type { HeatmapOutcome } from '../protocol/messages.ts';
import { text } from '../ui/i18n.ts';
import type { Background } from './background.ts';
import type { ImageRecord } from './collect/registry.ts';
import type { Overlay } from './overlay/overlay.ts';

export interface HeatmapHooks {
  overlay: Overlay;
  background: Background;
  /** Nothing is stored any more for the bytes that the record's score is about. */
  lost(record: ImageRecord): void;
}

/**
 * Shows or hides the record's heatmap, and what came of it; without a score there is nothing to show. Says in an
 * open badge, too, when the map is gone.
 */
export async function toggleHeatmap(
  record: ImageRecord,
  shown: boolean,
  hooks: HeatmapHooks,
): Promise<HeatmapOutcome> {
  const { overlay, background } = hooks;
  if (!shown) {
    overlay.hideHeatmap(record);
    return 'done';
  }
  const { state, generation } = record;
  if (state?.state !== 'scored') return 'gone';
  if (overlay.heatmapShown(record) && !overlay.heatmapOutdated(record)) return 'done';
  const reply = await background('image.map', { sha256: state.sha256 }).catch(() => null);
  if (record.generation !== generation) return 'gone';
  if (reply?.map) {
    overlay.showHeatmap(record, reply.map);
    return 'done';
  }
  overlay.setTrouble(record, text(reply ? 'overlay_no_map' : 'overlay_no_answer'));
  if (reply === null) return 'no-answer';
  hooks.lost(record);
  return 'not-stored';
}
