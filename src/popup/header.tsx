/** The popup's head: whose it is, what Telltale may read here, and the switch for badges. */
import type { Access } from '../protocol/schemas.ts';
import { ALL_SITES, patternHost } from '../ui/ask-access.ts';
import { text } from '../ui/i18n.ts';
import iconUrl from '../ui/icon.svg';
import type { PopupActions } from './actions.ts';
import { refusedRows } from './refused.ts';
import type { PopupProps } from './view.tsx';

/** Brand line, and below it the access line where extensions may run at all. */
export function Header({ state, actions }: PopupProps) {
  const access = state.view?.access;
  return (
    <header class="header">
      <h1 class="brand">
        <img src={iconUrl} alt="" width="22" height="22" />
        {text('extensionName')}
      </h1>
      {access?.sitePattern != null &&
        (access.site || access.everywhere ? (
          <HoverSwitch access={access} sitePattern={access.sitePattern} actions={actions} />
        ) : (
          <AskForAccess
            sitePattern={access.sitePattern}
            onSite={(pattern) => actions.allowSite(pattern, refusedRows(state.view))}
            onEverywhere={() => actions.allowEverywhere(refusedRows(state.view))}
          />
        ))}
    </header>
  );
}

interface HoverSwitchProps {
  access: Access;
  sitePattern: string;
  actions: PopupActions;
}

function HoverSwitch({ access, sitePattern, actions }: HoverSwitchProps) {
  const host = patternHost(sitePattern);
  return (
    <div class="access">
      <div class="access-line">
        <span id="hover-label">{text('popup_hover', host)}</span>
        <button
          type="button"
          class="switch"
          role="switch"
          aria-checked={access.hover}
          aria-labelledby="hover-label"
          onClick={() => actions.setHover(!access.hover)}
        />
      </div>
      <p class="access-links small soft">
        <span>{text(access.everywhere ? 'popup_access_everywhere' : 'popup_access_site')}</span>
        {!access.everywhere && (
          <button type="button" class="link" onClick={() => actions.allowEverywhere([])}>
            {text('popup_allow_everywhere')}
          </button>
        )}
        <button
          type="button"
          class="link"
          onClick={() => actions.withdraw(access.everywhere ? ALL_SITES : sitePattern)}
        >
          {text('popup_withdraw')}
        </button>
      </p>
    </div>
  );
}

interface AskForAccessProps {
  sitePattern: string;
  onSite: (pattern: string) => void;
  onEverywhere: () => void;
}

function AskForAccess({ sitePattern, onSite, onEverywhere }: AskForAccessProps) {
  return (
    <div class="access">
      <p class="small soft">{text('popup_hover_needs')}</p>
      <div class="access-buttons">
        <button type="button" class="button slim" onClick={() => onSite(sitePattern)}>
          {text('popup_allow_site', patternHost(sitePattern))}
        </button>
        <button type="button" class="button slim" onClick={onEverywhere}>
          {text('popup_allow_everywhere')}
        </button>
      </div>
    </div>
  );
}
