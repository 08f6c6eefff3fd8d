import { browser } from '../../platform/browser.ts';

/** Whether the catalogue's language is written from right to left; panels then stand on the other side. */
export const isRightToLeft = (): boolean => browser.i18n.getMessage('@@bidi_dir') === 'rtl';
