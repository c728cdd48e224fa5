/** One training set: its card, its rows, its files and versions. */
import { deleteIcon, downloadIcon, editIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { TrainingCard, TrainingRow, TrainingSet } from '../api/schema';
import { Busy } from '../ui/Busy';
import { Button } from '../ui/Button';
import { Chip } from '../ui/Chip';
import { ErrorNote } from '../ui/ErrorNote';
import { ago } from '../ui/time';
import { Back } from './Back';
import type { RowsTab, TuningState } from './state';
import { BY_HAND, listed, REASONS, some } from './words';

interface SetViewProps {
  state: TuningState;
  onRemove: (made: TrainingSet) => void;
}

export function SetView(props: SetViewProps): JSX.Element {
  const { state } = props;
  const { set } = state;
  if (!set) {
    return (
      <div className="sp-Tuning">
        <Back state={state} />
        <ErrorNote error={state.error} />
      </div>
    );
  }
  const card = state.shown?.card ?? set.card;
  return (
    <div className="sp-Tuning">
      <Back state={state} />
      <div className="sp-Tuning-head">
        <Name key={set.name} set={set} state={state} />
        <Button
          label="Train…"
          kind="accept"
          disabled={!set.card.train}
          onClick={() => void state.plan(set.id)}
        />
      </div>
      <div className="sp-Tuning-bar">
        {state.versions.length > 1 ? (
          <select
            aria-label="Version"
            value={state.version}
            onChange={event => void state.open(set.id, Number(event.target.value))}
          >
            {state.versions.map(one => (
              <option key={one.number} value={one.number}>
                Version {one.number}
                {one.number === set.version ? ' (latest)' : ''}
              </option>
            ))}
          </select>
        ) : (
          <span className="sp-Quiet">Version {set.version}</span>
        )}
        <span className="sp-Quiet">{ago(state.shown?.made_at ?? set.updated_at)}</span>
        {set.is_used && state.isLatest && (
          <Chip label="trained on" title="A change makes the next version." />
        )}
        <span className="sp-Tuning-space" />
        <Button
          label="Gather anew"
          title="Make the next version, with what was liked since"
          disabled={state.isSending}
          onClick={() => void state.remake()}
        />
        <a
          className="sp-Button jp-mod-styled sp-Tuning-download"
          href={state.fileUrl('all.zip')}
          download
        >
          <downloadIcon.react tag="span" width="16px" height="16px" /> Download
        </a>
        <Button
          label={`Delete ${set.name}`}
          icon={deleteIcon}
          iconOnly
          onClick={() => props.onRemove(set)}
        />
      </div>
      <ErrorNote error={state.error ?? state.formError} />
      <CardView card={card} />
      <Rows state={state} card={card} />
    </div>
  );
}

function Name(props: { set: TrainingSet; state: TuningState }): JSX.Element {
  const { set, state } = props;
  const [name, setName] = React.useState<string | null>(null);
  if (name === null) {
    return (
      <h1>
        {set.name}{' '}
        <Button label="Rename" icon={editIcon} iconOnly onClick={() => setName(set.name)} />
      </h1>
    );
  }
  const done = (): void => {
    setName(null);
    if (name.trim() && name !== set.name) {
      void state.rename(name);
    }
  };
  return (
    <div className="sp-Field sp-Tuning-name">
      <input
        type="text"
        aria-label="Name"
        autoFocus
        value={name}
        onChange={event => setName(event.target.value)}
        onBlur={done}
        onKeyDown={event => {
          if (event.key === 'Enter') {
            done();
          } else if (event.key === 'Escape') {
            setName(null);
          }
        }}
      />
    </div>
  );
}

function CardView(props: { card: TrainingCard }): JSX.Element {
  const { card } = props;
  const lines: Array<[string, string]> = [
    ['Answers by', listed(card.models)],
    ['Code', listed(card.languages)],
    ['Datasets named', listed(card.datasets)],
    ['Looked like secrets', listed(card.secrets)],
    ['Left out', card.left_out.map(one => `${one.sentence} (${one.count.toLocaleString('en')})`).join(', ')],
    ['Written', dates(card)]
  ];
  return (
    <section className="sp-TuningCard" aria-label="What is in it">
      <div className="sp-TuningCard-figures">
        <Figure value={card.train} label="rows to train on" note={tokens(card.train_tokens)} />
        <Figure value={card.validation} label="kept back" note={tokens(card.validation_tokens)} />
        <Figure
          value={card.conversations}
          label={card.conversations === 1 ? 'conversation' : 'conversations'}
          note={`longest row: ${tokens(card.longest_tokens)}`}
        />
      </div>
      <dl>
        {lines
          .filter(([, said]) => said)
          .map(([label, said]) => (
            <React.Fragment key={label}>
              <dt>{label}</dt>
              <dd>{said}</dd>
            </React.Fragment>
          ))}
      </dl>
      {card.licences.length > 0 && (
        <details>
          <summary>Rights to mind</summary>
          <ul>
            {card.licences.map(one => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function tokens(count: number): string {
  return `about ${some(count, 'token')}`;
}

function dates(card: TrainingCard): string {
  if (!card.first_at || !card.last_at) {
    return '';
  }
  const [first, last] = [card.first_at, card.last_at].map(one => new Date(one).toLocaleDateString());
  return first === last ? first : `${first} – ${last}`;
}

function Figure(props: { value: number; label: string; note: string }): JSX.Element {
  return (
    <div className="sp-TuningFigure">
      <b>{props.value.toLocaleString('en')}</b> {props.label}
      <div className="sp-Quiet">{props.note}</div>
    </div>
  );
}

function Rows(props: { state: TuningState; card: TrainingCard }): JSX.Element {
  const { state, card } = props;
  const out = card.left_out.reduce((sum, one) => sum + one.count, 0);
  const tabs: Array<[RowsTab, string, number]> = [
    ['train', 'To train on', card.train],
    ['validation', 'Kept back', card.validation],
    ['out', 'Left out', out]
  ];
  return (
    <>
      <div className="sp-Tuning-tabs" role="tablist" aria-label="Rows">
        {tabs.map(([id, label, count]) => (
          <button
            key={id}
            type="button"
            role="tab"
            aria-selected={state.tab === id}
            onClick={() => void state.showRows(id)}
          >
            {label} <span className="sp-Quiet">{count.toLocaleString('en')}</span>
          </button>
        ))}
      </div>
      {!state.rows && !state.error && <Busy label="Reading the rows…" />}
      {state.rows?.map(row => (
        <RowView key={row.id} row={row} state={state} />
      ))}
      {state.rows && !state.rows.length && <p className="sp-Quiet">No row.</p>}
      {state.rows && state.rows.length < state.total && (
        <Button
          label={`Show more (${(state.total - state.rows.length).toLocaleString('en')})`}
          onClick={() => void state.showMoreRows()}
        />
      )}
    </>
  );
}

const ROLES: Record<string, string> = {
  system: 'Instructions',
  user: 'Question',
  assistant: 'Answer'
};

function RowView(props: { row: TrainingRow; state: TuningState }): JSX.Element {
  const { row, state } = props;
  const context = row.messages.slice(0, -2);
  const isOut = row.reason !== null;
  const mayChange = state.isLatest && (!row.reason || BY_HAND.includes(row.reason));
  return (
    <article className="sp-TuningExample" aria-label={`Row ${row.position + 1}`}>
      <div className="sp-TuningExample-head">
        <span className="sp-Quiet">{row.title}</span>
        {row.rating === 'liked' && <Chip label="liked" tone="good" />}
        {row.reason && <Chip label={REASONS[row.reason]} tone="warn" />}
        {row.secrets.map(one => (
          <Chip key={one} label={one} tone="warn" title="Looks like a secret" />
        ))}
        <span className="sp-Tuning-space" />
        <span className="sp-Quiet">
          {row.model} · {some(row.tokens, 'token')}
        </span>
        {mayChange && (
          <Button
            label={isOut ? 'Put back' : 'Take out'}
            kind="quiet"
            onClick={() => void state.setExcluded(row, !isOut)}
          />
        )}
      </div>
      {context.length > 0 && (
        <details>
          <summary className="sp-Quiet">{some(context.length, 'message')} before it</summary>
          {context.map((one, n) => (
            <Said key={n} role={one.role} text={one.content} />
          ))}
        </details>
      )}
      {row.messages.slice(-2).map((one, n) => (
        <Said key={n} role={one.role} text={one.content} />
      ))}
    </article>
  );
}

function Said(props: { role: string; text: string }): JSX.Element {
  return (
    <div className={`sp-TuningSaid sp-mod-${props.role}`}>
      <span className="sp-TuningSaid-role">{ROLES[props.role] ?? props.role}</span>
      <div className="sp-TuningSaid-text">{props.text || '(empty)'}</div>
    </div>
  );
}
