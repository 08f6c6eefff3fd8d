/** Numbers as people read them: through `Intl` in the reader's locale, never more digits than are meant. */

export interface NumberFormats {
  /** 0..1 with two digits. */
  share(value: number): string;
  percent(share: number): string;
  count(value: number): string;
  bytes(sizeBytes: number): string;
  /** Rounded up to whole seconds below a minute, to minutes and hours above. */
  duration(timeMs: number): string;
  milliseconds(timeMs: number): string;
}

const DURATION_STEPS = [
  { unit: 'second', sizeMs: 1_000, below: 60 },
  { unit: 'minute', sizeMs: 60_000, below: 60 },
  { unit: 'hour', sizeMs: 3_600_000, below: Number.POSITIVE_INFINITY },
] as const;

const BYTE_STEPS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

function bytesText(locale: string, sizeBytes: number): string {
  let step = 0;
  let value = sizeBytes;
  while (value >= 1000 && step < BYTE_STEPS.length - 1) {
    value /= 1000;
    step++;
  }
  const maximumFractionDigits = step > 0 && value < 10 ? 1 : 0;
  const unit = BYTE_STEPS[step] ?? 'byte';
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    // "0 byte" reads badly in the short form; the long one has plurals.
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits,
  }).format(value);
}

function durationText(locale: string, timeMs: number): string {
  for (const { unit, sizeMs, below } of DURATION_STEPS) {
    const value = Math.max(1, Math.ceil(timeMs / sizeMs));
    if (value < below) {
      return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(value);
    }
  }
  return '';
}

/** Formats for BCP 47 `locale`; throws `RangeError` for a malformed one, as `Intl` does. */
export function numberFormats(locale: string): NumberFormats {
  const share = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const count = new Intl.NumberFormat(locale);
  const milliseconds = new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: 'millisecond',
    maximumFractionDigits: 0,
  });
  return {
    share: (value) => share.format(value),
    percent: (value) => percent.format(value),
    count: (value) => count.format(value),
    bytes: (sizeBytes) => bytesText(locale, sizeBytes),
    duration: (timeMs) => durationText(locale, timeMs),
    milliseconds: (timeMs) => milliseconds.format(timeMs),
  };
}
