/** What a person has set. One object in `storage.local`, parsed like any other input. */
import * as v from 'valibot';
import { browser } from './browser.ts';

const KEY = 'settings';

const settingsSchema = v.object({
  schema: v.optional(v.literal(1), 1),
  /** Badges on hover, wherever access is granted. */
  hover: v.optional(v.boolean(), true),
  /** Hosts on which a person has switched badges off. */
  hoverOff: v.optional(v.pipe(v.array(v.string()), v.maxLength(10_000)), []),
  /** For tests on tiny pictures: accept a software adapter as WebGPU. No page of ours sets it. */
  allowFallbackAdapter: v.optional(v.boolean(), false),
});
export type Settings = v.InferOutput<typeof settingsSchema>;

const DEFAULTS: Settings = v.parse(settingsSchema, {});

/** The stored settings; defaults for what is missing, unreadable or from a future version. */
export async function loadSettings(): Promise<Settings> {
  const stored = await browser.storage.local.get(KEY).catch((): Record<string, unknown> => ({}));
  const parsed = v.safeParse(settingsSchema, stored[KEY] ?? {});
  return parsed.success ? parsed.output : DEFAULTS;
}

/** Whether badges on hover are on for pages of `host`. */
export const hoversOn = (settings: Settings, host: string): boolean =>
  settings.hover && !settings.hoverOff.includes(host);

/** Switches badges on hover on or off for `host` and returns the new settings. */
export async function setHover(host: string, on: boolean): Promise<Settings> {
  const settings = await loadSettings();
  const others = settings.hoverOff.filter((off) => off !== host);
  const changed = { ...settings, hover: settings.hover || on, hoverOff: on ? others : [...others, host] };
  await browser.storage.local.set({ [KEY]: changed });
  return changed;
}
