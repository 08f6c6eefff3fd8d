import type { Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ImageRef } from '../../src/protocol/schemas.ts';
import { IsolatedWorld, StubBrowser } from './support/browser.ts';
import { Site } from './support/site.ts';

interface Meter {
  busyMs: number;
  longestTaskMs: number;
  tasks: number;
}

let site: Site;
let stub: StubBrowser;
let page: Page;
let world: IsolatedWorld;
let tab: number;

beforeAll(async () => {
  site = await Site.start();
  stub = await StubBrowser.launch();
});
afterAll(async () => {
  await stub?.close();
  await site?.close();
});
beforeEach(async () => {
  page = await stub.browser.newPage();
});
afterEach(async () => {
  await page.close();
});

async function open(path: string, body: string): Promise<void> {
  await page.goto(site.serve(path, body), { waitUntil: 'networkidle0' });
  tab = await stub.tabId(page);
  world = await IsolatedWorld.of(page);
  await stub.clearLog();
}

const meter = (): Promise<Meter> =>
  world.evaluate('{ ...globalThis[Symbol.for("telltale.frame")].meter, measured: undefined }');

const screened = async (): Promise<number> =>
  (await stub.log()).filter(({ name }) => name === 'image.screen').length;

async function pointAt(selector: string): Promise<void> {
  const box = await (await page.$(selector))?.boundingBox();
  if (!box) throw new Error(`no box: ${selector}`);
  await page.mouse.move(box.x + box.width / 2 - 2, box.y + box.height * 0.8);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height * 0.8);
}

/** Everything a page script can look at: elements with attributes, globals, resources, layout, sheets. */
function traces(): object {
  const elements = [...document.querySelectorAll('*')].map((element) => ({
    tag: element.localName,
    attributes: element.getAttributeNames().join(),
    shadow: element.shadowRoot !== null,
    text: element.childElementCount === 0 ? element.textContent : '',
    rect: JSON.stringify(element.getBoundingClientRect()),
  }));
  return {
    elements: elements.map((element) => JSON.stringify(element)),
    globals: Reflect.ownKeys(globalThis).map(String).sort(),
    resources: performance.getEntriesByType('resource').map(({ name }) => name),
    sheets: document.styleSheets.length + document.adoptedStyleSheets.length,
    scroll: [document.documentElement.scrollWidth, document.documentElement.scrollHeight],
    marks: performance.getEntriesByType('mark').length,
  };
}

describe('a page that looks for traces', () => {
  it('finds one anonymous element, and only while something is shown', async () => {
    await open(
      '/traces',
      `<style>div { display: none !important; --paper: red !important; opacity: 0 !important } * { all: revert }</style>
       <img src="/300x200/x.png?level=strong"><script>
         window.heard = [];
         for (const name of ['message', 'telltale', 'load', 'toggle', 'beforetoggle', 'focusin', 'fullscreenchange', 'error'])
           addEventListener(name, (event) => heard.push(name + ':' + event.target?.localName), true);
         const attach = Element.prototype.attachShadow;
         Element.prototype.attachShadow = function (...all) { heard.push('attachShadow'); return attach.apply(this, all); };
       </script>`,
    );
    await page.evaluate(() => {
      (globalThis as unknown as { heard: string[] }).heard.length = 0;
    });
    const before = await page.evaluate(traces);
    const { images } = await stub.ask<{ images: ImageRef[] }>(tab, 'scan.collect');
    expect(await page.evaluate(traces)).toEqual(before);
    await stub.ask(tab, 'image.analyze', { id: images[0]?.id });
    await world.until('overlay && /0\\.91/.test(overlay.querySelector(".badge").innerText)');
    await stub.ask(tab, 'image.heatmap', { id: images[0]?.id, shown: true });
    // The page's own rules do not reach it.
    expect(await world.evaluate('overlay.querySelector(".badge").getBoundingClientRect().width > 100')).toBe(
      true,
    );
    expect(await world.evaluate('getComputedStyle(overlay.host).opacity')).toBe('1');
    const during = (await page.evaluate(traces)) as { elements: string[] };
    const added = during.elements.filter((element) => !(before as typeof during).elements.includes(element));
    expect(added.map((element) => JSON.parse(element))).toEqual([
      {
        tag: 'div',
        attributes: '',
        shadow: false,
        text: '',
        rect: expect.stringContaining('"width":0,"height":0'),
      },
    ]);
    expect({ ...during, elements: [] }).toEqual({ ...before, elements: [] });
    expect(await page.content()).not.toMatch(/0\.91|Strong signs/);
    await page.keyboard.press('Escape');
    await world.until('!overlay');
    expect(await page.evaluate(traces)).toEqual(before);
    expect(await page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard)).toEqual([]);
  });

  it('gets nowhere with forged events and messages', async () => {
    await open('/forged', '<img src="/300x200/x.png">');
    await page.evaluate(async () => {
      const img = document.querySelector('img');
      const at = { bubbles: true, composed: true, clientX: 100, clientY: 100 };
      for (let round = 0; round < 20; round += 1) {
        for (const type of ['pointerover', 'pointermove', 'pointerenter']) {
          img?.dispatchEvent(new PointerEvent(type, { ...at, pointerType: 'mouse' }));
        }
        for (const type of ['contextmenu', 'click', 'mousemove'])
          img?.dispatchEvent(new MouseEvent(type, at));
        img?.dispatchEvent(new Event('load'));
        for (const to of ['content', 'background']) {
          postMessage({ telltale: 1, to, name: 'image.analyze', payload: { id: 1 } }, '*');
        }
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    });
    expect(await world.evaluate('overlay === null')).toBe(true);
    expect(await stub.log()).toEqual([]);
    // And what it forged is not what the menu remembers.
    expect(await stub.ask(tab, 'menu.analyze', { srcUrl: null })).toEqual({ found: false });
  });

  it('may remove the host, which comes back a bounded number of times', async () => {
    await open('/remover', '<img src="/300x200/x.png">');
    await pointAt('img');
    await world.until('overlay?.querySelector(".badge")');
    await page.evaluate(() => document.documentElement.lastElementChild?.remove());
    await world.until('overlay?.querySelector(".badge")');
    const appended = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          let count = 0;
          const watch = new MutationObserver((records) => {
            for (const { addedNodes } of records) {
              for (const node of addedNodes) {
                count += 1;
                (node as Element).remove();
              }
            }
          });
          watch.observe(document.documentElement, { childList: true });
          document.documentElement.lastElementChild?.remove();
          let frames = 0;
          const tick = () => (++frames < 120 ? requestAnimationFrame(tick) : resolve(count));
          tick();
        }),
    );
    expect(appended).toBeGreaterThan(0);
    expect(appended).toBeLessThanOrEqual(50);
  });
});

describe('a page under load', () => {
  it('lists 1,000 images once each, in slices', async () => {
    const images = Array.from(
      { length: 1000 },
      (_, at) => `<p>text ${at}</p><img src="/100x80/x.png#${at}" width="100" height="80">`,
    );
    await open('/thousand', images.join(''));
    const found = await stub.ask<{ images: ImageRef[] }>(tab, 'scan.collect');
    expect(new Set(found.images.map(({ id }) => id)).size).toBe(1000);
    expect(found.images).toHaveLength(1000);
  });

  it('stands 1,000 mutations a second', async () => {
    await open(
      '/mutations',
      `<img src="/300x200/x.png"><div id="room">${'<section><p>text</p></section>'.repeat(500)}</div>`,
    );
    await stub.ask(tab, 'scan.collect');
    const mutations = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const room = document.querySelector('#room') as HTMLElement;
          let count = 0;
          const startedAt = performance.now();
          const timer = setInterval(() => {
            while (count < performance.now() - startedAt) {
              count += 1;
              const box = document.createElement('div');
              box.className = `c${count}`;
              box.innerHTML = '<span><b>x</b></span>';
              room.append(box);
              if (room.children.length > 600) room.firstElementChild?.remove();
              room.className = `r${count}`;
            }
            if (performance.now() - startedAt < 3000) return;
            clearInterval(timer);
            resolve(count);
          }, 10);
        }),
    );
    expect(mutations).toBeGreaterThan(1000);
    await pointAt('img');
    await world.until('overlay?.querySelector(".badge")');
  });

  it('follows a virtual list that recycles 5,000 pictures, and forgets what it dropped', async () => {
    await open('/list', '<div id="list" style="height:400px;overflow:hidden"></div>');
    await stub.ask(tab, 'scan.collect');
    await page.evaluate(async () => {
      const list = document.querySelector('#list') as HTMLElement;
      const pixel = document.createElement('canvas').toDataURL();
      let next = 0;
      const source = () => {
        next += 1;
        return `${pixel}#${next}`;
      };
      for (let round = 0; round < 100; round += 1) {
        // Half of the rows are new elements, half show another picture.
        for (let at = 0; at < 25; at += 1) {
          const img = new Image(60, 40);
          img.src = source();
          list.append(img);
          const old = list.children[at] as HTMLImageElement;
          old.src = source();
        }
        while (list.children.length > 50) list.firstElementChild?.remove();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
    const { rows } = await stub.ask<{ rows: { image: ImageRef }[] }>(tab, 'frame.rows');
    expect(rows).toHaveLength(50);
    const kept = await world.evaluate<number>('globalThis[Symbol.for("telltale.frame")].registry.size');
    expect(kept).toBe(50);
    expect(await screened()).toBe(0);
  });

  it('does nothing at all on a page that nobody asked about', async () => {
    await open('/idle', '<img src="/300x200/x.png"><p>text</p>'.repeat(200));
    const before = await meter();
    await page.evaluate(async () => {
      for (let round = 0; round < 20; round += 1) {
        document.body.append(new Image());
        await new Promise(requestAnimationFrame);
      }
    });
    expect(await meter()).toEqual(before);
    expect(before.tasks).toBe(0);
  });
});
