/** Draws the form that runs a notebook with parameters, or schedules it. */
import * as React from 'react';
import type { Parameter } from '../api/schema';
import { Busy } from '../ui/Busy';
import { Button } from '../ui/Button';
import { ErrorNote } from '../ui/ErrorNote';
import { Field } from '../ui/Field';
import { useSignal } from '../ui/useSignal';
import type { RunForm } from './formState';
import { PRESETS, asText, dueText, fileName, hint, type Preset } from './words';
import '../../style/jobs.css';

interface FormProps {
  form: RunForm;
  onRun: () => void;
  onSave: () => void;
  onOpenNotebook: (path: string) => void;
}

export function FormView(props: FormProps): JSX.Element {
  const { form } = props;
  useSignal(form.changed);
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    (form.isScheduling ? props.onSave : props.onRun)();
  };
  return (
    <div className="sp-Scroll">
      <form className="sp-Page sp-RunForm" onSubmit={submit} noValidate>
        <h1>{form.definition ? `Schedule of ${form.definition.name}` : title(form.path)}</h1>
        <p className="sp-RunForm-path sp-Quiet">
          <button type="button" onClick={() => props.onOpenNotebook(form.path)}>
            {form.path}
          </button>
          {form.notebook && <span> · kernel {form.notebook.kernel}</span>}
        </p>
        {!form.notebook && !form.error && <Busy label="Reading the parameters cell…" />}
        {form.notebook && <Body {...props} />}
        <ErrorNote error={form.error} onRetry={form.notebook ? undefined : () => void form.load()} />
      </form>
    </div>
  );
}

function title(path: string): string {
  return `Run ${fileName(path)}`;
}

function Body(props: FormProps): JSX.Element {
  const { form } = props;
  const { note, parameters } = form.notebook!;
  return (
    <>
      {note && <div className="sp-RunForm-note">{note}</div>}
      {parameters.map(parameter => (
        <ParameterField key={parameter.name} form={form} parameter={parameter} />
      ))}
      {form.isScheduling && <ScheduleFields form={form} />}
      <div className="sp-RunForm-actions">
        {!form.definition && (
          <Button
            label="Run now"
            kind={form.isScheduling ? 'plain' : 'accept'}
            disabled={form.isBusy}
            onClick={props.onRun}
          />
        )}
        {form.isScheduling ? (
          <Button
            label={form.definition ? 'Save changes' : 'Save schedule'}
            kind="accept"
            disabled={form.isBusy}
            onClick={props.onSave}
          />
        ) : (
          <Button label="Schedule…" disabled={form.isBusy} onClick={() => form.startScheduling()} />
        )}
      </div>
      <button type="submit" hidden />
    </>
  );
}

function ParameterField(props: { form: RunForm; parameter: Parameter }): JSX.Element {
  const { form, parameter } = props;
  return (
    <div className="sp-RunForm-field">
      <Field
        label={parameter.name}
        hint={hint(parameter)}
        error={form.problems[parameter.name]}
      >
        {input(form, parameter)}
      </Field>
      {form.isChanged(parameter) && !parameter.is_required && (
        <Button
          label="Reset"
          title={`Put the notebook's own value back: ${parameter.expression || asText(parameter.default) || 'None'}`}
          kind="quiet"
          onClick={() => form.reset(parameter)}
        />
      )}
    </div>
  );
}

function input(form: RunForm, parameter: Parameter): React.ReactElement {
  const { name, type, choices, expression, is_optional } = parameter;
  const value = form.values.get(name) ?? '';
  const placeholder = expression || (is_optional ? 'None' : undefined);
  const shared = { name, value, placeholder, disabled: form.isBusy };
  const onChange = (
    event: React.ChangeEvent<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>
  ): void => form.set(name, event.target.value);
  const options = choices?.map(asText) ?? (type === 'bool' ? ['true', 'false'] : null);
  if (options) {
    const isOpen = is_optional || Boolean(expression);
    return (
      <select {...shared} onChange={onChange}>
        {isOpen && <option value="">{placeholder}</option>}
        {options.map(option => (
          <option key={option} value={option}>
            {type === 'bool' ? option[0].toUpperCase() + option.slice(1) : option}
          </option>
        ))}
      </select>
    );
  }
  if (type === 'list' || type === 'dict' || asText(parameter.default).includes('\n')) {
    const rows = Math.min(8, Math.max(2, value.split('\n').length));
    return <textarea {...shared} rows={rows} spellCheck={false} onChange={onChange} />;
  }
  if (type === 'date') {
    return <input {...shared} type="date" onChange={onChange} />;
  }
  const mode = type === 'int' ? 'numeric' : type === 'float' ? 'decimal' : undefined;
  return (
    <input
      {...shared}
      type="text"
      inputMode={mode}
      spellCheck={false}
      autoComplete="off"
      onChange={onChange}
    />
  );
}

function ScheduleFields(props: { form: RunForm }): JSX.Element {
  const { form } = props;
  const zones = React.useMemo(() => Intl.supportedValuesOf('timeZone'), []);
  const place = React.useRef<HTMLFieldSetElement>(null);
  React.useEffect(() => {
    if (!form.definition) {
      // Somebody asked for it just now: it may lie below what is in sight.
      place.current?.scrollIntoView({ block: 'start' });
      place.current?.querySelector('select')?.focus({ preventScroll: true });
    }
  }, [form]);
  return (
    <fieldset className="sp-RunForm-schedule" ref={place}>
      <legend>Schedule</legend>
      <Field label="Name" hint="Empty: the notebook's name.">
        <input
          type="text"
          name="sp-name"
          value={form.name}
          placeholder={fileName(form.path).replace(/\.ipynb$/, '')}
          onChange={event => form.setSchedule({ name: event.target.value })}
        />
      </Field>
      <div className="sp-RunForm-when">
        <Field label="Runs">
          <select
            name="sp-preset"
            value={form.preset}
            onChange={event => form.setSchedule({ preset: event.target.value as Preset })}
          >
            {PRESETS.map(([preset, label]) => (
              <option key={preset} value={preset}>
                {label}
              </option>
            ))}
          </select>
        </Field>
        {form.preset !== 'hourly' && form.preset !== 'custom' && (
          <Field label="At">
            <input
              type="time"
              name="sp-time"
              value={form.time}
              required
              onChange={event => form.setSchedule({ time: event.target.value || form.time })}
            />
          </Field>
        )}
        <Field label="Time zone" error={form.problems.time_zone}>
          <input
            type="text"
            name="sp-zone"
            list="sp-time-zones"
            value={form.zone}
            spellCheck={false}
            onChange={event => form.setSchedule({ zone: event.target.value })}
          />
        </Field>
        <datalist id="sp-time-zones">
          {zones.map(zone => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      </div>
      {form.preset === 'custom' && (
        <Field
          label="Cron line"
          hint="Minute, hour, day of the month, month, day of the week: 0 8 * * 1-5"
          error={form.problems.cron}
        >
          <input
            type="text"
            name="sp-cron"
            className="sp-RunForm-cron"
            value={form.cron}
            spellCheck={false}
            onChange={event => form.setSchedule({ cron: event.target.value })}
          />
        </Field>
      )}
      <label className="sp-RunForm-check">
        <input
          type="checkbox"
          checked={form.catchesUp}
          onChange={event => form.setSchedule({ catchesUp: event.target.checked })}
        />
        If the server was off at that time, run once when it is back
      </label>
      <Outlook form={form} />
    </fieldset>
  );
}

function Outlook(props: { form: RunForm }): JSX.Element | null {
  const { outlook, zone } = props.form;
  if (!outlook || outlook.problems.length > 0) {
    return null;
  }
  return (
    <div className="sp-RunForm-outlook" role="status">
      <strong>{outlook.words}</strong> ({zone}). Next:{' '}
      {outlook.next.map(moment => dueText(moment, zone)).join(' · ')}
    </div>
  );
}
