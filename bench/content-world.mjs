/** The content script's own world in a page, reached through the debugger. */

/**
 * @typedef {import('../scripts/lib/extension.mjs').Session} Session
 * @typedef {import('puppeteer-core').Page} Page
 */

/**
 * Runs `use` with a function that evaluates an expression in the world of Telltale's content script in the page's
 * main frame; promises are awaited, values come back as JSON.
 * @template Value
 * @param {Session} session
 * @param {Page} page
 * @param {(evaluate: (expression: string) => Promise<any>) => Promise<Value>} use
 * @returns {Promise<Value>}
 */
export async function inContentWorld(session, page, use) {
  const client = await page.createCDPSession();
  try {
    const found = new Promise((/** @type {(id: number) => void} */ resolve) => {
      client.on('Runtime.executionContextCreated', ({ context }) => {
        if (context.origin === `chrome-extension://${session.extensionId}`) resolve(context.id);
      });
    });
    await client.send('Runtime.enable');
    const contextId = await found;
    return await use(async (expression) => {
      const { result, exceptionDetails } = await client.send('Runtime.evaluate', {
        expression,
        contextId,
        returnByValue: true,
        awaitPromise: true,
      });
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    });
  } finally {
    await client.detach();
  }
}
