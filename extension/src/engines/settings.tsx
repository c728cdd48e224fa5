/** The form of an engine's settings: whether they fit, why these, and the command that will run. */
import { copyIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Engine } from '../api/schema';
import { Busy } from '../ui/Busy';
import { Button } from '../ui/Button';
import { ErrorNote } from '../ui/ErrorNote';
import { Field } from '../ui/Field';
import { FitBar } from './FitBar';
import type { EnginesState, SettingsForm } from './state';
import { isOn } from './state';
import { QUANTIZATIONS, asCount, commandLine, quoted, splitWords } from './words';

interface SettingsProps {
  state: EnginesState;
  form: SettingsForm;
  name: string;
  version: number;
  engine: Engine | undefined;
}

export function SettingsView(props: SettingsProps): JSX.Element {
  const { state, form, name, version, engine } = props;
  const { plan } = form;
  const runs = engine !== undefined && isOn(engine);
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    void state.saveForm(name, version, engine);
  };
  return (
    <form className="sp-EngineForm" onSubmit={submit} aria-label={`Settings of ${name}`}>
      <ErrorNote error={form.error} />
      {plan ? <FitBar plan={plan} /> : form.isPlanning && <Busy label="Looking at what fits…" />}
      <Fields {...props} />
      {plan && (
        <div className="sp-EngineForm-command">
          <code aria-label="Command line">
            {plan.command.map((word, index) => (
              <React.Fragment key={index}>
                <span className={word.length < 40 ? 'sp-mod-whole' : undefined}>{quoted(word)}</span>{' '}
              </React.Fragment>
            ))}
          </code>
          <Button
            label="Copy the command line"
            icon={copyIcon}
            iconOnly
            onClick={() => void navigator.clipboard.writeText(commandLine(plan.command))}
          />
        </div>
      )}
      <div className="sp-EngineForm-foot">
        <button type="submit" className="sp-Button jp-mod-styled jp-mod-accept">
          {runs ? 'Restart with these' : plan?.fits === false ? 'Start anyway' : 'Start with these'}
        </button>
        {plan?.smaller && !plan.fits && (
          <Button
            label="Take what fits"
            title={plan.smaller_sentence}
            onClick={() => plan.smaller && state.edit(name, version, plan.smaller)}
          />
        )}
        <Button
          label="Close"
          kind="quiet"
          onClick={() => state.toggleForm(name, version, engine)}
        />
      </div>
    </form>
  );
}

function Fields({ state, form, name, version }: SettingsProps): JSX.Element {
  const { settings, plan } = form;
  const chosen = plan?.settings;
  const edit = (change: Partial<typeof settings>): void => state.edit(name, version, change);
  const most = plan?.largest_context ?? 0;
  return (
    <div className="sp-EngineForm-fields">
      <Field
        label="Context length"
        hint={most ? `up to ${most.toLocaleString()} tokens fit` : 'tokens'}
      >
        <input
          type="text"
          inputMode="numeric"
          value={settings.context_length || ''}
          placeholder={chosen?.context_length ? chosen.context_length.toLocaleString() : 'chosen'}
          onChange={event => edit({ context_length: asCount(event.target.value) })}
        />
      </Field>
      <Field label="At the same time" hint="requests answered together">
        <input
          type="text"
          inputMode="numeric"
          value={settings.max_streams || ''}
          placeholder={chosen?.max_streams ? String(chosen.max_streams) : 'chosen'}
          onChange={event => edit({ max_streams: asCount(event.target.value) })}
        />
      </Field>
      <Field label="Share of memory" hint={`% of ${plan?.device === 'cpu' ? 'the main memory' : 'each GPU'}`}>
        <input
          type="text"
          inputMode="numeric"
          value={settings.memory_share ? Math.round(settings.memory_share * 100) : ''}
          placeholder={chosen?.memory_share ? String(Math.round(chosen.memory_share * 100)) : 'chosen'}
          onChange={event =>
            edit({ memory_share: Math.min(asCount(event.target.value), 100) / 100 })
          }
        />
      </Field>
      {plan && plan.device !== 'cpu' && (
        <Field label="GPUs" hint="that share the model">
          <input
            type="text"
            inputMode="numeric"
            value={settings.tensor_parallel || ''}
            placeholder={chosen?.tensor_parallel ? String(chosen.tensor_parallel) : 'chosen'}
            onChange={event => edit({ tensor_parallel: asCount(event.target.value) })}
          />
        </Field>
      )}
      {plan && plan.device !== 'cpu' && (
        <Field label="Quantisation">
          <select
            value={settings.quantization}
            onChange={event => edit({ quantization: event.target.value })}
          >
            {QUANTIZATIONS.map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
            {!QUANTIZATIONS.some(([value]) => value === settings.quantization) && (
              <option value={settings.quantization}>{settings.quantization}</option>
            )}
          </select>
        </Field>
      )}
      <Field label="Further options" hint="words for vLLM's command line">
        <MoreWords words={settings.more} onChange={more => edit({ more })} />
      </Field>
    </div>
  );
}

interface MoreProps {
  words: string[];
  onChange: (words: string[]) => void;
  id?: string;
  'aria-describedby'?: string;
}

/** Keeps what was typed, so that a blank at its end does not vanish. */
function MoreWords({ words, onChange, ...given }: MoreProps): JSX.Element {
  const [text, setText] = React.useState(() => commandLine(words));
  return (
    <input
      {...given}
      type="text"
      spellCheck={false}
      value={text}
      placeholder="--seed 7"
      onChange={event => {
        setText(event.target.value);
        onChange(splitWords(event.target.value));
      }}
    />
  );
}
