/** The dialog in which models are connected: who serves them, and a form for another one. */
import { deleteIcon, refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Provider, ProviderKind } from '../api/schema';
import { Busy } from '../ui/Busy';
import { Button } from '../ui/Button';
import { Chip } from '../ui/Chip';
import { ErrorNote } from '../ui/ErrorNote';
import { Field } from '../ui/Field';
import { TypedField } from '../ui/TypedField';
import { useSignal } from '../ui/useSignal';
import { FoundView } from './found';
import { trans } from '../ui/words';
import { presets, type ModelsState } from './state';

export function ModelsView(props: { state: ModelsState }): JSX.Element {
  const { state } = props;
  useSignal(state.changed);
  const [asked, setAsked] = React.useState('');
  return (
    <div className="sp-Models">
      <p className="sp-Quiet">
        {trans.__(
          'A model answers questions in your own words. OpenAI, Anthropic or any server that speaks as they do will do, on this machine or elsewhere. Commands such as /profile need none.'
        )}
      </p>
      <ErrorNote error={state.error} onRetry={() => void state.load()} />
      {state.providers.map(provider => (
        <ProviderCard key={provider.id} provider={provider} state={state} />
      ))}
      <FoundView state={state} onAsk={setAsked} />
      <ProviderForm state={state} asked={asked} />
    </div>
  );
}

function ProviderCard(props: { provider: Provider; state: ModelsState }): JSX.Element {
  const { provider, state } = props;
  const [isAsking, setAsking] = React.useState(false);
  const models = state.modelsOf(provider);
  const isLocal = models.some(model => model.is_local);
  const isBusy = state.busy === provider.id;
  const isHere = provider.id === 'local';
  const isFixed = isHere || provider.source === 'configuration';
  return (
    <section className="sp-Provider" aria-label={provider.name}>
      <div className="sp-Provider-head">
        <span className="sp-Provider-name">{provider.name}</span>
        {models.length > 0 && (
          <Chip
            label={isLocal ? trans.__('local') : trans.__('remote')}
            tone={isLocal ? 'good' : 'plain'}
            title={
              isLocal
                ? trans.__('It runs on this machine: nothing leaves it.')
                : trans.__('What you ask leaves this machine.')
            }
          />
        )}
        <span className="sp-Provider-actions">
          {!isHere && (
            <Button
              label={trans.__('Ask %1 again which models it has', provider.name)}
              icon={refreshIcon}
              iconOnly
              disabled={isBusy}
              onClick={() => void state.check(provider.id)}
            />
          )}
          {!isFixed && (
            <Button
              label={trans.__('Remove %1', provider.name)}
              icon={deleteIcon}
              iconOnly
              disabled={isBusy}
              onClick={() => setAsking(true)}
            />
          )}
        </span>
      </div>
      <div className="sp-Provider-line">
        {isHere ? (
          <span className="sp-Quiet">{trans.__('They start when they are asked.')}</span>
        ) : (
          <>
            <code>{provider.base_url}</code>
            <span className="sp-Quiet">
              {keyOf(provider)}
              {provider.kind === 'anthropic' && ` · ${trans.__('speaks Anthropic’s protocol')}`}
              {isFixed && ` · ${trans.__('from %1', 'jupyter_config.py')}`}
            </span>
          </>
        )}
      </div>
      {isAsking && (
        <div className="sp-Provider-ask" role="alert">
          <span>{trans.__('Remove it and forget its key?')}</span>
          <Button label={trans.__('Remove')} kind="warn" onClick={() => void state.remove(provider.id)} />
          <Button label={trans.__('Keep')} onClick={() => setAsking(false)} />
        </div>
      )}
      {isBusy && <Busy label={trans.__('Asking the server…')} />}
      <ErrorNote error={state.failures[provider.id]} />
      <div className="sp-Provider-models" role="radiogroup" aria-label={trans.__('Model to ask')}>
        {models.map(model => (
          <label key={model.id} className="sp-Provider-model">
            <input
              type="radio"
              name="sp-default-model"
              checked={model.is_default}
              onChange={() => void state.choose(model.id)}
            />
            <span>{model.name}</span>
            {model.aliases
              .filter(alias => alias !== 'default')
              .map(alias => (
                <Chip
                  key={alias}
                  label={alias}
                  tone="good"
                  title={trans.__('“%1” stands for this model.', alias)}
                />
              ))}
            {model.is_default && <span className="sp-Quiet">{trans.__('answers when nobody chooses')}</span>}
          </label>
        ))}
        {models.length === 0 && !isBusy && (
          <span className="sp-Quiet">
            {trans.__('It named no models. Ask it again when it has some.')}
          </span>
        )}
      </div>
    </section>
  );
}

function ProviderForm(props: {
  state: ModelsState;
  /** An address to fill in, whose key is to be entered. */
  asked: string;
}): JSX.Element {
  const { state, asked } = props;
  const [address, setAddress] = React.useState('');
  const [key, setKey] = React.useState('');
  const [name, setName] = React.useState('');
  const [model, setModel] = React.useState('');
  const [kind, setKind] = React.useState<ProviderKind | ''>('');
  const [isMore, setMore] = React.useState(false);
  const first = React.useRef<HTMLInputElement>(null);
  const secret = React.useRef<HTMLInputElement>(null);
  React.useEffect(() => {
    if (asked) {
      setAddress(asked);
      secret.current?.focus();
    }
  }, [asked]);
  const submit = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    if (state.isTesting || !address.trim()) {
      return;
    }
    const models = model.split(/[\s,]+/).filter(Boolean);
    const known = presets().find(preset => preset.base_url === address.trim());
    const entered = {
      base_url: address.trim(),
      api_key: key.trim(),
      kind: kind || null,
      name: name.trim() || (known?.name ?? ''),
      models
    };
    if (await state.add(entered)) {
      setAddress('');
      setKey('');
      setName('');
      setModel('');
      setKind('');
      setMore(false);
      first.current?.focus();
    }
  };
  return (
    <form className="sp-ProviderForm" onSubmit={event => void submit(event)}>
      <h3>
        {state.providers.length ? trans.__('Connect another') : trans.__('Connect a model')}
      </h3>
      <div className="sp-ProviderForm-presets" role="group" aria-label={trans.__('Who serves it')}>
        {presets().map(preset => (
          <button
            key={preset.name}
            type="button"
            className="sp-Preset"
            aria-pressed={preset.base_url !== '' && address === preset.base_url}
            onClick={() => {
              setAddress(preset.base_url);
              setKind('');
              state.clearForm();
              (preset.base_url ? secret : first).current?.focus();
            }}
          >
            <b>{preset.name}</b>
            <span>{preset.hint}</span>
          </button>
        ))}
      </div>
      <Field label={trans.__('Address')} hint={trans.__('Up to and with /v1.')}>
        <input
          type="text"
          inputMode="url"
          name="address"
          ref={first}
          spellCheck={false}
          autoComplete="off"
          placeholder="http://127.0.0.1:8000/v1"
          value={address}
          onChange={event => setAddress(event.target.value)}
        />
      </Field>
      <Field
        label={trans.__('Key')}
        hint={trans.__(
          'Only if the server asks for one. It is tried before it is kept: in the system’s keyring, or else in a file that only you can read. It is never shown again. %1 takes it from a variable of the server’s environment.',
          'env:NAME'
        )}
      >
        <input
          type="password"
          name="key"
          ref={secret}
          autoComplete="off"
          value={key}
          onChange={event => setKey(event.target.value)}
        />
      </Field>
      {isMore ? (
        <>
          <TypedField
            label={trans.__('Name')}
            hint={trans.__('What to call it; its host where empty.')}
            name="name"
            value={name}
            onChange={setName}
          />
          <Field
            label={trans.__('Protocol')}
            hint={trans.__('What it speaks; the server is asked where nobody says.')}
          >
            <select
              name="kind"
              value={kind}
              onChange={event => setKind(event.target.value as ProviderKind | '')}
            >
              <option value="">{trans.__('Find out')}</option>
              <option value="openai">{trans.__('OpenAI’s, as most do')}</option>
              <option value="anthropic">{trans.__('Anthropic’s')}</option>
            </select>
          </Field>
          <TypedField
            label={trans.__('Models')}
            hint={trans.__('Only where the server does not list its own; commas between.')}
            name="models"
            spellCheck={false}
            value={model}
            onChange={setModel}
          />
        </>
      ) : (
        <button type="button" className="sp-Link" onClick={() => setMore(true)}>
          {trans.__('Name, protocol and models…')}
        </button>
      )}
      <ErrorNote error={state.formError} />
      <div className="sp-ProviderForm-foot">
        <button
          type="submit"
          className="sp-Button jp-mod-styled jp-mod-accept"
          disabled={!address.trim()}
        >
          {state.isTesting ? trans.__('Testing…') : trans.__('Test and save')}
        </button>
        {state.isTesting && <span className="sp-Quiet" role="status">
            {trans.__('Asking it which models it has.')}
          </span>}
      </div>
    </form>
  );
}

/** Where a provider's key is, in words. */
function keyOf({ key_hint, key_place }: Provider): string {
  if (!key_hint) {
    return trans.__('no key');
  }
  if (key_hint.startsWith('env:')) {
    return trans.__('key from the variable %1', key_hint.slice(4));
  }
  return key_place === 'keyring'
    ? trans.__('key ends in %1, in the system’s keyring', key_hint)
    : trans.__('key ends in %1', key_hint);
}
