/** The browser this build is for; a constant at build time, so the other browser's branch is compiled out. */
declare const __BROWSER__: 'chrome' | 'firefox';

/** The package's version; only in the command line (`vite.cli.config.ts`). */
declare const __VERSION__: string;
