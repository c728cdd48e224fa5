/** What models cost: edited in the table; a new price changes nothing of what was. */
import { checkIcon, closeIcon, deleteIcon, editIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Price } from '../api/schema';
import { Button } from '../ui/Button';
import type { UsageProps } from './section';
import { modelName, money } from './words';

interface Draft {
  pattern: string;
  input: string;
  output: string;
}

const EMPTY: Draft = { pattern: '', input: '', output: '' };

export function Prices(props: UsageProps): JSX.Element {
  const { state, models } = props;
  const [draft, setDraft] = React.useState<Draft | null>(null);
  const [editing, setEditing] = React.useState('');
  const unpriced = (state.reports.get('model')?.groups ?? []).filter(
    group => group.sums.unpriced > 0 && group.sums.cost === 0
  );
  const begin = (pattern: string, price?: Price): void => {
    setEditing(price?.id ?? 'new');
    setDraft(
      price
        ? { pattern, input: String(price.input_price), output: String(price.output_price) }
        : { ...EMPTY, pattern }
    );
  };
  const end = (): void => {
    setEditing('');
    setDraft(null);
  };
  const keep = async (): Promise<void> => {
    const body = draft && {
      pattern: draft.pattern,
      input_price: Number(draft.input),
      output_price: Number(draft.output)
    };
    if (body && (await state.setPrice(body))) {
      end();
    }
  };
  const line = (isNew: boolean): JSX.Element | null =>
    draft && <Line draft={draft} isNew={isNew} onChange={setDraft} onKeep={() => void keep()} onEnd={end} />;
  const old = state.history.filter(price => !state.prices.some(now => now.id === price.id));
  return (
    <section aria-label="Prices">
      <div className="sp-Usage-head">
        <h2>Prices</h2>
        {editing !== 'new' && <Button label="Add a price" onClick={() => begin('')} />}
      </div>
      <p className="sp-Quiet">
        For a million tokens, in {state.currency}. A model is named by its name or id, with * for
        any letters; where several fit, the one that says most counts. Models on this machine cost
        nothing unless a price names them. A new price counts from now on: what was asked before
        keeps its cost.
      </p>
      {unpriced.length > 0 && (
        <p>
          Without a price:{' '}
          {unpriced.slice(0, 5).map(group => (
            <React.Fragment key={group.key}>
              <button
                type="button"
                className="sp-Link"
                onClick={() => begin(modelName(group.key, models.models))}
              >
                {modelName(group.key, models.models)}
              </button>{' '}
              <span className="sp-Quiet">
                ({group.sums.unpriced.toLocaleString()}{' '}
                {group.sums.unpriced === 1 ? 'request' : 'requests'}){' '}
              </span>
            </React.Fragment>
          ))}
        </p>
      )}
      {(state.prices.length > 0 || editing === 'new') && (
        <div className="sp-Usage-wide">
          <table className="sp-Table sp-Usage-prices">
            <thead>
              <tr>
                <th>Models</th>
                <th>Read</th>
                <th>Written</th>
                <th>Since</th>
                <th aria-label="Actions" />
              </tr>
            </thead>
            <tbody>
              {editing === 'new' && line(true)}
              {state.prices.map(price =>
                price.id === editing ? (
                  <React.Fragment key={price.id}>{line(false)}</React.Fragment>
                ) : (
                  <tr key={price.id}>
                    <td>
                      <code>{price.pattern}</code>
                    </td>
                    <td>{money(price.input_price, state.currency)}</td>
                    <td>{money(price.output_price, state.currency)}</td>
                    <td>{new Date(price.since).toLocaleDateString()}</td>
                    <td className="sp-Usage-actions">
                      <Button
                        label={`Change the price of ${price.pattern}`}
                        icon={editIcon}
                        iconOnly
                        onClick={() => begin(price.pattern, price)}
                      />
                      <Button
                        label={`Delete the price of ${price.pattern}`}
                        icon={deleteIcon}
                        iconOnly
                        onClick={() => props.onRemovePrice(price)}
                      />
                    </td>
                  </tr>
                )
              )}
            </tbody>
          </table>
        </div>
      )}
      {old.length > 0 && (
        <details className="sp-Usage-old">
          <summary>Earlier prices ({old.length})</summary>
          <ul>
            {old.map(price => (
              <li key={price.id}>
                <code>{price.pattern}</code>: {money(price.input_price, state.currency)} read,{' '}
                {money(price.output_price, state.currency)} written, from{' '}
                {new Date(price.since).toLocaleString()}
                {price.removed_at && `, removed ${new Date(price.removed_at).toLocaleString()}`}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function Line(props: {
  draft: Draft;
  isNew: boolean;
  onChange: (draft: Draft) => void;
  onKeep: () => void;
  onEnd: () => void;
}): JSX.Element {
  const { draft, isNew } = props;
  const input = (name: keyof Draft, label: string, isNumber: boolean): JSX.Element => (
    <input
      aria-label={label}
      value={draft[name]}
      autoFocus={name === (isNew && !draft.pattern ? 'pattern' : 'input')}
      disabled={name === 'pattern' && !isNew}
      placeholder={isNumber ? '0.00' : 'gpt-*'}
      {...(isNumber ? { type: 'number', min: 0, step: 'any' } : {})}
      onChange={event => props.onChange({ ...draft, [name]: event.target.value })}
      onKeyDown={event => {
        if (event.key === 'Enter') {
          props.onKeep();
        } else if (event.key === 'Escape') {
          event.stopPropagation();
          props.onEnd();
        }
      }}
    />
  );
  return (
    <tr className="sp-Usage-editing">
      <td>{input('pattern', 'Models', false)}</td>
      <td>{input('input', 'Price of a million tokens read', true)}</td>
      <td>{input('output', 'Price of a million tokens written', true)}</td>
      <td className="sp-Quiet">from now on</td>
      <td className="sp-Usage-actions">
        <Button label="Keep this price" icon={checkIcon} iconOnly onClick={props.onKeep} />
        <Button label="Leave it as it was" icon={closeIcon} iconOnly onClick={props.onEnd} />
      </td>
    </tr>
  );
}
