/** Who is asked to answer: an icon beside the model until someone is chosen, then who. */
import { userIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { useSignal } from '../ui/useSignal';
import { trans } from '../ui/words';
import type { PersonasState } from './state';
import type { PickerProps } from './tokens';

const EDIT = '\u0000edit';

export function makePicker(state: PersonasState, onEdit: () => void): React.ComponentType<PickerProps> {
  return function Picker({ chosen, onChoose }: PickerProps): JSX.Element | null {
    useSignal(state.changed);
    if (!state.personas.length) {
      return null;
    }
    const persona = state.personas.find(({ id }) => id === chosen);
    return (
      <span className={`sp-PersonaPicker ${persona ? '' : 'sp-mod-none'}`}>
        {persona ? (
          <Sign icon={persona.icon} colour={persona.colour} />
        ) : (
          <userIcon.react tag="span" width="16px" height="16px" aria-hidden="true" />
        )}
        <select
          aria-label={trans.__('Persona that answers')}
          title={persona?.summary || trans.__('Choose who answers: instructions, a model, tools')}
          value={persona ? chosen : ''}
          onChange={event => {
            if (event.target.value === EDIT) {
              onEdit();
            } else {
              onChoose(event.target.value);
            }
          }}
        >
          <option value="">{trans.__('No persona')}</option>
          {state.personas.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
          <option value={EDIT}>{trans.__('Personas and templates…')}</option>
        </select>
      </span>
    );
  };
}

/** A persona's sign on its colour. */
export function Sign(props: { icon: string; colour: string }): JSX.Element {
  return (
    <span className="sp-PersonaSign" data-colour={props.colour} aria-hidden="true">
      {props.icon}
    </span>
  );
}
