/** The form of a persona: its name and sign, what it is told, its model, its tools. */
import * as React from 'react';
import { Refusal } from '../api/client';
import type { NewPersona, Persona, Tool } from '../api/schema';
import type { ISponde } from '../api/tokens';
import type { IModels } from '../models/tokens';
import { Button } from '../ui/Button';
import { ErrorNote } from '../ui/ErrorNote';
import { Field } from '../ui/Field';
import { Form, Submit } from '../ui/Form';
import { trans } from '../ui/words';
import { Sign } from './Picker';
import type { PersonasState } from './state';

const COLOURS = ['grey', 'blue', 'green', 'purple', 'orange', 'red', 'teal'] as const;

interface Props {
  sponde: ISponde;
  state: PersonasState;
  models: IModels;
  persona: Persona | null;
  onClose: () => void;
}

export function PersonaForm({ sponde, state, models, persona, onClose }: Props): JSX.Element {
  const [draft, setDraft] = React.useState<NewPersona>(() => ({
    name: persona?.name ?? '',
    instructions: persona?.instructions ?? '',
    summary: persona?.summary ?? '',
    icon: persona?.icon ?? '',
    colour: persona?.colour ?? 'grey',
    model_id: persona?.model_id ?? '',
    tools: persona?.tools ?? null
  }));
  const [tools, setTools] = React.useState<readonly Tool[]>([]);
  const [error, setError] = React.useState<unknown>(null);
  const set = (change: Partial<NewPersona>): void => setDraft(before => ({ ...before, ...change }));
  React.useEffect(() => {
    sponde.api.call('GET /tools').then(
      found => setTools(found.map(({ tool }) => tool)),
      () => undefined // the list is offered where there is one
    );
  }, [sponde]);

  const save = async (): Promise<void> => {
    try {
      await state.savePersona(persona?.id ?? '', draft);
      onClose();
    } catch (failure) {
      setError(Refusal.from(failure));
    }
  };
  const chosen = draft.tools ?? [];
  const names = [...new Set([...tools.map(({ name }) => name), ...chosen])];
  return (
    <Form
      className="sp-PersonaForm"
      label={persona ? trans.__('Change %1', persona.name) : trans.__('New persona')}
      onSend={() => void save()}
      onLeave={onClose}
    >
      <div className="sp-PersonaForm-row">
        <Field label={trans.__('Name')}>
          <input autoFocus type="text" value={draft.name} maxLength={40} onChange={event => set({ name: event.target.value })} />
        </Field>
        <Field label={trans.__('Sign')} hint={trans.__('An emoji or a letter')}>
          <input type="text" value={draft.icon} maxLength={16} onChange={event => set({ icon: event.target.value })} />
        </Field>
        <div className="sp-PersonaForm-colours" role="radiogroup" aria-label={trans.__('Colour')}>
          {COLOURS.map(colour => (
            <label key={colour} title={colour}>
              <input
                type="radio"
                name="colour"
                aria-label={colour}
                checked={draft.colour === colour}
                onChange={() => set({ colour })}
              />
              <Sign icon={draft.icon || draft.name.slice(0, 1).toUpperCase() || '?'} colour={colour} />
            </label>
          ))}
        </div>
      </div>
      <Field label={trans.__('What it is good for')} hint={trans.__('A few words for the list')}>
        <input type="text" value={draft.summary} maxLength={200} onChange={event => set({ summary: event.target.value })} />
      </Field>
      <Field
        label={trans.__('Instructions')}
        hint={trans.__('The model reads them with every question; they stand in the receipt.')}
      >
        <textarea rows={7} value={draft.instructions} onChange={event => set({ instructions: event.target.value })} />
      </Field>
      <Field label={trans.__('Model')} hint={trans.__('Where another one is chosen in the chat, that one answers.')}>
        <select value={draft.model_id} onChange={event => set({ model_id: event.target.value })}>
          <option value="">{trans.__('The one that is chosen in the chat')}</option>
          {models.models.map(({ id, name, provider_name }) => (
            <option key={id} value={id}>
              {name} ({provider_name})
            </option>
          ))}
        </select>
      </Field>
      <fieldset className="sp-PersonaForm-tools">
        <legend>{trans.__('Tools')}</legend>
        <label>
          <input type="radio" checked={draft.tools === null} onChange={() => set({ tools: null })} />
          {trans.__('All')}
        </label>
        <label>
          <input type="radio" checked={draft.tools !== null} onChange={() => set({ tools: [...chosen] })} />
          {trans.__('Only these')}
        </label>
        {draft.tools !== null && (
          <div className="sp-PersonaForm-names">
            {names.map(name => {
              const tool = tools.find(one => one.name === name);
              return (
                <label key={name} title={tool?.description}>
                  <input
                    type="checkbox"
                    checked={chosen.includes(name)}
                    onChange={event =>
                      set({ tools: event.target.checked ? [...chosen, name] : chosen.filter(one => one !== name) })
                    }
                  />
                  {tool?.label ?? name}
                </label>
              );
            })}
            {!chosen.length && <span className="sp-Quiet">{trans.__('None: it may only answer.')}</span>}
          </div>
        )}
      </fieldset>
      <ErrorNote error={error} onDismiss={() => setError(null)} />
      <div className="sp-PersonaForm-foot">
        <Button label={trans.__('Cancel')} onClick={onClose} />
        <Submit label={trans.__('Save')} disabled={!draft.name.trim()} />
      </div>
    </Form>
  );
}
