import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FrameRow, ImageRef } from '../../src/protocol/schemas.ts';
import { StubBrowser } from './support/browser.ts';
import { Site } from './support/site.ts';

let site: Site;
let stub: StubBrowser;
let page: Page;

beforeAll(async () => {
  site = await Site.start();
  stub = await StubBrowser.launch();
});
afterAll(async () => {
  await stub?.close();
  await site?.close();
});

async function open(path: string, body: string, head = ''): Promise<number> {
  page ??= await stub.browser.newPage();
  await page.goto(site.serve(path, body, head), { waitUntil: 'load' });
  return await stub.tabId(page);
}

const collect = async (tabId: number, frameId = 0): Promise<ImageRef[]> =>
  (await stub.ask<{ images: ImageRef[] }>(tabId, 'scan.collect', {}, frameId)).images;

const rows = async (tabId: number): Promise<FrameRow[]> =>
  (await stub.ask<{ rows: FrameRow[] }>(tabId, 'frame.rows')).rows;

/** Path and kind, sorted: what was found, each as often as it was found. */
const found = (images: ImageRef[]): string[] =>
  images.map(({ kind, url, label }) => `${kind} ${url ? new URL(url).pathname : label}`).sort();

const dot = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';

describe('collecting', () => {
  it('finds every kind of image exactly once', async () => {
    const tab = await open(
      '/kinds',
      `<img src="/100x80/img.png">
       <img srcset="/100x80/srcset.png 1x, /200x160/srcset2.png 2x">
       <picture><source srcset="/100x80/picture.png"><img src="/100x80/fallback.png"></picture>
       <div style="height:3000px"></div>
       <img loading="lazy" src="/100x80/lazy.png">
       <img alt="data" width="60" height="60" src="${dot.replace('AQABAIAAAAAAAP', 'PAA8AIAAAAAAAP')}">
       <img alt="blob" id="blob">
       <input type="image" src="/100x80/input.png">
       <div style="width:100px;height:80px;background:url(/100x80/inline.png)"></div>
       <div class="sheet"></div>
       <div style="width:100px;height:80px;background:url(/100x80/top.png),linear-gradient(red,red),url(/100x80/bottom.png)"></div>
       <div style="width:100px;height:80px;background-image:image-set('/100x80/set1.png' 1x, '/200x160/set2.png' 2x)"></div>
       <svg width="200" height="100"><image width="100" height="80" href="/100x80/svg.png"/>
         <image x="100" width="100" height="80" xlink:href="/100x80/xlink.png"/></svg>
       <video width="160" height="90" poster="/160x90/poster.png"></video>
       <canvas id="canvas" width="90" height="70" title="canvas"></canvas>
       <x-open></x-open><x-closed></x-closed><div id="late"></div>
       <img src="/16x16/icon.png"><img src="/1x1/tracker.png" width="300" height="300">
       <div style="display:none"><img src="/100x80/hidden.png"></div>
       <img src="/100x80/broken.png?missing">
       <script>
         const shadow = (host, mode, inner) => { host.attachShadow({ mode }).innerHTML = inner; };
         shadow(document.querySelector('x-open'), 'open', '<img src="/100x80/open.png">');
         shadow(document.querySelector('x-closed'), 'closed', '<div style="width:100px;height:80px;background:url(/100x80/closed.png)"></div>');
         shadow(document.querySelector('#late'), 'closed', '<x-inner></x-inner>');
         fetch('/100x80/blob.png').then((r) => r.blob()).then((b) => { blob.src = URL.createObjectURL(b); });
         canvas.getContext('2d').fillRect(0, 0, 50, 50);
       </script>`,
      '<style>.sheet{width:100px;height:80px;background-image:url("/100x80/sheet.png")}</style>',
    );
    await page.waitForFunction(
      'document.querySelector("#blob").complete && document.querySelector("#blob").naturalWidth',
    );
    const images = await collect(tab);
    expect(found(images)).toEqual(
      [
        'background /100x80/bottom.png',
        'background /100x80/closed.png',
        'background /100x80/inline.png',
        'background /100x80/set1.png',
        'background /100x80/sheet.png',
        'background /100x80/top.png',
        'canvas canvas',
        'img /100x80/broken.png',
        'img /100x80/img.png',
        'img /100x80/lazy.png',
        'img /100x80/open.png',
        'img /100x80/picture.png',
        'img /100x80/srcset.png',
        'img blob',
        'img data',
        'input /100x80/input.png',
        'poster /160x90/poster.png',
        'svg-image /100x80/svg.png',
        'svg-image /100x80/xlink.png',
      ].sort(),
    );
    expect(new Set(images.map(({ id }) => id)).size).toBe(images.length);
    const blob = images.find(({ label }) => label === 'blob');
    expect(blob).toMatchObject({ url: null, pageReadable: true, widthPx: 100, heightPx: 80 });
  });

  it('marks what the page may read, and what is in view', async () => {
    const other = site.at('/100x80/other.png', 'cdn.test');
    const tab = await open(
      '/origins',
      `<img src="/100x80/own.png"><img src="${other}"><div style="height:4000px"></div><img src="/100x80/below.png">`,
    );
    const images = await collect(tab);
    const facts = images.map(({ url, pageReadable, inViewport }) => [
      url && new URL(url).pathname,
      pageReadable,
      inViewport,
    ]);
    expect(facts).toEqual([
      ['/100x80/own.png', true, true],
      ['/100x80/other.png', false, true],
      ['/100x80/below.png', true, false],
    ]);
  });

  it('counts a picture painted twice once, as the one that shows', async () => {
    const box = 'position:absolute;inset:0;width:100%;height:100%';
    const twin = (name: string, opacity: number) =>
      `<div style="position:relative;width:200px;height:150px">
         <div style="${box};background:url(/200x150/${name}.png)"></div>
         <img style="${box};opacity:${opacity}" src="/200x150/${name}.png"></div>`;
    const tab = await open('/twins', twin('transparent', 0) + twin('opaque', 1));
    expect(found(await collect(tab))).toEqual([
      'background /200x150/transparent.png',
      'img /200x150/opaque.png',
    ]);
  });

  it('works in every frame', async () => {
    site.serve('/inner', '<img src="/100x80/inner.png">');
    const tab = await open(
      '/frames',
      `<img src="/100x80/outer.png"><iframe src="${site.at('/inner', 'cdn.test')}"></iframe>
       <iframe srcdoc="<img src='/100x80/srcdoc.png'>"></iframe>`,
    );
    await page.waitForNetworkIdle();
    const frames = await stub.worker.evaluate(async (id) => {
      const results = await chrome.scripting.executeScript({
        target: { tabId: id, allFrames: true },
        func: () => 0,
      });
      return results.map(({ frameId }) => frameId);
    }, tab);
    expect(frames).toHaveLength(3);
    const lists = await Promise.all(frames.map((frameId) => collect(tab, frameId)));
    expect(lists.flatMap(found).sort()).toEqual([
      'img /100x80/inner.png',
      'img /100x80/outer.png',
      'img /100x80/srcdoc.png',
    ]);
  });

  it('reports images inserted and swapped while a scan runs, and stops with it', async () => {
    const tab = await open(
      '/more',
      '<img id="a" src="/100x80/a.png"><div id="room"></div><x-later></x-later>',
    );
    expect(await collect(tab)).toHaveLength(1);
    await stub.clearLog();
    await page.evaluate(() => {
      const room = document.querySelector('#room') as HTMLElement;
      room.innerHTML = '<p><span><img src="/100x80/b.png"></span></p>';
      (document.querySelector('#a') as HTMLImageElement).src = '/100x80/a2.png';
      room.style.cssText = 'width:300px;height:100px;background-image:url(/100x80/c.png)';
      const shadow = document.querySelector('x-later')?.attachShadow({ mode: 'closed' });
      if (shadow) shadow.innerHTML = '<img src="/100x80/d.png">';
    });
    const reported = async (): Promise<ImageRef[]> =>
      (await stub.log())
        .filter(({ name }) => name === 'scan.more')
        .flatMap(({ payload }) => (payload as { images: ImageRef[] }).images);
    await expect
      .poll(async () => found(await reported()), { timeout: 5000 })
      .toEqual(['background /100x80/c.png', 'img /100x80/a2.png', 'img /100x80/b.png', 'img /100x80/d.png']);
    expect((await reported()).find(({ url }) => url?.endsWith('a2.png'))?.generation).toBe(1);
    await stub.ask(tab, 'scan.end', { finished: true });
    await stub.clearLog();
    await page.evaluate(() => document.body.append(Object.assign(new Image(), { src: '/100x80/e.png' })));
    await expect
      .poll(async () => found((await rows(tab)).map(({ image }) => image)))
      .toContain('img /100x80/e.png');
    expect(await reported()).toEqual([]);
  });

  it('drops verdicts for a picture that was replaced, and forgets removed elements', async () => {
    const tab = await open('/stale', '<img src="/100x80/old.png"><img src="/100x80/gone.png">');
    const [old] = await collect(tab);
    const state = { state: 'failed', reason: 'corrupt' };
    await page.evaluate(() => {
      const [first, second] = document.images;
      if (first) first.src = '/100x80/new.png';
      second?.remove();
    });
    await stub.ask(tab, 'image.states', { states: [{ id: old?.id, generation: 0, state }] });
    const after = await rows(tab);
    expect(after).toHaveLength(1);
    expect(after[0]).toMatchObject({ state: null, image: { id: old?.id, generation: 1 } });
    await stub.ask(tab, 'image.states', { states: [{ id: old?.id, generation: 1, state }] });
    expect((await rows(tab))[0]?.state).toEqual(state);
  });

  it('survives elements that shadow DOM properties', async () => {
    const tab = await open(
      '/clobbered',
      `<form><input name="localName"><input name="parentNode"><input name="isConnected"><input name="getAttribute">
        <input name="childElementCount"><input name="assignedSlot"><input name="contains"><img src="/100x80/form.png"></form>
       <form name="documentElement"></form><img name="elementsFromPoint" src="/100x80/named.png">
       <form name="createElement"></form><form name="hidden"></form><form name="querySelectorAll"></form>`,
    );
    expect(found(await collect(tab))).toEqual(['img /100x80/form.png', 'img /100x80/named.png']);
  });
});
