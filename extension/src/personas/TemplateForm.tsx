/** The form of a template: its name, its text, and the places that were found in it. */
import * as React from 'react';
import { Refusal } from '../api/client';
import type { NewTemplate, Template } from '../api/schema';
import { Button } from '../ui/Button';
import { ErrorNote } from '../ui/ErrorNote';
import { Field } from '../ui/Field';
import { Form, Submit } from '../ui/Form';
import { trans } from '../ui/words';
import { places } from './places';
import type { PersonasState } from './state';

const OFFERED = ['dataset', 'column', 'selection', 'cell', 'notebook', 'date'] as const;

interface Props {
  state: PersonasState;
  template: Template | null;
  onClose: () => void;
}

export function TemplateForm({ state, template, onClose }: Props): JSX.Element {
  const [draft, setDraft] = React.useState<NewTemplate>(() => ({
    name: template?.name ?? '',
    text: template?.text ?? '',
    summary: template?.summary ?? ''
  }));
  const [error, setError] = React.useState<unknown>(null);
  const text = React.useRef<HTMLTextAreaElement>(null);
  const set = (change: Partial<NewTemplate>): void => setDraft(before => ({ ...before, ...change }));
  const save = async (): Promise<void> => {
    try {
      await state.saveTemplate(template?.id ?? '', draft);
      onClose();
    } catch (failure) {
      setError(Refusal.from(failure));
    }
  };
  const insert = (name: string): void => {
    const node = text.current;
    const at = node?.selectionStart ?? draft.text.length;
    const end = node?.selectionEnd ?? at;
    set({ text: `${draft.text.slice(0, at)}{{${name}}}${draft.text.slice(end)}` });
    node?.focus();
  };
  const found = places(draft.text);
  return (
    <Form
      className="sp-PersonaForm"
      label={template ? trans.__('Change /%1', template.name) : trans.__('New template')}
      onSend={() => void save()}
      onLeave={onClose}
    >
      <div className="sp-PersonaForm-row">
        <Field label={trans.__('Name')} hint={trans.__('Written behind a slash: letters, digits, hyphens')}>
          <input autoFocus type="text" value={draft.name} maxLength={40} onChange={event => set({ name: event.target.value })} />
        </Field>
        <Field label={trans.__('What it is for')} hint={trans.__('A few words for the list')}>
          <input type="text" value={draft.summary} maxLength={200} onChange={event => set({ summary: event.target.value })} />
        </Field>
      </div>
      <Field
        label={trans.__('Text')}
        hint={
          found.length
            ? trans.__('It asks for: %1.', found.map(({ name, default: standard }) => (standard ? `${name} (${standard})` : name)).join(', '))
            : trans.__('It asks for nothing yet: put places such as {{dataset}} into it.')
        }
      >
        <textarea ref={text} rows={5} value={draft.text} onChange={event => set({ text: event.target.value })} />
      </Field>
      <div className="sp-PersonaForm-places" role="group" aria-label={trans.__('Put in a place')}>
        {OFFERED.map(name => (
          <button key={name} type="button" className="sp-Tag" onClick={() => insert(name)}>
            {`{{${name}}}`}
          </button>
        ))}
      </div>
      <ErrorNote error={error} onDismiss={() => setError(null)} />
      <div className="sp-PersonaForm-foot">
        <Button label={trans.__('Cancel')} onClick={onClose} />
        <Submit label={trans.__('Save')} disabled={!draft.name.trim() || !draft.text.trim()} />
      </div>
    </Form>
  );
}
