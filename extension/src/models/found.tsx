/** Programs that serve models already, on this machine or at the configured addresses. */
import * as React from 'react';
import type { FoundEngine } from '../api/schema';
import { Button } from '../ui/Button';
import { Chip } from '../ui/Chip';
import { trans } from '../ui/words';
import type { ModelsState } from './state';

/** Looks when it is drawn; shows nothing where nothing new is found. */
export function FoundView(props: {
  state: ModelsState;
  /** Fill the form with an address whose key only a person knows. */
  onAsk: (address: string) => void;
}): JSX.Element | null {
  const { state, onAsk } = props;
  const [busy, setBusy] = React.useState('');
  React.useEffect(() => void state.look(), [state]);
  const known = new Set(state.providers.map(provider => spelt(provider.base_url)));
  const fresh = state.found.filter(one => !known.has(spelt(one.address)));
  if (fresh.length === 0) {
    return null;
  }
  const connect = async (one: FoundEngine): Promise<void> => {
    setBusy(one.address);
    await state.add({ base_url: one.address, api_key: '', name: nameOf(one), models: [] });
    setBusy('');
  };
  return (
    <section className="sp-Running" aria-label={trans.__('Found running')}>
      <h3>{fresh.some(one => one.is_configured)
          ? trans.__('Found running')
          : trans.__('Found on this machine')}</h3>
      {fresh.map(one => (
        <div key={one.address} className="sp-Running-row">
          <div className="sp-Running-what">
            <span className="sp-Running-name">
              {one.kind || trans.__('A server of models')} {one.version}
            </span>
            {one.is_configured && (
              <Chip
                label={trans.__('for everybody here')}
                title={trans.__('Its address is in jupyter_config.py.')}
              />
            )}
            <code>{one.address}</code>
            <span className="sp-Quiet">{one.failure || models(one)}</span>
          </div>
          {!one.failure && (one.wants_key || one.models.length > 0) && (
            <Button
              label={
                one.wants_key
                  ? trans.__('Enter its key…')
                  : busy === one.address
                    ? trans.__('Connecting…')
                    : trans.__('Connect')
              }
              disabled={busy === one.address}
              onClick={() => (one.wants_key ? onAsk(one.address) : void connect(one))}
            />
          )}
        </div>
      ))}
    </section>
  );
}

const nameOf = (one: FoundEngine): string =>
  one.kind ? `${one.kind} (${new URL(one.address).host})` : '';

function models(one: FoundEngine): string {
  if (one.wants_key) {
    return trans.__('It asks for a key.');
  }
  const shown = one.models.slice(0, 4).join(', ');
  const more = one.models.length - 4;
  if (!shown) {
    return trans.__('It has no models yet.');
  }
  return more > 0 ? trans._n('%2 and %1 more', '%2 and %1 more', more, shown) : shown;
}

/** One address in two spellings is one. */
const spelt = (address: string): string => address.replace('//localhost', '//127.0.0.1').replace(/\/$/, '');
