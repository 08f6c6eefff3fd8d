/** A probability with its band on a line from 0 to 1. */
import { scoreText } from '../core/report/wording.ts';
import type { Level } from '../core/verdict.ts';
import { wording } from './i18n.ts';
import { LEVEL_LOOKS } from './levels.ts';

export interface BandProps {
  probability: number;
  band: readonly [number, number];
  level: Level;
}

// The drawing is stretched to its box; only horizontal positions carry meaning.
const WIDTH = 200;

/** The line, with ticks at 0, 0.5 and 1, the band as a bar and the probability as a mark; spoken as text. */
export function Band({ probability, band: [low, high], level }: BandProps) {
  const color = `var(${LEVEL_LOOKS[level].colorToken})`;
  const markX = Math.min(WIDTH - 3, Math.max(0, probability * WIDTH - 1.5));
  return (
    <svg
      class="band"
      viewBox={`0 0 ${WIDTH} 12`}
      preserveAspectRatio="none"
      role="img"
      aria-label={scoreText(wording(), probability, [low, high])}
    >
      <rect x="0" y="5.25" width={WIDTH} height="1.5" fill="var(--line)" />
      {[0, WIDTH / 2 - 0.5, WIDTH - 1].map((x) => (
        <rect key={x} x={x} y="3" width="1" height="6" fill="var(--line)" />
      ))}
      <rect
        x={low * WIDTH}
        y="3.5"
        width={Math.max(2, (high - low) * WIDTH)}
        height="5"
        rx="2"
        fill={color}
        opacity="0.4"
      />
      <rect x={markX} y="0.5" width="3" height="11" rx="1" fill={color} />
    </svg>
  );
}
