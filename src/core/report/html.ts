/** A report for people. */
import { LEVELS, type Level, type Scored } from '../verdict.ts';
import { snakeCase } from './catalogue.ts';
import { documentHtml } from './document.ts';
import type { ReportInput, ReportRow } from './input.ts';
import { html, linkTarget, type Markup, pictureData } from './markup.ts';
import { bySuspicion, type Tally, tally } from './order.ts';
import {
  bandText,
  LEVEL_GLYPHS,
  modelName,
  outsideSentence,
  probabilityText,
  scoreText,
  stateWords,
  type Wording,
} from './wording.ts';

/**
 * The report as the text of an HTML document in the words of `wording`, most suspicious image first.
 * Labels and addresses are untrusted: they are escaped, and only http(s) addresses become links.
 */
export function reportHtml(input: ReportInput, wording: Wording): string {
  const { lookup } = wording;
  const rows = bySuspicion(input.rows);
  return documentHtml({
    locale: wording.locale,
    title: `${lookup('report_title')}: ${input.page.title || input.page.url}`,
    heading: lookup('report_title'),
    sections: [
      html`<p class="soft">${input.page.title}</p>`,
      factList(input, wording),
      html`<p class="caution">${lookup('report_caution')}</p>`,
      html`<h2>${lookup('report_summary')}</h2>`,
      tallyList(tally(rows), wording),
      screenshotFigure(input.screenshot ?? '', wording),
      html`<h2>${lookup('report_images')}</h2>`,
      imageTable(rows, wording),
      ...input.engine.models
        .filter(({ limits }) => limits.length > 0)
        .map((model) => limitList(model, wording)),
    ],
  });
}

function limitList(
  { name, version, limits }: ReportInput['engine']['models'][number],
  wording: Wording,
): Markup {
  return html`<h2>${wording.lookup('report_limits', `${name} ${version}`)}</h2>
<ul>${limits.map((limit) => html`<li>${limit}</li>`)}</ul>`;
}

function link(url: string): Markup {
  const target = linkTarget(url);
  return target === null
    ? html`<bdi>${url}</bdi>`
    : html`<a href="${target}" rel="noopener noreferrer nofollow"><bdi>${url}</bdi></a>`;
}

function factList({ page, createdAt, engine, version }: ReportInput, { lookup, locale }: Wording): Markup {
  const fact = (key: string, value: Markup | string) => html`<dt>${lookup(key)}</dt><dd>${value}</dd>`;
  return html`<dl class="facts">
${fact('report_page', link(page.url))}
${fact('report_date', html`<time datetime="${createdAt}">${dateText(createdAt, locale)}</time>`)}
${fact('report_model', engine.models.map(({ id, version, name }) => `${name} (${id} ${version})`).join(', '))}
${fact('report_backend', engine.backend ? lookup(`backend_${engine.backend}`) : '–')}
${fact('report_version', version)}
</dl>`;
}

/** In UTC, because a report travels; the text itself when it is no date. */
function dateText(iso: string, locale: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'long', timeZone: 'UTC' }).format(
    date,
  );
}

const disc = (level: Level | null): Markup =>
  level === null
    ? html`<span class="disc hollow" aria-hidden="true">–</span>`
    : html`<span class="disc ${level}" aria-hidden="true">${LEVEL_GLYPHS[level]}</span>`;

function tallyList(counts: Tally, { lookup, numbers }: Wording): Markup {
  const others = [
    ['report_no_score', counts.abstained],
    ['report_failed', counts.failed],
    ['report_waiting', counts.waiting],
    ['state_unseen', counts.unseen],
  ] as const;
  return html`<ul class="tally">
${LEVELS.map((level) => html`<li>${disc(level)}${lookup(`level_${level}`)}: ${numbers.count(counts.levels[level])}</li>`)}
${others.filter(([, count]) => count > 0).map(([key, count]) => html`<li>${disc(null)}${lookup(key)}: ${numbers.count(count)}</li>`)}
</ul>`;
}

function screenshotFigure(screenshot: string, { lookup }: Wording): Markup | null {
  const source = pictureData(screenshot);
  if (source === null) return null;
  const title = lookup('report_screenshot');
  return html`<h2>${title}</h2>\n<img class="screenshot" src="${source}" alt="${title}">`;
}

function imageTable(rows: readonly ReportRow[], wording: Wording): Markup {
  const { lookup } = wording;
  if (rows.length === 0) return html`<p>${lookup('report_empty')}</p>`;
  const columns = ['image', 'result', 'score', 'flagged', 'file'];
  return html`<div class="wide"><table>
<thead><tr><th class="c-picture"></th>${columns.map((column) => html`<th scope="col" class="c-${column}">${lookup(`report_column_${column}`)}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => imageRow(row, wording))}
</tbody></table></div>`;
}

function imageRow(row: ReportRow, wording: Wording): Markup {
  const { lookup, numbers } = wording;
  const { state } = row;
  const scored = state?.state === 'scored' ? state : null;
  const { word, sentence } = stateWords(wording, state);
  const detail = state?.state === 'failed' && state.detail ? `${sentence} (${state.detail})` : sentence;
  const outside = outsideSentence(wording, scored?.outside);
  const picture = pictureData(row.thumbnail ?? '');
  return html`<tr data-state="${state?.state ?? 'unseen'}">
<td class="picture">${picture === null ? html`<span></span>` : html`<img src="${picture}" alt="">`}</td>
<td><div class="label"><bdi>${row.label}</bdi></div><div class="small">${row.url === null ? lookup('report_in_page') : link(row.url)}</div>${
    row.markedWrong ? html`<span class="marked">${lookup('report_marked')}</span>` : null
  }</td>
<td class="result">${disc(scored?.level ?? null)}${word}<div class="small">${detail}</div>${outside === null ? null : html`<div class="small">${outside}</div>`}</td>
<td class="score">${scored && scoreCell(scored, wording)}</td>
<td>${scored && numbers.percent(scored.flaggedShare)}</td>
<td class="small">${fileCell(row, wording)}</td>
</tr>`;
}

function scoreCell(scored: Scored, wording: Wording): Markup {
  const [low, high] = scored.band;
  return html`<strong>${probabilityText(wording, scored.probability)}</strong> (${bandText(wording, scored.band)})
<svg class="band" viewBox="0 0 140 14" role="img" aria-label="${scoreText(wording, scored.probability, scored.band)}">
<rect x="0" y="6" width="140" height="2" rx="1" fill="var(--line)"/>
<rect x="${pixels(low)}" y="4" width="${Math.max(2, pixels(high - low))}" height="6" rx="3" fill="var(--level-${scored.level})" opacity="0.45"/>
<rect x="${Math.min(137, pixels(scored.probability))}" y="0" width="3" height="14" rx="1.5" fill="var(--level-${scored.level})"/>
</svg>`;
}

const pixels = (share: number): number => Math.round(share * 1400) / 10;

function fileCell({ state }: ReportRow, { lookup, numbers }: Wording): Markup | null {
  if (state?.state !== 'scored' && state?.state !== 'abstained') return null;
  const { facts } = state;
  const computed =
    state.state === 'scored'
      ? `${modelName(state.model)} · ${lookup(`backend_${state.backend}`)} · ${lookup(`pixels_${snakeCase(state.pixelPath)}`)} · ${numbers.milliseconds(state.computeMs)}`
      : modelName(state.model);
  return html`${facts.format.toUpperCase()} · ${facts.widthPx} × ${facts.heightPx} · ${numbers.bytes(facts.sizeBytes)}
<div>${computed}</div>
<div class="hash">${state.sha256}</div>`;
}
