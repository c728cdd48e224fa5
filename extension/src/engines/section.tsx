/** The section "Engines" of the Models page: engines that run elsewhere, and vLLM itself. */
import { deleteIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Engine } from '../api/schema';
import { Button } from '../ui/Button';
import { Chip } from '../ui/Chip';
import { ErrorNote } from '../ui/ErrorNote';
import { TypedField } from '../ui/TypedField';
import { useSignal } from '../ui/useSignal';
import { MissingVllm } from './missing';
import type { EnginesState } from './state';
import '../../style/engines.css';
import '../../style/monitor.css';

export function EnginesView(props: { state: EnginesState }): JSX.Element {
  const { state } = props;
  useSignal(state.changed);
  React.useEffect(() => void state.load().then(() => state.look()), [state]);
  const { installation } = state;
  const [address, setAddress] = React.useState('');
  return (
    <div className="sp-Engines">
      <h1>Engines</h1>
      <ErrorNote error={state.errors.get('')} onDismiss={() => state.dismiss('')} />
      {installation?.is_found && (
        <p className="sp-Quiet">
          vLLM {installation.version}
          {installation.is_cpu ? ', for processors' : ''}: <code>{installation.program}</code>
        </p>
      )}
      {installation && !installation.is_found && <MissingVllm installation={installation} />}
      {state.adopted.map(engine => (
        <AdoptedRow key={engine.id} state={state} engine={engine} />
      ))}
      <Found state={state} onAsk={setAddress} />
      <AdoptForm state={state} address={address} onAddress={setAddress} />
    </div>
  );
}

function AdoptedRow({ state, engine }: { state: EnginesState; engine: Engine }): JSX.Element {
  return (
    <div className="sp-Engines-row">
      <Chip
        label={engine.status === 'ready' ? 'Ready' : 'Gone'}
        tone={engine.status === 'ready' ? 'good' : 'bad'}
      />
      <div className="sp-Engines-name">
        <strong>{engine.model}</strong>
        <code>{engine.address}</code>
        {engine.failure && <span>{engine.failure.message}</span>}
      </div>
      <Button
        label={`Forget ${engine.model}`}
        icon={deleteIcon}
        iconOnly
        onClick={() => void state.forget(engine)}
      />
    </div>
  );
}

function Found(props: {
  state: EnginesState;
  onAsk: (address: string) => void;
}): JSX.Element | null {
  const { state, onAsk } = props;
  const used = new Set(state.adopted.map(engine => engine.address));
  const fresh = state.found.filter(one => !used.has(one.address));
  if (fresh.length === 0) {
    return null;
  }
  return (
    <>
      <h3>Found running</h3>
      {fresh.map(one => (
        <div key={one.address} className="sp-Engines-row">
          {one.kind && <Chip label={one.kind} />}
          <div className="sp-Engines-name">
            <strong>{one.models.join(', ')}</strong>
            <code>{one.address}</code>
            {one.failure && <span>{one.failure}</span>}
          </div>
          {!one.failure && (
            <Button
              label={one.wants_key ? 'Give its key' : 'Use it'}
              onClick={() =>
                one.wants_key ? onAsk(one.address) : void state.adopt(one.address, '')
              }
            />
          )}
        </div>
      ))}
    </>
  );
}

function AdoptForm(props: {
  state: EnginesState;
  address: string;
  onAddress: (address: string) => void;
}): JSX.Element {
  const { state, address, onAddress } = props;
  const [key, setKey] = React.useState('');
  const [isBusy, setBusy] = React.useState(false);
  const submit = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    if (await state.adopt(address, key)) {
      onAddress('');
      setKey('');
    }
    setBusy(false);
  };
  return (
    <form className="sp-Engines-form" onSubmit={event => void submit(event)}>
      <h3>Use an engine that runs already</h3>
      <div className="sp-Engines-fields">
        <TypedField
          label="Address"
          hint="of vLLM, on this machine or another"
          spellCheck={false}
          value={address}
          placeholder="http://gpu-box:8000"
          onChange={onAddress}
        />
        <TypedField
          label="Key"
          hint="if it wants one"
          type="password"
          autoComplete="off"
          value={key}
          onChange={setKey}
        />
        <button
          type="submit"
          className="sp-Button jp-mod-styled"
          disabled={isBusy || !address.trim()}
        >
          {isBusy ? 'Asking…' : 'Use it'}
        </button>
      </div>
    </form>
  );
}
