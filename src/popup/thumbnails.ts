/** The thumbnails of this popup's life: each crosses the border between contexts once, not with every view. */
import { LIMITS } from '../core/limits.ts';
import type { PageRow, PageView } from '../protocol/schemas.ts';

type Picture = NonNullable<PageRow['thumbnail']>;

const hashOf = ({ state }: PageRow): string | null => (state && 'sha256' in state ? state.sha256 : null);

export class Thumbnails {
  readonly #pictures = new Map<string, Picture>();

  /** Content hashes of the pictures in hand, as `page.view` wants them. */
  hashes(): string[] {
    return [...this.#pictures.keys()].slice(0, LIMITS.hashesPerMessage);
  }

  /** `view` with the thumbnails in hand; those that it brings are kept. */
  complete(view: PageView): PageView {
    return { ...view, rows: view.rows.map((row) => this.#completed(row)) };
  }

  #completed(row: PageRow): PageRow {
    const sha256 = hashOf(row);
    if (sha256 === null) return row;
    const picture = this.#pictures.get(sha256) ?? row.thumbnail;
    if (picture !== null) this.#pictures.set(sha256, picture);
    return { ...row, thumbnail: picture };
  }
}
