/** Fetching patch maps and showing them. */
import { text } from '../ui/i18n.ts';
import type { Background } from './background.ts';
import type { ImageRecord } from './collect/registry.ts';
import type { Overlay } from './overlay/overlay.ts';

export interface HeatmapHooks {
  overlay: Overlay;
  background: Background;
}

/** Shows or hides the record's heatmap; without a score there is nothing to show. Says so in an open badge when the map is gone. */
export async function toggleHeatmap(record: ImageRecord, shown: boolean, hooks: HeatmapHooks): Promise<void> {
  const { overlay, background } = hooks;
  if (!shown) {
    overlay.hideHeatmap(record);
    return;
  }
  const { state, generation } = record;
  if (state?.state !== 'scored' || overlay.heatmapShown(record)) return;
  const reply = await background('image.map', { sha256: state.sha256 }).catch(() => null);
  if (record.generation !== generation) return;
  if (reply?.map) overlay.showHeatmap(record, reply.map);
  else overlay.setTrouble(record, text(reply ? 'overlay_no_map' : 'overlay_no_answer'));
}
