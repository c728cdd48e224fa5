/** The form of a new experiment: two columns of values, and what decides. */
import { folderIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Parameter } from '../api/schema';
import { Button } from '../ui/Button';
import { ErrorNote } from '../ui/ErrorNote';
import { Field } from '../ui/Field';
import { hasSeed, held, missing, rows, written, type Column } from './form';
import { say } from './numbers';
import type { ExperimentsState } from './state';

interface FormViewProps {
  state: ExperimentsState;
  /** Let the person choose a notebook; null where they did not. */
  onChoose: () => Promise<string | null>;
}

export function FormView(props: FormViewProps): JSX.Element {
  const { state } = props;
  const { form } = state;
  const why = missing(form);
  const choose = async (index: number): Promise<void> => {
    const path = await props.onChoose();
    if (path) {
      await state.choose(index, path);
    }
  };
  return (
    <form
      className="sp-Experiment-form"
      onSubmit={event => {
        event.preventDefault();
        if (!why && !state.isSending) {
          void state.send();
        }
      }}
    >
      <p className="sp-Quiet">
        Both versions run the same number of times, in turns. When every run is in, their metric is
        compared.
      </p>
      <Columns state={state} onChoose={index => void choose(index)} />
      <h2>What decides</h2>
      <div className="sp-Experiment-goal">
        <Field
          label="Metric"
          hint={'As the notebook reports it: sponde.metric("rmse", value)'}
        >
          <input
            name="metric"
            list="sponde-known-metrics"
            autoComplete="off"
            spellCheck={false}
            placeholder="rmse"
            value={form.metric}
            onChange={event => state.change({ metric: event.target.value })}
          />
        </Field>
        <datalist id="sponde-known-metrics">
          {state.knownMetrics.map(({ name, value }) => (
            <option key={name} value={name}>{`last was ${say(value)}`}</option>
          ))}
        </datalist>
        <Field label="Better is">
          <select
            name="direction"
            value={form.direction}
            onChange={event =>
              state.change({ direction: event.target.value === 'lower' ? 'lower' : 'higher' })
            }
          >
            <option value="lower">lower (an error, a cost)</option>
            <option value="higher">higher (an accuracy, a gain)</option>
          </select>
        </Field>
        <Field
          label="Runs of each version"
          hint={
            form.repeats === 1
              ? 'One run each gives no interval and no verdict.'
              : 'More runs make the interval narrower.'
          }
        >
          <input
            name="repeats"
            type="number"
            min={1}
            max={100}
            value={form.repeats || ''}
            onChange={event => state.change({ repeats: Math.floor(Number(event.target.value)) })}
          />
        </Field>
      </div>
      <p className="sp-Quiet">
        {hasSeed(form)
          ? 'The parameter seed gets the number of the repeat, so that runs differ and each pair shares its chance.'
          : 'If chance plays a part, give the notebook a parameter named seed: it gets the number of the repeat, and runs are compared in pairs.'}
      </p>
      <ErrorNote error={state.formError} />
      <div className="sp-Experiment-send">
        <button
          type="submit"
          className="sp-Button jp-mod-styled jp-mod-accept"
          disabled={Boolean(why) || state.isSending}
        >
          {state.isSending ? 'Starting…' : `Run ${2 * (form.repeats || 0)} times and compare`}
        </button>
        <Button label="Cancel" onClick={() => void state.showList()} />
        <span className="sp-Quiet" role="status">
          {why}
        </span>
      </div>
    </form>
  );
}

function Columns(props: { state: ExperimentsState; onChoose: (index: number) => void }): JSX.Element {
  const { state } = props;
  const { form } = state;
  const [first, second] = form.columns;
  const note = first.known?.note || second.known?.note;
  return (
    <>
      <div className="sp-Experiment-notebooks">
        <Notebook
          column={first}
          label={form.isTwoNotebooks ? `Notebook ${first.name}` : 'Notebook'}
          onChoose={() => props.onChoose(0)}
        />
        {form.isTwoNotebooks && (
          <Notebook
            column={second}
            label={`Notebook ${second.name}`}
            onChoose={() => props.onChoose(1)}
          />
        )}
        <label className="sp-Experiment-two">
          <input
            type="checkbox"
            checked={form.isTwoNotebooks}
            onChange={event => void state.setTwoNotebooks(event.target.checked)}
          />
          Compare with another notebook
        </label>
      </div>
      <ErrorNote error={first.error ?? second.error} />
      {note && <p className="sp-Quiet">{note}</p>}
      {rows(form).length > 0 && (
        <table className="sp-Table sp-Experiment-values">
          <thead>
            <tr>
              <th scope="col">Parameter</th>
              {form.columns.map(column => (
                <th scope="col" key={column.name}>
                  Version {column.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows(form).map(row => (
              <tr key={row.name} className={row.isDifferent ? 'sp-mod-different' : ''}>
                <th scope="row">
                  {row.name}
                  <div className="sp-Quiet">{(row.cells[0] ?? row.cells[1])?.help}</div>
                </th>
                {row.cells.map((parameter, index) => (
                  <td key={index}>
                    {parameter ? (
                      <Value
                        parameter={parameter}
                        column={form.columns[index]}
                        onChange={value => state.setValue(index, row.name, value)}
                      />
                    ) : (
                      <span className="sp-Quiet">–</span>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function Notebook(props: { column: Column; label: string; onChoose: () => void }): JSX.Element {
  const { column, label } = props;
  return (
    <div className="sp-Experiment-notebook">
      <div className="sp-Experiment-label">{label}</div>
      <span className={column.notebook ? '' : 'sp-Quiet'}>{column.notebook || 'none chosen'}</span>
      <Button
        label={column.notebook ? `Change ${label}` : `Choose ${label}`}
        icon={folderIcon}
        iconOnly
        onClick={props.onChoose}
      />
    </div>
  );
}

function Value(props: {
  parameter: Parameter;
  column: Column;
  onChange: (value: string) => void;
}): JSX.Element {
  const { parameter, column, onChange } = props;
  const value = held(column, parameter);
  const label = `${parameter.name} of version ${column.name}`;
  const choices =
    parameter.type === 'bool' ? ['true', 'false'] : parameter.choices?.map(written);
  if (choices) {
    return (
      <select aria-label={label} value={value} onChange={event => onChange(event.target.value)}>
        {!choices.includes(value) && <option value={value}>{value}</option>}
        {choices.map(choice => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </select>
    );
  }
  return (
    <input
      aria-label={label}
      autoComplete="off"
      spellCheck={false}
      type={parameter.type === 'date' ? 'date' : 'text'}
      inputMode={parameter.type === 'int' || parameter.type === 'float' ? 'decimal' : undefined}
      value={value}
      placeholder={parameter.is_optional ? 'none' : ''}
      onChange={event => onChange(event.target.value)}
    />
  );
}
