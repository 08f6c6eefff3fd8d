/** What a report is made of: a plain object, so that the popup and command-line tools can both fill it in. */
import type { Backend, ImageState, ModelRole } from '../verdict.ts';

export interface ReportRow {
  label: string;
  /** Null for pictures that exist in the page only (`data:`, `blob:`, canvas). */
  url: string | null;
  /** `null`: nobody asked for this image. */
  state: ImageState | null;
  /** `data:` URL of a PNG, JPEG or WebP; anything else is left out. */
  thumbnail: string | null;
  markedWrong: boolean;
}

export interface ReportInput {
  /** ISO 8601, given by the caller so that equal input gives equal reports. */
  createdAt: string;
  /** Telltale's version. */
  version: string;
  page: { title: string; url: string };
  engine: {
    backend: Backend | null;
    /** Both models, the fast one first. */
    models: readonly {
      role: ModelRole;
      id: string;
      version: string;
      name: string;
      limits: readonly string[];
    }[];
  };
  rows: readonly ReportRow[];
  /** `data:` URL of the page as it looked, PNG, JPEG or WebP. */
  screenshot?: string | null | undefined;
}
