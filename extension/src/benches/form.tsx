/** The form of a benchmark: which model, what is measured, how many requests that makes. */
import * as React from 'react';
import type { IModels } from '../models/tokens';
import { ErrorNote } from '../ui/ErrorNote';
import { Field } from '../ui/Field';
import { Form, Submit } from '../ui/Form';
import { TypedField } from '../ui/TypedField';
import type { BenchesState } from './state';

export function BenchFormView(props: { state: BenchesState; models: IModels }): JSX.Element {
  const { state, models } = props;
  const { form } = state;
  const chosen =
    models.models.find(model => model.id === form.model) ?? models.chosen ?? models.models[0];
  const isWrong = (['contexts', 'streams', 'requests', 'answer'] as const).some(field =>
    state.wrong(field)
  );
  const isLocal = chosen?.provider_id === 'local';
  const submit = (): void => {
    if (chosen && !isWrong && !state.isSending) {
      void state.start(chosen);
    }
  };
  return (
    <Form className="sp-BenchForm" label="Measure a model" onSend={submit}>
      <div className="sp-BenchForm-fields">
        <Field label="Model">
          <select
            name="model"
            value={chosen?.id ?? ''}
            onChange={event => state.edit({ model: event.target.value })}
          >
            {models.models.map(model => (
              <option key={model.id} value={model.id}>
                {model.name} · {model.provider_name}
              </option>
            ))}
          </select>
        </Field>
        <TypedField
          label="Requests at once"
          hint="Each is measured."
          error={state.wrong('streams')}
          name="streams"
          inputMode="numeric"
          value={form.streams}
          onChange={streams => state.edit({ streams })}
        />
        <TypedField
          label="Tokens to read"
          hint="Context sizes."
          error={state.wrong('contexts')}
          name="contexts"
          inputMode="numeric"
          value={form.contexts}
          onChange={contexts => state.edit({ contexts })}
        />
        <TypedField
          label="Tokens to write"
          hint="Each answer."
          error={state.wrong('answer')}
          name="answer"
          inputMode="numeric"
          value={form.answer}
          onChange={answer => state.edit({ answer })}
        />
        <TypedField
          label="Requests"
          hint="For each figure."
          error={state.wrong('requests')}
          name="requests"
          inputMode="numeric"
          value={form.requests}
          onChange={requests => state.edit({ requests })}
        />
        {isLocal && (
          <Field label="Measured by">
            <select
              name="tool"
              value={form.tool}
              onChange={event => state.edit({ tool: event.target.value as typeof form.tool })}
            >
              <option value="">vLLM’s own, where it can</option>
              <option value="vllm">vLLM bench serve</option>
              <option value="ours">Sponde’s client</option>
            </select>
          </Field>
        )}
      </div>
      <ErrorNote error={state.formError} />
      <div className="sp-BenchForm-foot">
        <Submit label={state.isSending ? 'Starting…' : 'Measure'} disabled={!chosen || isWrong || state.isSending} />
        {state.planned > 0 && (
          <span className="sp-Quiet">
            {state.planned} requests{chosen && !chosen.is_local && ', which may cost money'}
          </span>
        )}
      </div>
    </Form>
  );
}
