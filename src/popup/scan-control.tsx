/** Starting, watching and cancelling the scan of the page. */
import type { PageView, ScanProgress } from '../protocol/schemas.ts';
import { numbers, plural, text } from '../ui/i18n.ts';
import type { PopupActions } from './actions.ts';
import type { PopupProps } from './view.tsx';

/** The button, or the running scan's progress with "Cancel". */
export function ScanControl({ state, actions }: PopupProps) {
  const { view, scanAsked } = state;
  if (!view) return null;
  const scan = view.scan;
  if (scanAsked || scan?.state === 'running') {
    return <RunningScan scan={scanAsked ? null : scan} view={view} actions={actions} />;
  }
  return (
    <div class="scan">
      <button type="button" class="button primary" onClick={() => actions.startScan()}>
        {text(scan ? 'popup_scan_again' : 'popup_scan')}
      </button>
      <p class="small soft" role="status">
        {scan && endText(scan)}
      </p>
    </div>
  );
}

const endText = ({ state, done, total }: ScanProgress): string =>
  state === 'cancelled'
    ? text('popup_scan_cancelled', numbers().count(done), numbers().count(total))
    : plural('popup_scan_finished', total);

interface RunningScanProps {
  /** Null between the press of the button and the first view that knows the scan. */
  scan: ScanProgress | null;
  view: PageView;
  actions: PopupActions;
}

function RunningScan({ scan, view, actions }: RunningScanProps) {
  return (
    <div class="scan running">
      <div class="scan-text">
        <span>{progressText(scan, view)}</span>
        {scan?.etaMs != null && scan.done > 0 && (
          <span class="soft">{text('popup_scan_left', numbers().duration(scan.etaMs))}</span>
        )}
      </div>
      <button type="button" class="button" onClick={() => actions.cancelScan()}>
        {text('popup_cancel')}
      </button>
      <progress
        aria-label={text('popup_scan_name')}
        max={Math.max(1, scan?.total ?? 1)}
        value={scan?.done ?? 0}
      />
    </div>
  );
}

function progressText(scan: ScanProgress | null, { engine }: PageView): string {
  if (!scan || scan.total === 0) return text('popup_scan_collecting');
  if (scan.done === 0 && engine.backend === null) return text('popup_engine_starting');
  return text('popup_scan_progress', numbers().count(scan.done), numbers().count(scan.total));
}
