import type { Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FrameRow, ImageRef } from '../../src/protocol/schemas.ts';
import { IsolatedWorld, StubBrowser } from './support/browser.ts';
import { Site } from './support/site.ts';

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
  await page.setViewport({ width: 900, height: 700 });
});
afterEach(async () => {
  await page.close();
});

async function open(path: string, body: string, head = ''): Promise<void> {
  await page.goto(site.serve(path, body, head), { waitUntil: 'networkidle0' });
  tab = await stub.tabId(page);
  world = await IsolatedWorld.of(page);
  await stub.clearLog();
}

/** Moves the pointer onto a page element as a hand would: in two steps. */
async function pointAt(selector: string): Promise<void> {
  const box = await (await page.$(selector))?.boundingBox();
  if (!box) throw new Error(`no box: ${selector}`);
  await page.mouse.move(box.x + box.width / 2 - 2, box.y + box.height * 0.8);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height * 0.8);
}

async function clickInOverlay(selector: string): Promise<void> {
  const spot = await world.until<{ x: number; y: number }>(
    `overlay && (({x, y, width, height}) => width && {x: x + width / 2, y: y + height / 2})(overlay.querySelector(${JSON.stringify(selector)}).getBoundingClientRect())`,
  );
  await page.mouse.click(spot.x, spot.y);
}

const badgeText = 'overlay && overlay.querySelector(".badge")?.innerText';
const noBadge = '!overlay || !overlay.querySelector(".badge")';

describe('badge', () => {
  it('appears on a picture with word, score and band, and leaves with the pointer', async () => {
    await open(
      '/badge',
      '<img src="/300x200/x.png?level=strong"><p id="away" style="margin-top:300px">text</p>',
    );
    await pointAt('img');
    const shown = await world.until<string>(`overlay && /0\\.91/.test(${badgeText}) && ${badgeText}`);
    expect(shown).toMatch(/^◆\s*Strong signs\s*0\.91 \(0\.84–0\.95\)/);
    expect(await stub.log()).toMatchObject([
      { name: 'image.screen', payload: { priority: 'hover', effort: 'quick' } },
    ]);
    await pointAt('#away');
    await world.until(noBadge);
    expect(await page.evaluate(() => document.documentElement.children.length)).toBe(2);
  });

  it('remarks in its sentences on a picture unlike those that the model was tested on', async () => {
    await open('/outside', '<img src="/300x200/x.png?level=some&outside=jpeg-quality&outside=size">');
    await pointAt('img');
    await clickInOverlay('.main');
    const remark = 'overlay?.querySelector(".badge .details:not([hidden]) .outside")?.textContent';
    expect(await world.until<string>(remark)).toBe(
      'Outside what this model was tested on (JPEG quality, size). Give the score less weight.',
    );
  });

  it('tells what the model that speaks does not know, when asked', async () => {
    await open('/limits', '<img src="/300x200/x.png?level=some">');
    await pointAt('img');
    await clickInOverlay('.main');
    expect(await world.until<string>('overlay?.querySelector(".sentences")?.textContent')).toContain(
      'By the strong model, strong 1.',
    );
    expect((await stub.log()).map(({ name }) => name)).not.toContain('model.limits');
    await clickInOverlay('.limits summary');
    const list = '[...(overlay?.querySelectorAll(".limits li") ?? [])].map((line) => line.innerText)';
    const told = ['What strong cannot know.', 'Scans.'];
    expect(await world.until(`((lines) => lines.length > 0 && lines)(${list})`)).toEqual(told);
  });

  it('takes a waiting question back when the pointer leaves', async () => {
    await open(
      '/waiting',
      '<img src="/300x200/x.png?pending=1"><p id="away" style="margin-top:300px">text</p>',
    );
    await pointAt('img');
    await world.until(`overlay && /Waiting/.test(${badgeText})`);
    await pointAt('#away');
    await world.until(noBadge);
    await expect.poll(async () => (await stub.log()).map(({ name }) => name)).toContain('image.cancel');
  });

  it('leaves a picture asked that was asked for by click, menu or popup', async () => {
    await open(
      '/two',
      '<img src="/300x200/a.png?pending=1"><img src="/300x200/b.png?pending=1"><img src="/300x200/c.png">',
    );
    const { rows } = await stub.ask<{ rows: FrameRow[] }>(tab, 'frame.rows');
    for (const { image } of rows) await stub.ask(tab, 'image.analyze', { id: image.id });
    await world.until(`overlay && /0\\.08/.test(${badgeText})`);
    const names = (await stub.log()).map(({ name }) => name);
    expect(names.filter((name) => name === 'image.screen')).toHaveLength(3);
    expect(names).not.toContain('image.cancel');
  });

  it('asks no second time for what is not allowed until it is clicked', async () => {
    await open(
      '/withheld',
      '<img src="/300x200/x.png?failure=not-allowed"><p id="away" style="margin-top:300px">text</p>',
    );
    const asked = async () =>
      (await stub.log())
        .filter(({ name }) => name === 'image.screen')
        .map(({ payload }) => (payload as { priority: string }).priority);
    for (let visit = 0; visit < 2; visit += 1) {
      await pointAt('img');
      await world.until(`overlay && /503|access|allow/i.test(overlay.querySelector(".badge").textContent)`);
      await pointAt('#away');
      await world.until(noBadge);
    }
    expect(await asked()).toEqual(['hover']);
    await pointAt('img');
    await clickInOverlay('.main');
    await expect.poll(asked).toEqual(['hover', 'click']);
  });

  it('stays folded over the heatmap it has opened', async () => {
    await open('/fold', '<img src="/400x300/x.png?level=strong">');
    await pointAt('img');
    await clickInOverlay('.icon.heatmap');
    await world.until('overlay.querySelector(".map canvas")');
    const folded = 'overlay.querySelector(".badge .main").getAttribute("aria-expanded") === "false"';
    expect(await world.evaluate(folded)).toBe(true);
    await pointAt('img');
    const main = await world.evaluate<{ x: number; y: number }>(
      '(({x, y}) => ({x: x + 8, y: y + 8}))(overlay.querySelector(".main").getBoundingClientRect())',
    );
    await page.mouse.move(main.x, main.y);
    expect(await world.evaluate(folded)).toBe(true);
    await page.mouse.click(main.x, main.y);
    await world.until(`overlay.querySelector(".badge.pinned") && !(${folded})`);
    await clickInOverlay('.icon.heatmap');
    await world.until('!overlay.querySelector(".map")');
    await clickInOverlay('.icon.heatmap');
    await world.until(`overlay.querySelector(".map canvas") && ${folded}`);
  });

  it('says why there is no score', async () => {
    await open('/failure', '<img src="/300x200/x.png?failure=needs-login">');
    await pointAt('img');
    await clickInOverlay('.main');
    // The click asks once more, so the badge may be waiting for a moment.
    const answered = `overlay?.querySelector(".badge.pinned") && !/^Waiting/.test(${badgeText}) && ${badgeText}`;
    const shown = await world.until<string>(answered);
    expect(shown).toMatch(/Needs a login/);
    expect(shown).toMatch(/signed-in visitors/);
    expect(shown).toMatch(/HTTP 503/);
    expect(shown).not.toMatch(/0\.\d\d/);
  });

  it('finds a picture below a transparent cover and one without pointer events, not one below an opaque cover', async () => {
    const cover = 'position:absolute;inset:0';
    await open(
      '/covered',
      `<div id="clear" style="position:relative;width:300px;height:200px"><img src="/300x200/a.png"><div style="${cover}"></div></div>
       <div id="dead" style="position:relative;width:300px;height:200px"><img style="pointer-events:none" src="/300x200/b.png"></div>
       <div id="opaque" style="position:relative;width:300px;height:200px"><img src="/300x200/c.png"><div style="${cover};background:white">text</div></div>`,
    );
    const asked = async () =>
      (await stub.log())
        .filter(({ name }) => name === 'image.screen')
        .map(({ payload }) => (payload as { images: ImageRef[] }).images[0]?.label);
    await pointAt('#clear');
    await expect.poll(asked).toEqual(['a.png']);
    await pointAt('#dead');
    await expect.poll(asked).toEqual(['a.png', 'b.png']);
    await pointAt('#opaque');
    await world.until(noBadge);
    expect(await asked()).toEqual(['a.png', 'b.png']);
  });

  it('stays off where hovering is off', async () => {
    await open('/off', '<img src="/300x200/x.png">');
    await stub.ask(tab, 'frame.settings', { hover: false, granted: false });
    await pointAt('img');
    await stub.ask(tab, 'frame.rows');
    // The rows' reply came after the dwell time would have started; a second movement outlasts it.
    await expect
      .poll(() => page.evaluate(() => new Promise((done) => setTimeout(() => done(true), 400))))
      .toBe(true);
    expect(await world.evaluate(noBadge)).toBe(true);
    await stub.ask(tab, 'frame.settings', { hover: true, granted: false });
    await pointAt('img');
    await world.until(badgeText);
  });

  it('is reachable and closed by keyboard when pinned', async () => {
    await open('/keys', '<button id="before">b</button><img src="/300x200/x.png?level=some">');
    await page.focus('#before');
    const [image] = (await stub.ask<{ images: ImageRef[] }>(tab, 'scan.collect')).images;
    expect(await stub.ask(tab, 'menu.analyze', { srcUrl: image?.url })).toEqual({ found: true });
    const focused = 'overlay && overlay.activeElement?.className';
    await world.until(`(${focused}) === 'main'`);
    expect(await world.evaluate('overlay.activeElement.getAttribute("aria-label")')).toMatch(
      /Some signs.*0\.72/,
    );
    await page.keyboard.press('Tab');
    expect(await world.evaluate(focused)).toBe('icon heatmap');
    await page.keyboard.press('Enter');
    await world.until('overlay.querySelector(".map canvas")');
    await page.keyboard.press('Escape');
    await world.until('!overlay');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('before');
  });
});

describe('menu and pick', () => {
  async function rightClick(selector: string): Promise<void> {
    const box = await (await page.$(selector))?.boundingBox();
    if (!box) throw new Error(`no box: ${selector}`);
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2, { button: 'right' });
  }

  it('takes the picture under the menu, of any size and below a cover', async () => {
    await open(
      '/menu',
      `<div style="position:relative;width:16px;height:16px"><img src="/16x16/tiny.png">
       <div id="cover" style="position:absolute;inset:0"></div></div>`,
    );
    await rightClick('#cover');
    expect(await stub.ask(tab, 'menu.analyze', { srcUrl: null })).toEqual({ found: true });
    await world.until('overlay?.querySelector(".badge.pinned")');
    const [screened] = (await stub.log()).filter(({ name }) => name === 'image.screen');
    expect(screened).toMatchObject({
      payload: { priority: 'click', effort: 'full', images: [{ label: 'tiny.png' }] },
    });
  });

  it('lets the person pick when nothing is under the menu, and the page sees no click', async () => {
    await open('/pick', '<p id="text">text</p><a id="link" href="#clicked"><img src="/200x100/x.png"></a>');
    expect(await stub.ask(tab, 'menu.analyze', { srcUrl: null })).toEqual({ found: false });
    await world.until('overlay && /Click the image/.test(overlay.querySelector(".hint").innerText)');
    const box = await (await page.$('img'))?.boundingBox();
    await page.mouse.click(600, 500);
    await world.until('/No image there/.test(overlay.querySelector(".hint").innerText)');
    await page.mouse.click((box?.x ?? 0) + 20, (box?.y ?? 0) + 20);
    await world.until('overlay.querySelector(".badge.pinned")');
    expect(page.url()).not.toContain('#clicked');
    await page.keyboard.press('Escape');
    await world.until('!overlay');
    await stub.ask(tab, 'menu.analyze', { srcUrl: null });
    await world.until('overlay?.querySelector(".hint")');
    await page.keyboard.press('Escape');
    await world.until('!overlay');
  });
});

/** The picture's bytes by its label as the background would ask for them: `PNG`, or why there are none. */
async function reader(): Promise<(label: string) => Promise<string | undefined>> {
  const { images } = await stub.ask<{ images: ImageRef[] }>(tab, 'scan.collect');
  return async (label) => {
    const { id, generation } = images.find((image) => image.label === label) ?? {};
    const reply = await stub.ask<{ ok: boolean; failure?: string; value?: number[] }>(tab, 'image.read', {
      id,
      generation,
    });
    return reply.ok ? String.fromCharCode(...(reply.value ?? []).slice(1, 4)) : reply.failure;
  };
}

describe('messages', () => {
  it('reads pictures in the page and says why it cannot', async () => {
    const cross = site.at('/50x50/x.png', 'cdn.test');
    await open(
      '/read',
      `<img src="/100x80/own.png"><canvas id="clean" title="clean" width="60" height="40"></canvas>
       <canvas id="tainted" title="tainted" width="60" height="40"></canvas><img id="cross" src="${cross}">
       <img id="revoked" alt="revoked"><img src="/100x80/lost.png?missing">
       <script>
         onload = async () => {
           clean.getContext('2d').fillRect(0, 0, 10, 10);
           tainted.getContext('2d').drawImage(cross, 0, 0);
           const address = URL.createObjectURL(await (await fetch('/100x80/blob.png')).blob());
           revoked.onload = () => { URL.revokeObjectURL(address); document.title = 'ready'; };
           revoked.src = address;
         };
       </script>`,
    );
    await page.waitForFunction(() => document.title === 'ready');
    const read = await reader();
    expect(await read('own.png')).toBe('PNG');
    expect(await read('clean')).toBe('PNG');
    expect(await read('revoked')).toBe('PNG');
    expect(await read('tainted')).toBe('tainted-canvas');
    expect(await read('lost.png')).toBe('http-error');
    await page.evaluate(() => document.querySelector('img')?.setAttribute('src', '/100x80/other.png'));
    expect(await read('own.png')).toBe('gone');
  });

  it('calls an own address that leads to another site not allowed, and a dead connection the network', async () => {
    const cross = encodeURIComponent(site.at('/50x50/x.png', 'cdn.test'));
    const size = 'width="60" height="60"';
    await open(
      '/redirected',
      `<img ${size} src="/100x80/away.png?redirect=${cross}"><img ${size} src="/100x80/dead.png?drop">
       <img ${size} src="/100x80/near.png?redirect=/50x50/own.png">`,
    );
    const read = await reader();
    expect(await read('away.png')).toBe('not-allowed');
    expect(await read('dead.png')).toBe('network');
    expect(await read('near.png')).toBe('PNG');
  });

  it('reads an open picture of another site without a referrer', async () => {
    await open(
      '/open',
      `<img src="${site.at('/50x50/open.png?cors', 'cdn.test')}"><img src="/50x50/own.png?cors">`,
    );
    const read = await reader();
    expect(site.referrers.get('/50x50/open.png?cors')).not.toBe('');
    expect(await read('open.png')).toBe('PNG');
    expect(site.referrers.get('/50x50/open.png?cors')).toBe('');
    expect(await read('own.png')).toBe('PNG');
    expect(site.referrers.get('/50x50/own.png?cors')).toMatch(/\/open$/);
  });

  it('reveals a picture and toggles its heatmap from the popup', async () => {
    await open('/reveal', '<div style="height:3000px"></div><img src="/300x200/x.png?level=strong">');
    const [image] = (await stub.ask<{ images: ImageRef[] }>(tab, 'scan.collect')).images;
    const id = image?.id;
    await stub.ask(tab, 'image.reveal', { id });
    await world.until('overlay?.querySelector(".ring")');
    await page.waitForFunction(() => scrollY > 2000);
    await world.until('!overlay', 5000);
    await stub.ask(tab, 'image.analyze', { id });
    const row = async () => (await stub.ask<{ rows: FrameRow[] }>(tab, 'frame.rows')).rows[0];
    await expect.poll(async () => (await row())?.state?.state).toBe('scored');
    await stub.ask(tab, 'image.heatmap', { id, shown: true });
    expect((await row())?.heatmapShown).toBe(true);
    await stub.ask(tab, 'image.heatmap', { id, shown: false });
    expect((await row())?.heatmapShown).toBe(false);
    await expect.poll(async () => (await stub.log()).map(({ name }) => name)).toContain('frame.changed');
  });

  it('reports a heatmap whose result is no longer stored, and then looks again', async () => {
    await open('/wiped', '<img src="/300x200/x.png?level=strong">');
    const [image] = (await stub.ask<{ images: ImageRef[] }>(tab, 'scan.collect')).images;
    const id = image?.id;
    await stub.ask(tab, 'image.analyze', { id });
    await world.until(`/Strong/.test(${badgeText})`);
    const asked = async () => (await stub.log()).filter(({ name }) => name === 'image.screen').length;
    await stub.ask(tab, 'image.analyze', { id });
    expect(await asked()).toBe(1);
    const map = await stub.stub((background) => {
      const kept = background.map;
      background.map = null;
      return kept && { ...kept, values: [...kept.values] };
    });
    expect(await stub.ask(tab, 'image.heatmap', { id, shown: true })).toEqual({ outcome: 'not-stored' });
    await world.until(`/no longer stored/.test(${badgeText})`);
    await stub.stub((background, kept: typeof map) => {
      background.map = kept && { ...kept, values: new Uint8Array(kept.values) };
    }, map);
    await stub.ask(tab, 'image.analyze', { id });
    await expect.poll(asked).toBe(2);
    expect(await stub.ask(tab, 'image.heatmap', { id, shown: true })).toEqual({ outcome: 'done' });
    expect(await stub.ask(tab, 'image.heatmap', { id: 999, shown: true })).toEqual({ outcome: 'gone' });
  });

  it('leaves nothing behind when it is retired', async () => {
    await open('/retire', '<img src="/300x200/x.png">');
    await pointAt('img');
    await world.until(badgeText);
    await stub.ask(tab, 'frame.retire');
    expect(await page.evaluate(() => document.documentElement.children.length)).toBe(2);
    await page.mouse.move(5, 5);
    await pointAt('img');
    await expect(stub.ask(tab, 'frame.rows')).rejects.toThrow();
  });
});
