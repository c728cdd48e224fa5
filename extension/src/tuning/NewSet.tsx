/** The form for a new training set: of what, and how it is checked and split. */
import * as React from 'react';
import type { SecretRule } from '../api/schema';
import { Busy } from '../ui/Busy';
import { ErrorNote } from '../ui/ErrorNote';
import { Field } from '../ui/Field';
import { Form, Submit } from '../ui/Form';
import { SearchBox } from '../ui/SearchBox';
import { ago } from '../ui/time';
import { TypedField } from '../ui/TypedField';
import { Back } from './Back';
import type { TuningState } from './state';
import { listed } from './words';

export function NewSetView(props: { state: TuningState }): JSX.Element {
  const { state } = props;
  const [name, setName] = React.useState('');
  const [isLiked, setLiked] = React.useState(true);
  const [chosen, setChosen] = React.useState<readonly string[]>([]);
  const [tokens, setTokens] = React.useState('2048');
  const [earlier, setEarlier] = React.useState('3');
  const [share, setShare] = React.useState('10');
  const [secrets, setSecrets] = React.useState<SecretRule>('mask');
  const [isSystem, setSystem] = React.useState(true);
  const liked = state.liked?.count ?? 0;
  const isEmpty = !chosen.length && !(isLiked && liked);
  const submit = (): void => {
    if (!isEmpty && !state.isSending) {
      void state.make({
        name,
        selection: { includes_liked: isLiked, conversation_ids: [...chosen] },
        settings: {
          most_tokens: Number(tokens) || 0,
          earlier: Number(earlier) || 0,
          keeps_system: isSystem,
          seed: 0,
          secrets,
          validation_share: (Number(share) || 0) / 100
        }
      });
    }
  };
  return (
    <Form className="sp-Tuning" onSend={submit}>
      <Back state={state} />
      <h1>New training set</h1>
      <ErrorNote error={state.error} onRetry={() => void state.begin()} />
      <Field label="Name" hint="The day, where empty.">
        <input type="text" name="name" value={name} onChange={event => setName(event.target.value)} />
      </Field>
      <h2>Made of</h2>
      <label className="sp-Tuning-check">
        <input type="checkbox" checked={isLiked} onChange={() => setLiked(!isLiked)} />
        <span>
          Liked answers <span className="sp-Quiet">({liked.toLocaleString('en')})</span>
          {state.liked && state.liked.models.length > 0 && (
            <span className="sp-Quiet"> by {listed(state.liked.models, 3)}</span>
          )}
        </span>
      </label>
      <Conversations state={state} chosen={chosen} onChange={setChosen} />
      <h2>Checks and split</h2>
      <div className="sp-Tuning-fields">
        <TypedField
          label="Longest row (tokens)"
          hint="Longer ones lose their context, then are left out."
          type="number"
          min={16}
          value={tokens}
          onChange={setTokens}
        />
        <TypedField
          label="Earlier questions kept"
          hint="Context of each answer."
          type="number"
          min={0}
          value={earlier}
          onChange={setEarlier}
        />
        <TypedField
          label="Kept back to measure (%)"
          hint="By conversation; no question is in both."
          type="number"
          min={0}
          max={50}
          value={share}
          onChange={setShare}
        />
        <Field label="Keys, passwords, e-mail addresses" hint="What looks like one.">
          <select
            value={secrets}
            onChange={event => setSecrets(event.target.value as SecretRule)}
          >
            <option value="mask">Replace by a placeholder</option>
            <option value="leave_out">Leave the row out</option>
            <option value="keep">Keep</option>
          </select>
        </Field>
      </div>
      <label className="sp-Tuning-check">
        <input type="checkbox" checked={isSystem} onChange={() => setSystem(!isSystem)} />
        <span>
          Keep the instructions that were sent
          <span className="sp-Quiet"> – with the columns of datasets that were named</span>
        </span>
      </label>
      <ErrorNote error={state.formError} />
      <div className="sp-Tuning-foot">
        <Submit label="Make the set" disabled={isEmpty || state.isSending} />
        {isEmpty && (
          <span className="sp-Quiet">
            {isLiked ? 'No answer is liked yet: choose conversations.' : 'Choose conversations.'}
          </span>
        )}
        {state.isSending && <Busy label="Gathering and checking…" />}
      </div>
    </Form>
  );
}

function Conversations(props: {
  state: TuningState;
  chosen: readonly string[];
  onChange: (chosen: readonly string[]) => void;
}): JSX.Element {
  const { state, chosen } = props;
  const [query, setQuery] = React.useState('');
  const found = state.conversations.filter(one =>
    one.title.toLowerCase().includes(query.trim().toLowerCase())
  );
  const toggle = (id: string): void =>
    props.onChange(chosen.includes(id) ? chosen.filter(one => one !== id) : [...chosen, id]);
  return (
    <fieldset className="sp-Tuning-conversations">
      <legend>
        Whole conversations
        {chosen.length > 0 && <span className="sp-Quiet"> – {chosen.length} chosen</span>}
      </legend>
      {state.conversations.length > 8 && (
        <SearchBox label="Find a conversation" value={query} onChange={setQuery} />
      )}
      {found.map(one => (
        <label key={one.id} className="sp-Tuning-check">
          <input
            type="checkbox"
            checked={chosen.includes(one.id)}
            onChange={() => toggle(one.id)}
          />
          <span>{one.title}</span>
          <span className="sp-Quiet">{ago(one.updated_at)}</span>
        </label>
      ))}
      {!found.length && <span className="sp-Quiet">No conversation.</span>}
    </fieldset>
  );
}
