/** What brings the background back, and keeps it, while and only while there is work. */
import { browser } from '../platform/browser.ts';

const ALARM = 'unfinished-work';
const ALARM_MINUTES = 1;
/**
 * Firefox unloads an event page 30 s after the last event even when one of its workers computes and a reply is
 * pending; a call of an extension API starts its clock again (measured, Firefox 153).
 */
const KEEP_ALIVE_MS = 15_000;

export class Wake {
  private wanted: boolean | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;

  /** Sets or clears the alarm, and in Firefox the keep-alive. Cheap when nothing changes. */
  set(wanted: boolean): void {
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    if (wanted) browser.alarms.create(ALARM, { periodInMinutes: ALARM_MINUTES });
    else void browser.alarms.clear(ALARM);
    if (__BROWSER__ === 'firefox') this.keepAlive(wanted);
  }

  /** Registers the alarm's listener; call it while the script first runs. */
  onAlarm(callback: () => void): void {
    browser.alarms.onAlarm.addListener(({ name }) => {
      if (name === ALARM) callback();
    });
  }

  private keepAlive(wanted: boolean): void {
    clearInterval(this.timer);
    if (wanted) this.timer = setInterval(() => void browser.runtime.getPlatformInfo(), KEEP_ALIVE_MS);
  }
}
