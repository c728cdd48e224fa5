/** The section of the Models page: personas with their form, templates with theirs, files of them. */
import { addIcon, copyIcon, deleteIcon, editIcon, refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Persona, Template } from '../api/schema';
import type { ISponde } from '../api/tokens';
import type { IModels } from '../models/tokens';
import { Button } from '../ui/Button';
import { Busy } from '../ui/Busy';
import { Empty } from '../ui/Empty';
import { ErrorNote } from '../ui/ErrorNote';
import { offerUndo } from '../ui/offerUndo';
import { useSignal } from '../ui/useSignal';
import { trans } from '../ui/words';
import { PersonaForm } from './PersonaForm';
import { Sign } from './Picker';
import type { PersonasState } from './state';
import { TemplateForm } from './TemplateForm';
import '../../style/personas.css';


export function makeSection(
  sponde: ISponde,
  state: PersonasState,
  models: IModels
): React.ComponentType {
  return function Section(): JSX.Element {
    useSignal(state.changed);
    React.useEffect(() => void state.load(), []);
    return (
      <div className="sp-Personas">
        <ErrorNote error={state.error} onDismiss={() => state.dismiss()} />
        {!state.isLoaded && !state.error && <Busy label={trans.__('Loading…')} />}
        {state.isLoaded && (
          <>
            <PersonaList sponde={sponde} state={state} models={models} />
            <TemplateList state={state} />
          </>
        )}
      </div>
    );
  };
}

// -- personas ------------------------------------------------------------------------------------

function PersonaList(props: {
  sponde: ISponde;
  state: PersonasState;
  models: IModels;
}): JSX.Element {
  const { sponde, state, models } = props;
  const [open, setOpen] = React.useState<string | null>(null);
  const remove = async (persona: Persona): Promise<void> => {
    if (await state.removePersona(persona.id)) {
      offerUndo(trans.__('The persona “%1” was deleted.', persona.name), () => state.restorePersona(persona.id));
    }
  };
  const form = (persona: Persona | null): JSX.Element => (
    <PersonaForm sponde={sponde} state={state} models={models} persona={persona} onClose={() => setOpen(null)} />
  );
  return (
    <section aria-label={trans.__('Personas')}>
      <div className="sp-Personas-head">
        <h1>{trans.__('Personas')}</h1>
        <Button label={trans.__('New persona')} icon={addIcon} onClick={() => setOpen('')} />
      </div>
      <p className="sp-Quiet">
        {trans.__(
          'Who answers: instructions that go along with every question, a model, and the tools it may ask for. Choose one beside the model in the chat.'
        )}
      </p>
      {open === '' && form(null)}
      <ul className="sp-Personas-list">
        {state.personas.map(persona =>
          open === persona.id ? (
            <li key={persona.id}>{form(persona)}</li>
          ) : (
            <li key={persona.id} className="sp-Personas-row">
              <Sign icon={persona.icon} colour={persona.colour} />
              <span className="sp-Personas-what">
                <strong>{persona.name}</strong>
                <span className="sp-Quiet">{persona.summary || persona.instructions.slice(0, 120)}</span>
              </span>
              <span className="sp-Personas-tags">
                {persona.tools && (
                  <span className="sp-Tag">
                    {persona.tools.length
                      ? trans._n('%1 tool', '%1 tools', persona.tools.length)
                      : trans.__('no tools')}
                  </span>
                )}
                {persona.model_id && (
                  <span className="sp-Tag">
                    {models.models.find(({ id }) => id === persona.model_id)?.name ?? persona.model_id}
                  </span>
                )}
              </span>
              <span className="sp-Personas-actions">
                {persona.is_changed && (
                  <Button
                    label={trans.__('Bring %1 back as it came', persona.name)}
                    icon={refreshIcon}
                    iconOnly
                    onClick={() => void state.reset(persona.id)}
                  />
                )}
                <Button
                  label={trans.__('Change %1', persona.name)}
                  icon={editIcon}
                  iconOnly
                  onClick={() => setOpen(persona.id)}
                />
                <Button
                  label={trans.__('Duplicate %1', persona.name)}
                  icon={copyIcon}
                  iconOnly
                  onClick={() => void state.duplicate(persona.id).then(made => made && setOpen(made.id))}
                />
                <Button
                  label={trans.__('Delete %1', persona.name)}
                  icon={deleteIcon}
                  iconOnly
                  onClick={() => void remove(persona)}
                />
              </span>
            </li>
          )
        )}
      </ul>
    </section>
  );
}

// -- templates -----------------------------------------------------------------------------------

function TemplateList({ state }: { state: PersonasState }): JSX.Element {
  const [open, setOpen] = React.useState<string | null>(null);
  const [note, setNote] = React.useState('');
  const file = React.useRef<HTMLInputElement>(null);
  const remove = async (template: Template): Promise<void> => {
    if (await state.removeTemplate(template.id)) {
      offerUndo(trans.__('The template “%1” was deleted.', template.name), () => state.restoreTemplate(template.id));
    }
  };
  const take = async (files: FileList | null): Promise<void> => {
    let count = 0;
    for (const one of files ?? []) {
      const taken = await state.take(await one.text());
      if (taken === null) {
        return;
      }
      count += taken;
    }
    setNote(
      count
        ? trans._n('%1 template was added.', '%1 templates were added.', count)
        : trans.__('Everything in the file is here already.')
    );
  };
  const form = (template: Template | null): JSX.Element => (
    <TemplateForm state={state} template={template} onClose={() => setOpen(null)} />
  );
  return (
    <section aria-label={trans.__('Templates')}>
      <div className="sp-Personas-head">
        <h1>{trans.__('Templates')}</h1>
        <Button label={trans.__('New template')} icon={addIcon} onClick={() => setOpen('')} />
        <Button label={trans.__('Import…')} onClick={() => file.current?.click()} />
        {state.templates.length > 0 && (
          <a className="jp-Button jp-mod-styled" href={state.file} download="templates.json">
            {trans.__('Export')}
          </a>
        )}
        <input
          ref={file}
          type="file"
          accept=".json,application/json"
          multiple
          hidden
          onChange={event => {
            void take(event.target.files);
            event.target.value = '';
          }}
        />
      </div>
      <p className="sp-Quiet">
        {trans.__(
          'Questions to ask again. Write a slash and a name in the chat; places such as {{dataset}}, {{column}}, {{selection}}, {{cell}}, {{notebook}}, {{date}} or {{limit=10}} are asked for.'
        )}
      </p>
      {note && (
        <p role="status" className="sp-Personas-note">
          {note}
        </p>
      )}
      {open === '' && form(null)}
      {!state.templates.length && open !== '' && (
        <Empty
          title={trans.__('No template yet')}
          text={trans.__('Save one from a question in the chat, or write one here.')}
        />
      )}
      <ul className="sp-Personas-list">
        {state.templates.map(template =>
          open === template.id ? (
            <li key={template.id}>{form(template)}</li>
          ) : (
            <li key={template.id} className="sp-Personas-row">
              <span className="sp-Personas-what">
                <strong>/{template.name}</strong>
                <span className="sp-Quiet">{template.summary || template.text.slice(0, 160)}</span>
              </span>
              <span className="sp-Personas-tags">
                {template.variables.map(({ name }) => (
                  <span key={name} className="sp-Tag">
                    {name}
                  </span>
                ))}
              </span>
              <span className="sp-Personas-actions">
                <Button
                  label={trans.__('Change /%1', template.name)}
                  icon={editIcon}
                  iconOnly
                  onClick={() => setOpen(template.id)}
                />
                <Button
                  label={trans.__('Delete /%1', template.name)}
                  icon={deleteIcon}
                  iconOnly
                  onClick={() => void remove(template)}
                />
              </span>
            </li>
          )
        )}
      </ul>
    </section>
  );
}
