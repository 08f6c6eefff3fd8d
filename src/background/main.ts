import contentScript from '../content/main.iife.ts?script&iife';
import { browser } from '../platform/browser.ts';

console.log(contentScript, browser.runtime.id);
