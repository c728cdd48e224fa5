/** Draws what is asked before a block is put into a notebook. Fetches nothing. */
import * as React from 'react';
import type { Candidate } from '../../api/schema';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import type { Filling } from '../fields/fields';
import { FieldsForm } from '../fields/FieldsForm';
import type { NameQuestion, Question } from './question';

interface FitFormProps {
  question: Question;
  filling?: Filling | null;
}

export function FitForm({ question, filling }: FitFormProps): JSX.Element {
  useSignal(question.changed);
  if (filling && question.columns.length) {
    // A column is one of the variable that stands for the block's table.
    filling.columnsHere = question.columns;
  }
  return (
    <div className="sp-Fit">
      {filling && <FieldsForm filling={filling} />}
      {question.isOpen && (
        <p>{trans.__('The block uses names that this notebook does not have. Which are meant?')}</p>
      )}
      {question.names.map((name, at) => (
        <Name key={name.need.name} name={name} at={at} question={question} />
      ))}
      {question.install && (
        <p className="sp-Fit-missing" role="note">
          {trans._n(
            'This kernel does not find the package %2, which the block imports.',
            'This kernel does not find %1 packages that the block imports: %2.',
            question.packages.length,
            question.packages.join(', ')
          )}
        </p>
      )}
    </div>
  );
}

function Name(props: { name: NameQuestion; at: number; question: Question }): JSX.Element {
  const { name, at, question } = props;
  const { need, chosen, columns } = name;
  const place = React.useId();
  return (
    <fieldset className="sp-Fit-name">
      <legend className="sp-Fit-hidden">{need.name}</legend>
      <div className="sp-Fit-row">
        <label htmlFor={place}>
          <code>{need.name}</code> <span aria-hidden="true">→</span>
          <span className="sp-Fit-hidden">{trans.__('is here')}</span>
        </label>
        {need.is_here ? (
          <code id={place}>{need.name}</code>
        ) : (
          <select
            id={place}
            value={chosen?.name ?? ''}
            onChange={event => question.choose(at, event.target.value)}
          >
            {need.candidates.map(candidate => (
              <option key={candidate.name} value={candidate.name}>
                {told(candidate)}
              </option>
            ))}
            <option value="">{trans.__('leave %1 as it is', need.name)}</option>
          </select>
        )}
      </div>
      {columns.map(column => (
        <div key={column.name} className="sp-Fit-row sp-mod-column">
          <label htmlFor={`${place}-${column.name}`}>
            <span className="sp-Fit-word">{trans.__('column')}</span> <code>{column.name}</code>{' '}
            <span aria-hidden="true">→</span>
            <span className="sp-Fit-hidden">{trans.__('is here')}</span>
          </label>
          <select
            id={`${place}-${column.name}`}
            value={column.chosen}
            onChange={event => question.chooseColumn(at, column.name, event.target.value)}
          >
            {column.there.map(one => (
              <option key={one}>{one}</option>
            ))}
            <option value="">{trans.__('leave %1 as it is', column.name)}</option>
          </select>
        </div>
      ))}
    </fieldset>
  );
}

/** A variable as the list names it: sales · DataFrame, 99 × 3 · 2 of 2 columns. */
function told({ name, type, shape, columns, all_columns }: Candidate): string {
  const parts = [name, [type, shape].filter(part => part).join(', ')];
  if (columns.length && all_columns.length) {
    const there = columns.filter(one => one.here === one.name).length;
    parts.push(trans.__('%1 of %2 columns', there, columns.length));
  }
  return parts.filter(part => part).join(' · ');
}
