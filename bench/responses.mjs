/** How soon a badge answers the pointer, what a page in turmoil costs, and what a look at the list carries. */
import { waitFor } from '../scripts/lib/extension.mjs';
import { inContentWorld } from './content-world.mjs';

/**
 * @typedef {import('../scripts/lib/extension.mjs').Session} Session
 * @typedef {import('puppeteer-core').Page} Page
 */

/** Right of the grid of `many.html` at 1280 px. */
const BESIDE = { x: 1240, y: 450 };
const HOVERED = 21;
const FRAMES = 20;
const MUTATIONS_PER_FRAME = 50;
const RECYCLED_PER_FRAME = 250;
/** Longer than any pause of the collector. */
const QUIET_MS = 2500;

/** The badge with a score in it, or nothing. */
const SCORED_BADGE = `(() => {
  const host = [...document.documentElement.children].find((child) => child.localName === 'div');
  const badge = host && chrome.dom.openOrClosedShadowRoot(host)?.querySelector('.badge:not([hidden])');
  return badge?.querySelector('.score:not([hidden])') ?? null;
})()`;

/** A promise of the milliseconds from the next movement of the pointer to the frame that shows a scored badge. */
const ARM = `void (globalThis.telltaleBench = new Promise((resolve) => {
  let movedAt = null;
  addEventListener('pointermove', ({ timeStamp }) => { movedAt ??= timeStamp; }, { capture: true, once: true });
  const look = () => {
    if (movedAt !== null && ${SCORED_BADGE}) resolve(performance.now() - movedAt);
    else requestAnimationFrame(look);
  };
  look();
}))`;

/**
 * Milliseconds from the pointer's movement onto an image, whose verdict is cached, to the drawn badge: median and
 * longest over fresh images of a page that has just been loaded.
 * @param {Session} session
 * @param {Page} page
 */
export async function hoverResponse(session, page) {
  await page.bringToFront();
  await page.reload();
  return inContentWorld(session, page, async (evaluate) => {
    /** @type {number[]} */
    const times = [];
    // The first one also waits for the content script to be told that it may show badges.
    for (let index = 0; index <= HOVERED; index += 1) {
      await page.mouse.move(BESIDE.x, BESIDE.y);
      await waitFor('the badge to go', async () => ((await evaluate(`!${SCORED_BADGE}`)) ? true : undefined));
      const box = await (await page.$(`img:nth-of-type(${index + 1})`))?.boundingBox();
      if (!box) throw new Error('no image to point at');
      await evaluate(ARM);
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      times.push(await evaluate('globalThis.telltaleBench'));
    }
    const sorted = times.slice(1).sort((a, b) => a - b);
    return [sorted[Math.floor(sorted.length / 2)] ?? 0, sorted.at(-1) ?? 0].map(Math.round);
  });
}

/** Page code: one kind of turmoil per call, a piece of it in each animation frame. */
const TURMOIL = {
  /** Other addresses, classes and sizes for what is there, and elements that come and go. */
  mutations: `(image, index) => {
    const kind = index % 4;
    if (kind === 0) image.src = '/many/' + (index % 200) + '.jpg';
    else if (kind === 1) image.classList.toggle('other');
    else if (kind === 2) image.style.width = (150 + (index % 9)) + 'px';
    else document.body.append(image);
  }`,
  /** A list that recycles: each element is replaced by a new one. */
  recycled: `(image, index) => {
    const fresh = new Image();
    fresh.src = '/many/' + (index % 200) + '.jpg';
    image.replaceWith(fresh);
  }`,
};

/**
 * What the content script spends on a storm of changes in a page whose images it has listed: milliseconds in all,
 * and its longest task. 1,000 mutations or 5,000 recycled elements, over 20 animation frames.
 * @param {Session} session
 * @param {Page} page
 * @param {keyof typeof TURMOIL} kind
 */
export async function mutationStorm(session, page, kind) {
  const each = kind === 'mutations' ? MUTATIONS_PER_FRAME : RECYCLED_PER_FRAME;
  return inContentWorld(session, page, async (evaluate) => {
    const meter = `globalThis[Symbol.for('telltale.frame')].meter`;
    await evaluate(`void Object.assign(${meter}, { busyMs: 0, longestTaskMs: 0, tasks: 0 })`);
    await page.evaluate(
      `(async () => {
        const change = ${TURMOIL[kind]};
        let index = 0;
        for (let frame = 0; frame < ${FRAMES}; frame += 1) {
          await new Promise(requestAnimationFrame);
          const images = document.images;
          for (let n = 0; n < ${each}; n += 1, index += 1) change(images[index % images.length], index);
        }
      })()`,
    );
    await settled(() => evaluate(`${meter}.tasks`));
    /** @type {{ busyMs: number, longestTaskMs: number }} */
    const { busyMs, longestTaskMs } = await evaluate(`({ ...${meter} })`);
    return { busyMs: Math.round(busyMs), longestTaskMs: Number(longestTaskMs.toFixed(1)) };
  });
}

/**
 * Resolves when `count` has not changed for a while.
 * @param {() => Promise<number>} count
 */
async function settled(count) {
  let last = await count();
  let since = Date.now();
  await waitFor('the content script to come to rest', async () => {
    const now = await count();
    if (now !== last) since = Date.now();
    last = now;
    return Date.now() - since > QUIET_MS ? true : undefined;
  });
}

/**
 * KiB that cross to the popup when it opens, and each time it looks again: thumbnails as they are, the rest as JSON.
 * @param {Session} session
 * @param {number} tabId
 * @returns {Promise<number[]>}
 */
export async function viewSizes({ desk }, tabId) {
  return desk.evaluate(async (tab) => {
    const look = async (/** @type {string[]} */ pictured) => {
      const request = { telltale: 1, to: 'background', name: 'page.view', payload: { tabId: tab, pictured } };
      const { payload } = await chrome.runtime.sendMessage(request);
      let pictures = 0;
      const rest = JSON.stringify(payload, (_key, value) => {
        if (!(value instanceof Uint8Array)) return value;
        pictures += value.length;
        return null;
      });
      const hashes = payload.rows.flatMap((/** @type {any} */ row) => row.state?.sha256 ?? []);
      const bytes = pictures + rest.length + JSON.stringify(request).length;
      return { kibibytes: Math.round(bytes / 1024), hashes: [...new Set(hashes)] };
    };
    const opened = await look([]);
    return [opened.kibibytes, (await look(opened.hashes)).kibibytes];
  }, tabId);
}
