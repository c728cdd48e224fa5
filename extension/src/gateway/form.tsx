/** Draws the form that makes a token, or changes one. */
import * as React from 'react';
import type { GatewayToken, Scope } from '../api/schema';
import { Button } from '../ui/Button';
import { ErrorNote } from '../ui/ErrorNote';
import { Field } from '../ui/Field';
import { TypedField } from '../ui/TypedField';
import { formOf, type AccessState, type TokenForm } from './state';
import { ends, ENDS, scopes } from './words';

export function TokenFormView(props: {
  state: AccessState;
  edited: GatewayToken | 'new';
}): JSX.Element {
  const { state, edited } = props;
  const isNew = edited === 'new';
  const [form, setForm] = React.useState<TokenForm>(() => formOf(edited));
  const [isMore, setMore] = React.useState(!isNew);
  const first = React.useRef<HTMLInputElement>(null);
  React.useEffect(() => first.current?.focus(), []);
  const put = (change: Partial<TokenForm>): void => setForm({ ...form, ...change });
  const toggle = (scope: Scope): void =>
    put({
      scopes: form.scopes.includes(scope)
        ? form.scopes.filter(one => one !== scope)
        : [...form.scopes, scope]
    });
  return (
    <form
      className="sp-TokenForm"
      aria-label={isNew ? 'New token' : `Change ${edited.name}`}
      onSubmit={event => {
        event.preventDefault();
        void state.save(form);
      }}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          state.edit(null);
        }
      }}
    >
      <div className="sp-TokenForm-row">
        <Field label="Name">
          <input
            ref={first}
            type="text"
            placeholder="What it is for, such as nightly report"
            value={form.name}
            onChange={event => put({ name: event.target.value })}
          />
        </Field>
        <Field label="Expires">
          <select
            value={form.days ?? ''}
            onChange={event =>
              put({ days: event.target.value === '' ? null : Number(event.target.value) })
            }
          >
            {!isNew && <option value="">{`As it is: ${ends(edited)}`}</option>}
            {ENDS.map(end => (
              <option key={end.days} value={end.days}>
                {end.label}
              </option>
            ))}
          </select>
        </Field>
      </div>
      <fieldset className="sp-TokenForm-scopes">
        <legend>Allows</legend>
        {scopes().map(scope => (
          <label key={scope.id}>
            <input
              type="checkbox"
              checked={form.scopes.includes(scope.id)}
              onChange={() => toggle(scope.id)}
            />
            {scope.label}
          </label>
        ))}
      </fieldset>
      {isMore ? (
        <>
          <div className="sp-TokenForm-row">
            <Limit
              label="Requests a minute"
              value={form.requestsPerMinute}
              onChange={requestsPerMinute => put({ requestsPerMinute })}
            />
            <Limit
              label="Requests at once"
              value={form.parallel}
              onChange={parallel => put({ parallel })}
            />
            <Limit
              label="Tokens a day"
              value={form.tokensPerDay}
              onChange={tokensPerDay => put({ tokensPerDay })}
            />
          </div>
          <TypedField
            label="Models"
            hint="Names or aliases, commas between; empty: all of them."
            spellCheck={false}
            placeholder="default, fast"
            value={form.models}
            onChange={models => put({ models })}
          />
        </>
      ) : (
        <button type="button" className="sp-Link" onClick={() => setMore(true)}>
          Limits and models…
        </button>
      )}
      <ErrorNote error={state.formError} />
      <div className="sp-TokenForm-foot">
        <button
          type="submit"
          className="sp-Button jp-mod-styled jp-mod-accept"
          disabled={!form.name.trim() || !form.scopes.length || state.isSaving}
        >
          {isNew ? 'Make token' : 'Save'}
        </button>
        <Button label="Cancel" onClick={() => state.edit(null)} />
      </div>
    </form>
  );
}

function Limit(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}): JSX.Element {
  return (
    <TypedField
      label={props.label}
      type="number"
      min={0}
      step={1}
      placeholder="no limit"
      value={props.value}
      onChange={props.onChange}
    />
  );
}
