import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImageRef } from '../../src/protocol/schemas.ts';
import { IsolatedWorld, StubBrowser } from './support/browser.ts';
import { Site } from './support/site.ts';

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A picture of 400 x 100 in a box of 300 x 200 at (40, 60). */
const PICTURE = '/400x100/x.png?level=strong';
const BOX = 'position:absolute;left:40px;top:60px;width:300px;height:200px;margin:0;box-sizing:border-box;';

let site: Site;
let stub: StubBrowser;
let page: Page;
let world: IsolatedWorld;
let tab: number;

beforeAll(async () => {
  site = await Site.start();
  stub = await StubBrowser.launch();
  page = await stub.browser.newPage();
});
afterAll(async () => {
  await stub?.close();
  await site?.close();
});

const OVERLAY_BOX = (selector: string) =>
  `(({x, y, width, height}) => ({x, y, width, height}))(overlay.querySelector('${selector}').getBoundingClientRect())`;

/** Shows the heatmap of the page's only listed image. */
async function showOn(body: string, zoom = 1): Promise<void> {
  await page.setViewport({ width: 900 / zoom, height: Math.round(700 / zoom), deviceScaleFactor: zoom });
  await page.goto(site.serve('/heatmap', `<body style="margin:0">${body}`), { waitUntil: 'networkidle0' });
  tab = await stub.tabId(page);
  world = await IsolatedWorld.of(page);
  const { images } = await stub.ask<{ images: ImageRef[] }>(tab, 'scan.collect');
  expect(images).toHaveLength(1);
  const id = images[0]?.id;
  await stub.ask(tab, 'image.analyze', { id });
  await world.until('overlay && /Strong/.test(overlay.querySelector(".badge").innerText)');
  await stub.ask(tab, 'image.heatmap', { id, shown: true });
  await world.until('overlay.querySelector(".map canvas")');
}

/** The whole map, which may be clipped. */
const mapBox = (): Promise<Box> => world.evaluate<Box>(OVERLAY_BOX('.map canvas'));
/** What can be seen of it. */
const seenBox = (): Promise<Box> => world.evaluate<Box>(OVERLAY_BOX('.map'));

function expectNear(actual: Box, expected: Box): void {
  for (const key of ['x', 'y', 'width', 'height'] as const) {
    expect(Math.abs(actual[key] - expected[key]), `${key} of ${JSON.stringify(actual)}`).toBeLessThanOrEqual(
      2,
    );
  }
}

describe('heatmap over object-fit', () => {
  it.each<[string, Box]>([
    ['object-fit:fill', { x: 40, y: 60, width: 300, height: 200 }],
    ['object-fit:contain', { x: 40, y: 122.5, width: 300, height: 75 }],
    ['object-fit:cover', { x: -210, y: 60, width: 800, height: 200 }],
    ['object-fit:none', { x: -10, y: 110, width: 400, height: 100 }],
    ['object-fit:scale-down', { x: 40, y: 122.5, width: 300, height: 75 }],
    ['object-fit:contain;object-position:0 0', { x: 40, y: 60, width: 300, height: 75 }],
    ['object-fit:contain;object-position:right 0 bottom 10px', { x: 40, y: 175, width: 300, height: 75 }],
    ['object-fit:none;object-position:100% 25%', { x: -60, y: 85, width: 400, height: 100 }],
    ['object-fit:cover;border:10px solid;padding:5px 20px', { x: -150, y: 75, width: 680, height: 170 }],
    [
      'object-fit:fill;transform:scale(.5);transform-origin:0 0;padding:20px',
      { x: 50, y: 70, width: 130, height: 80 },
    ],
  ])('%s', async (style, expected) => {
    await showOn(`<img style="${BOX}${style}" src="${PICTURE}">`);
    expectNear(await mapBox(), expected);
  });

  it('is clipped to what the element shows', async () => {
    await showOn(`<img style="${BOX}object-fit:cover" src="${PICTURE}">`);
    expectNear(await seenBox(), { x: 40, y: 60, width: 300, height: 200 });
  });
});

describe('heatmap over backgrounds', () => {
  it.each<[string, Box]>([
    ['background-size:cover;background-position:center', { x: -210, y: 60, width: 800, height: 200 }],
    ['background-size:contain;background-repeat:no-repeat', { x: 40, y: 60, width: 300, height: 75 }],
    [
      'background-size:200px auto;background-position:right 10px bottom 20px',
      { x: 130, y: 190, width: 200, height: 50 },
    ],
    ['background-size:50% 50%;border:10px solid;padding:9px', { x: 50, y: 70, width: 140, height: 90 }],
    [
      'border:10px solid;background-origin:border-box;background-size:100% 100%',
      { x: 40, y: 60, width: 300, height: 200 },
    ],
  ])('%s', async (style, expected) => {
    await showOn(`<div style="${BOX}background-image:url('${PICTURE}');${style}"></div>`);
    expectNear(await mapBox(), expected);
  });

  it('takes the right layer of several', async () => {
    await showOn(
      `<div style="${BOX}background:linear-gradient(transparent, transparent) 0 0/10px 10px, url('${PICTURE}') 100% 100%/100px 25px no-repeat"></div>`,
    );
    expectNear(await mapBox(), { x: 240, y: 235, width: 100, height: 25 });
  });
});

describe('heatmap over other kinds', () => {
  it('an SVG image with preserveAspectRatio', async () => {
    await showOn(
      `<svg style="${BOX}" viewBox="0 0 300 200"><image width="300" height="200" preserveAspectRatio="xMidYMax meet" href="${PICTURE}"/></svg>`,
    );
    expectNear(await mapBox(), { x: 40, y: 185, width: 300, height: 75 });
  });

  it('a video poster', async () => {
    await showOn(`<video style="${BOX}" poster="${PICTURE}"></video>`);
    expectNear(await mapBox(), { x: 40, y: 122.5, width: 300, height: 75 });
  });
});

describe('heatmap in motion', () => {
  it('follows scrolling of page and container, and is cut where the container cuts the picture', async () => {
    await showOn(
      `<div id="scroller" style="position:absolute;left:20px;top:40px;width:360px;height:260px;overflow:auto">
         <div style="position:relative;width:1000px;height:1000px"><img style="${BOX}object-fit:contain" src="${PICTURE}"></div>
       </div><div style="height:3000px"></div>`,
    );
    expectNear(await mapBox(), { x: 60, y: 162.5, width: 300, height: 75 });
    await page.evaluate(() => {
      scrollTo(0, 30);
      document.querySelector('#scroller')?.scrollTo(100, 150);
    });
    const twoFrames = () =>
      page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await twoFrames();
    expectNear(await mapBox(), { x: -40, y: -17.5, width: 300, height: 75 });
    const seen = await seenBox();
    expectNear(seen, { x: 20, y: 10, width: 240, height: 47.5 });
    await page.evaluate(() => document.querySelector('#scroller')?.scrollTo(100, 400));
    await twoFrames();
    expect((await seenBox()).width).toBe(0);
  });

  it('follows a resize, and goes when the picture is replaced', async () => {
    await showOn(`<img style="${BOX}object-fit:contain" src="${PICTURE}">`);
    await page.evaluate(() => {
      const img = document.querySelector('img');
      if (img) img.style.width = '160px';
    });
    await world.until(`Math.abs(${OVERLAY_BOX('.map canvas')}.width - 160) < 2`);
    expectNear(await mapBox(), { x: 40, y: 140, width: 160, height: 40 });
    await page.evaluate(() => document.querySelector('img')?.setAttribute('src', '/400x100/other.png'));
    await world.until('!overlay || !overlay.querySelector(".map")');
  });

  it('is exact at 150 % zoom', async () => {
    await showOn(`<img style="${BOX}object-fit:cover;border:3px solid" src="${PICTURE}">`, 1.5);
    expectNear(await mapBox(), { x: -198, y: 63, width: 776, height: 194 });
  });

  it('is exact where the page sets CSS zoom on its root', async () => {
    await showOn(`<img style="${BOX}object-fit:cover" src="${PICTURE}">`);
    await page.evaluate(() => document.documentElement.style.setProperty('zoom', '1.5'));
    await world.until(`Math.abs(${OVERLAY_BOX('.map')}.x - 60) <= 2`);
    expectNear(await seenBox(), { x: 60, y: 90, width: 450, height: 300 });
    expectNear(await mapBox(), { x: -315, y: 90, width: 1200, height: 300 });
    const badge = await world.evaluate<Box>(OVERLAY_BOX('.badge'));
    expect(Math.abs(badge.x - 68), 'the badge in its corner').toBeLessThanOrEqual(2);
    await page.evaluate(() => document.documentElement.style.removeProperty('zoom'));
    await world.until(`Math.abs(${OVERLAY_BOX('.map')}.x - 40) <= 2`);
    expectNear(await mapBox(), { x: -210, y: 60, width: 800, height: 200 });
  });

  it.each([
    ['zoom:2', { x: 80, y: 100, width: 200, height: 160 }],
    ['transform:scale(2);transform-origin:0 0', { x: 60, y: 70, width: 200, height: 160 }],
  ])('is cut at the inner edge of a bordered container with %s', async (style, expected) => {
    const container = `position:absolute;left:20px;top:30px;width:100px;height:80px;border:20px solid;overflow:hidden;${style}`;
    await showOn(`<div style="${container}"><img src="${PICTURE}"></div>`);
    expectNear(await seenBox(), expected);
  });

  it('leaves with Escape and by its own button', async () => {
    await showOn(`<img style="${BOX}" src="${PICTURE}">`);
    await page.keyboard.press('Escape');
    await world.until('!overlay');
    await showOn(`<img style="${BOX}" src="${PICTURE}">`);
    const close = await world.evaluate<Box>(OVERLAY_BOX('.legend .close'));
    await page.mouse.click(close.x + close.width / 2, close.y + close.height / 2);
    await world.until('overlay && !overlay.querySelector(".map")');
  });

  it('changes its opacity', async () => {
    await showOn(`<img style="${BOX}" src="${PICTURE}">`);
    await world.evaluate('overlay.querySelector(".opacity input").focus()');
    await page.keyboard.press('End');
    expect(await world.evaluate('getComputedStyle(overlay.querySelector(".map canvas")).opacity')).toBe('1');
  });
});
