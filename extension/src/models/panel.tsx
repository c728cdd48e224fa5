/** The dialog in which models are connected: who serves them, and a form for another one. */
import { deleteIcon, refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Provider } from '../api/schema';
import { Busy } from '../ui/Busy';
import { Button } from '../ui/Button';
import { Chip } from '../ui/Chip';
import { ErrorNote } from '../ui/ErrorNote';
import { Field } from '../ui/Field';
import { useSignal } from '../ui/useSignal';
import { FoundView } from './found';
import { PRESETS, type ModelsState } from './state';

export function ModelsView(props: { state: ModelsState }): JSX.Element {
  const { state } = props;
  useSignal(state.changed);
  const [asked, setAsked] = React.useState('');
  return (
    <div className="sp-Models">
      <p className="sp-Quiet">
        A model answers questions in your own words. Any server with an OpenAI-compatible address
        will do, on this machine or elsewhere. Commands such as <code>/profile</code> need none.
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
            label={isLocal ? 'local' : 'remote'}
            tone={isLocal ? 'good' : 'plain'}
            title={
              isLocal
                ? 'It runs on this machine: nothing leaves it.'
                : 'What you ask leaves this machine.'
            }
          />
        )}
        <span className="sp-Provider-actions">
          {!isHere && (
            <Button
              label={`Ask ${provider.name} again which models it has`}
              icon={refreshIcon}
              iconOnly
              disabled={isBusy}
              onClick={() => void state.check(provider.id)}
            />
          )}
          {!isFixed && (
            <Button
              label={`Remove ${provider.name}`}
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
          <span className="sp-Quiet">They start when they are asked.</span>
        ) : (
          <>
            <code>{provider.base_url}</code>
            <span className="sp-Quiet">
              {provider.key_hint ? `key ends in ${provider.key_hint}` : 'no key'}
              {isFixed && ' · from jupyter_config.py'}
            </span>
          </>
        )}
      </div>
      {isAsking && (
        <div className="sp-Provider-ask" role="alert">
          <span>Remove it and forget its key?</span>
          <Button label="Remove" kind="warn" onClick={() => void state.remove(provider.id)} />
          <Button label="Keep" onClick={() => setAsking(false)} />
        </div>
      )}
      {isBusy && <Busy label="Asking the server…" />}
      <ErrorNote error={state.failures[provider.id]} />
      <div className="sp-Provider-models" role="radiogroup" aria-label="Model to ask">
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
                  title={`“${alias}” stands for this model.`}
                />
              ))}
            {model.is_default && <span className="sp-Quiet">answers when nobody chooses</span>}
          </label>
        ))}
        {models.length === 0 && !isBusy && (
          <span className="sp-Quiet">It named no models. Ask it again when it has some.</span>
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
    const entered = { base_url: address.trim(), api_key: key.trim(), name: name.trim(), models };
    if (await state.add(entered)) {
      setAddress('');
      setKey('');
      setName('');
      setModel('');
      setMore(false);
      first.current?.focus();
    }
  };
  return (
    <form className="sp-ProviderForm" onSubmit={event => void submit(event)}>
      <h3>{state.providers.length ? 'Connect another' : 'Connect a model'}</h3>
      <div className="sp-ProviderForm-presets" aria-label="Common servers">
        {PRESETS.map(preset => (
          <button
            key={preset.name}
            type="button"
            className="sp-Preset"
            onClick={() => {
              setAddress(preset.base_url);
              state.clearForm();
            }}
          >
            <b>{preset.name}</b>
            <span>{preset.hint}</span>
          </button>
        ))}
      </div>
      <Field label="Address" hint="Up to and with /v1.">
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
        label="Key"
        hint="Only if the server asks for one. It is kept in a file that only you can read, and never shown again."
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
          <Field label="Name" hint="What to call it; its host where empty.">
            <input
              type="text"
              name="name"
              value={name}
              onChange={event => setName(event.target.value)}
            />
          </Field>
          <Field label="Models" hint="Only where the server does not list its own; commas between.">
            <input
              type="text"
              name="models"
              spellCheck={false}
              value={model}
              onChange={event => setModel(event.target.value)}
            />
          </Field>
        </>
      ) : (
        <button type="button" className="sp-Link" onClick={() => setMore(true)}>
          Name and models…
        </button>
      )}
      <ErrorNote error={state.formError} />
      <div className="sp-ProviderForm-foot">
        <button
          type="submit"
          className="sp-Button jp-mod-styled jp-mod-accept"
          disabled={!address.trim()}
        >
          {state.isTesting ? 'Testing…' : 'Test and save'}
        </button>
        {state.isTesting && <span className="sp-Quiet">Asking it which models it has.</span>}
      </div>
    </form>
  );
}
