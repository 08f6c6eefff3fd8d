/** What a model does not know, from its card. */
import { text } from '../ui/i18n.ts';

/** One line a limit; a card without any is no promise, and says so. */
export const Limits = ({ limits }: { limits: readonly string[] }) =>
  limits.length === 0 ? (
    <p class="small soft">{text('model_limits_none')}</p>
  ) : (
    <ul class="limits small">
      {limits.map((limit) => (
        <li key={limit}>{limit}</li>
      ))}
    </ul>
  );
