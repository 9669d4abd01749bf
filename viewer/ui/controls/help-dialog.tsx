import { COMMANDS, keyNames, switchSingleKeys } from '../shell/commands.ts';
import { Dialog } from '../shell/dialog.tsx';
import { t } from '../shell/i18n.ts';
import { singleKeys } from '../shell/store.ts';

/** Every key, and how the picture is used. */
export function HelpDialog({ close }: { readonly close: () => void }) {
  const groups = [
    ['time', t('help.time')],
    ['hands', t('help.hands')],
    ['view', t('help.view')],
  ] as const;
  return (
    <Dialog title={t('help.title')} close={close} wide>
      <label class="choices">
        <input
          type="checkbox"
          checked={singleKeys.value}
          data-test="single-keys"
          onChange={(event) => switchSingleKeys(event.currentTarget.checked)}
        />
        <span>{t('help.single')}</span>
      </label>
      <p class="muted">{t('help.singleAbout')}</p>
      <div class="keys">
        {groups.map(([group, title]) => (
          <section key={group}>
            <h3>{title}</h3>
            <dl>
              {COMMANDS.filter((command) => command.group === group).map((command) => (
                <Key key={command.label} keys={keyNames(command)} words={t(command.label)} />
              ))}
              {group === 'hands' && <Key keys={['1 – 9']} words={t('key.server')} />}
              {group === 'hands' && <Key keys={['0']} words={t('key.message')} />}
            </dl>
          </section>
        ))}
        <section>
          <h3>{t('help.picture')}</h3>
          <p>{t('help.pictureAbout')}</p>
        </section>
      </div>
    </Dialog>
  );
}

function Key({ keys, words }: { readonly keys: readonly string[]; readonly words: string }) {
  return (
    <>
      <dt>
        {keys.map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </dt>
      <dd>{words}</dd>
    </>
  );
}
