/** The icon buttons of a row. */
import { text } from '../ui/i18n.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import type { RowProps } from './image-row.tsx';

interface ControlProps {
  icon: IconName;
  name: string;
  /** Left out for buttons that do not stay pressed. */
  pressed?: boolean;
  onClick: () => void;
}

const Control = ({ icon, name, pressed, onClick }: ControlProps) => (
  <button
    type="button"
    class="control"
    data-control={icon}
    aria-label={name}
    title={name}
    aria-pressed={pressed}
    onClick={onClick}
  >
    <Icon name={icon} />
  </button>
);

/** What can be done with the row in its state: a scored one has a map and can be marked as wrong. */
export function RowControls({ row, pageUrl, actions }: RowProps) {
  const scored = row.state?.state === 'scored';
  return (
    <div class="controls">
      {row.state === null && (
        <Control icon="look" name={text('popup_look')} onClick={() => actions.screenRow(row)} />
      )}
      {scored && (
        <Control
          icon="heatmap"
          name={text('popup_heatmap')}
          pressed={row.heatmapShown}
          onClick={() => actions.toggleHeatmap(row)}
        />
      )}
      <Control icon="reveal" name={text('popup_reveal')} onClick={() => actions.revealRow(row)} />
      {scored && (
        <Control
          icon="wrong"
          name={text('popup_mark')}
          pressed={row.markedWrong}
          onClick={() => actions.toggleMark(row, pageUrl)}
        />
      )}
    </div>
  );
}
