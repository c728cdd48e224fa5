/** Draws the blocks of an import, row by row: what each is here, and what becomes of it. */
import * as React from 'react';
import { Refusal } from '../../api/client';
import type { ImportPair, ImportRow, RowChoice } from '../../api/schema';
import { Button } from '../../ui/Button';
import { ErrorNote } from '../../ui/ErrorNote';
import { trans } from '../../ui/words';
import { CodeRead, type CodeMeans } from '../code/CodeText';
import { Difference } from '../code/Difference';
import type { Transfers } from './transfers';

interface ImportRowsProps {
  transfers: Transfers;
  means: CodeMeans;
}

export function ImportRows({ transfers, means }: ImportRowsProps): JSX.Element {
  const { rows, total } = transfers;
  const near = transfers.importing?.near ?? 0;
  return (
    <>
      {near > 1 && (
        <div className="sp-Carry-all">
          <span>{trans.__('All that are nearly here:')}</span>
          <ChoiceOf
            label={trans.__('What becomes of all that are nearly here')}
            value={transfers.near ?? ''}
            other={trans.__('as below')}
            onChoose={choice => transfers.chooseNear(choice)}
          />
        </div>
      )}
      <ul className="sp-Carry-rows" aria-label={trans.__('Blocks of the file')}>
        {rows.map(row => (
          <Row key={row.at} row={row} transfers={transfers} means={means} />
        ))}
      </ul>
      {rows.length < total && (
        <Button
          label={trans.__('Show more (%1 of %2)', rows.length, total)}
          kind="quiet"
          onClick={() => void transfers.more()}
        />
      )}
    </>
  );
}

function Row(props: ImportRowsProps & { row: ImportRow }): JSX.Element {
  const { row, transfers, means } = props;
  const [pair, setPair] = React.useState<ImportPair | Refusal | null>(null);
  const choice = transfers.choiceOf(row);
  const look = (): void => {
    if (pair) {
      setPair(null);
    } else {
      transfers.pair(row.at).then(setPair, error => setPair(Refusal.from(error)));
    }
  };
  return (
    <li className={`sp-Carry-item sp-mod-${row.state}`}>
      <div className="sp-Carry-line">
        {row.state === 'broken' ? (
          <span className="sp-Carry-name">{row.name === '?' ? row.place : row.name}</span>
        ) : (
          <label className="sp-Carry-name">
            <input
              type="checkbox"
              checked={choice !== 'skip'}
              onChange={event =>
                transfers.choose(
                  row,
                  !event.target.checked ? 'skip' : row.choice === 'skip' ? 'keep' : row.choice
                )
              }
            />
            {row.name}
          </label>
        )}
        {row.state !== 'broken' && (
          <button type="button" className="sp-Link" aria-expanded={pair !== null} onClick={look}>
            {row.state === 'near' ? trans.__('Difference') : trans.__('Code')}
          </button>
        )}
      </div>
      <div className="sp-Quiet">
        {[stateWords(row), row.note || row.description].filter(Boolean).join(' · ')}
      </div>
      {row.state === 'near' && choice !== 'skip' && (
        <ChoiceOf
          label={trans.__('What becomes of %1', row.name)}
          value={choice}
          name={row.block_name}
          onChoose={chosen => transfers.choose(row, chosen)}
        />
      )}
      {pair instanceof Refusal ? (
        <ErrorNote error={pair} />
      ) : (
        pair &&
        (row.state === 'near' ? (
          <Difference
            means={means}
            language={pair.language}
            before={pair.mine}
            after={pair.code}
            names={[pair.mine_name, trans.__('%1 of the file', pair.name)]}
          />
        ) : (
          <CodeRead means={means} code={pair.code} language={pair.language} />
        ))
      )}
    </li>
  );
}

function ChoiceOf(props: {
  label: string;
  value: RowChoice | '';
  name?: string;
  other?: string;
  onChoose: (choice: RowChoice) => void;
}): JSX.Element {
  const { name } = props;
  return (
    <select
      aria-label={props.label}
      value={props.value}
      onChange={event => event.target.value && props.onChoose(event.target.value as RowChoice)}
    >
      {props.other && <option value="">{props.other}</option>}
      <option value="keep">{trans.__('Keep as a block of its own')}</option>
      <option value="revise">
        {name ? trans.__('Make it the new revision of %1', name) : trans.__('Make them new revisions')}
      </option>
      {!name && <option value="skip">{trans.__('Leave them out')}</option>}
    </select>
  );
}

function stateWords(row: ImportRow): string {
  switch (row.state) {
    case 'new':
      return row.language;
    case 'same':
      return !row.block_name
        ? trans.__('twice in this file')
        : row.block_name === row.name
          ? trans.__('here already')
          : trans.__('here as %1', row.block_name);
    case 'near':
      return trans.__('%1 % like %2', String(Math.round(row.likeness * 100)), row.block_name);
    default:
      return row.name === '?' ? '' : row.place;
  }
}
