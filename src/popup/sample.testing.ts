/** Views for the popup's tests. */
import type { ImageState } from '../core/verdict.ts';
import type { PageRow, PageView } from '../protocol/schemas.ts';

export const pageRow = (id: number, state: ImageState | null, changes: Partial<PageRow> = {}): PageRow => ({
  image: {
    id,
    generation: 0,
    kind: 'img',
    url: `https://cdn.test/${id}.jpg`,
    pageReadable: false,
    label: `${id}.jpg`,
    widthPx: 640,
    heightPx: 480,
    inViewport: true,
  },
  state,
  heatmapShown: false,
  frameId: 0,
  thumbnail: null,
  markedWrong: false,
  ...changes,
});

export const pageView = (rows: PageRow[], changes: Partial<PageView> = {}): PageView => ({
  tabId: 1,
  url: 'https://page.test/',
  title: 'A page',
  reachable: true,
  access: { sitePattern: 'https://page.test/*', site: false, everywhere: false, hover: true },
  rows,
  scan: null,
  engine: {
    backend: 'wasm',
    note: null,
    workers: 1,
    models: [
      { role: 'fast', id: 'fast', version: '1', name: 'Fast', minSidePx: 100, limits: [], fault: null },
      { role: 'strong', id: 'strong', version: '1', name: 'Strong', minSidePx: 100, limits: [], fault: null },
    ],
  },
  ...changes,
});
