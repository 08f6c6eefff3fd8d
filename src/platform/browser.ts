/**
 * The only door to the extension API. `webextension-polyfill` gives promises in both browsers; what it does
 * not know (`offscreen`, `dom`) is typed here once.
 */
import browser from 'webextension-polyfill';

export type { Menus, Runtime, Scripting, Tabs } from 'webextension-polyfill';
export { browser };
