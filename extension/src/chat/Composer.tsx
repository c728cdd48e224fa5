/** Where a question is written: completion while typing, the model that answers, Send and Stop. */
import { caretDownEmptyThinIcon, closeIcon, editIcon, runIcon, stopIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { IModels } from '../models/tokens';
import type { Engines } from './engines';
import { Button } from '../ui/Button';
import { useSignal } from '../ui/useSignal';
import { complete, datasetAt, nameAt, type Completion, type Known, type Offer } from './completion';
import { ModelList, nameOf } from './ModelList';
import type { Names } from './names';
import type { ChatState } from './state';

interface ComposerProps {
  state: ChatState;
  models: IModels;
  engines: Engines;
  names: Names;
  onReplay: (modelId: string) => void;
}

export function Composer(props: ComposerProps): JSX.Element {
  const { state, models, names } = props;
  useSignal(models.changed);
  useSignal(names.changed);
  const input = React.useRef<HTMLTextAreaElement>(null);
  const [text, setText] = React.useState(state.draft);
  const [caret, setCaret] = React.useState(text.length);
  const placed = React.useRef<number | null>(null);
  const [isDismissed, setDismissed] = React.useState(true);
  const [selected, setSelected] = React.useState<number | null>(null);

  React.useEffect(() => {
    const take = (): void => {
      setText(state.draft);
      setCaret(state.draft.length);
      setDismissed(true);
    };
    state.draftChanged.connect(take);
    return () => {
      state.draftChanged.disconnect(take);
    };
  }, [state]);

  React.useLayoutEffect(() => {
    const node = input.current;
    if (node) {
      node.style.height = 'auto';
      const most = Math.max(80, window.innerHeight * 0.35);
      node.style.height = `${Math.min(node.scrollHeight, most)}px`;
      node.style.overflowY = node.scrollHeight > most ? 'auto' : 'hidden';
    }
  }, [text]);

  const dataset = datasetAt(text, caret);
  React.useEffect(() => {
    if (dataset) {
      void names.loadColumns(dataset);
    }
  }, [dataset, names]);
  const named = isDismissed || text.startsWith('/') ? null : nameAt(text, caret);
  React.useEffect(() => {
    if (named !== null) {
      names.look(named);
    }
  }, [named, names]);
  const known: Known = { commands: state.commands, names: names.list, columns: name => names.columns(name) };
  const completion = isDismissed ? null : complete(text, caret, known);
  // Where nothing of it is typed yet an offer may be passed over: Enter sends.
  const isOptional = completion !== null && completion.from === completion.to;
  const index = Math.min(selected ?? (isOptional ? -1 : 0), (completion?.offers.length ?? 1) - 1);

  const change = (now: string, at: number): void => {
    setText(now);
    setCaret(at);
    setDismissed(false);
    setSelected(null);
    state.keepDraft(now);
  };

  const take = (found: Completion, offer: Offer): void => {
    const now = text.slice(0, found.from) + offer.insert + text.slice(found.to).replace(/^ /, '');
    const at = found.from + offer.insert.length;
    change(now, at);
    placed.current = at;
  };
  // With the very draw that shows the taken text: a key pressed before a later frame would land
  // in front of it.
  React.useLayoutEffect(() => {
    if (placed.current !== null) {
      input.current?.focus();
      input.current?.setSelectionRange(placed.current, placed.current);
      placed.current = null;
    }
  });

  const send = (): void => {
    if (text.trim()) {
      void state.ask(text);
      change('', 0);
      setDismissed(true);
    }
  };

  const onKeyDown = (event: React.KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.nativeEvent.isComposing || event.keyCode === 229) {
      return;
    }
    if (completion) {
      const count = completion.offers.length;
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        const by = event.key === 'ArrowDown' ? 1 : index < 0 ? 0 : -1;
        setSelected((index + by + count) % count);
        return;
      }
      const isTaken = event.key === 'Tab' || (event.key === 'Enter' && index >= 0);
      if (isTaken && !event.shiftKey) {
        event.preventDefault();
        take(completion, completion.offers[Math.max(index, 0)]);
        return;
      }
      if (event.key === 'Escape') {
        event.preventDefault();
        event.stopPropagation();
        setDismissed(true);
        return;
      }
    }
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === 'Escape' && state.isAnswering) {
      void state.stop();
    }
  };

  const isBusy = state.isAnswering;
  const isStopping = state.stopping.size > 0 || state.sending?.isStopped === true;
  const listId = React.useId();
  return (
    <div className="sp-Composer">
      <Queued state={state} />
      {state.choosing && (
        <ModelList
          key={state.choosing.kind}
          state={state}
          models={models}
          engines={props.engines}
          choosing={state.choosing}
          onReplay={props.onReplay}
        />
      )}
      <GoesOn state={state} models={models} isTyping={text.trim() !== ''} />
      {completion && (
        <ul className="sp-Offers" role="listbox" id={listId} aria-label="Suggestions">
          {completion.offers.map((offer, number) => (
            <OfferRow
              key={offer.kind + offer.label}
              id={`${listId}-${number}`}
              offer={offer}
              isSelected={number === index}
              onTake={() => take(completion, offer)}
            />
          ))}
        </ul>
      )}
      <div className="sp-Composer-box">
        <textarea
          ref={input}
          className="sp-Composer-input"
          rows={1}
          value={text}
          placeholder={isBusy ? 'Ask the next question…' : 'Ask… (/ commands, @ data)'}
          aria-label="Question"
          role="combobox"
          aria-expanded={completion !== null}
          aria-controls={completion ? listId : undefined}
          aria-activedescendant={completion && index >= 0 ? `${listId}-${index}` : undefined}
          aria-autocomplete="list"
          onChange={event => change(event.target.value, event.target.selectionStart)}
          onSelect={event => setCaret(event.currentTarget.selectionStart)}
          onKeyDown={onKeyDown}
          onBlur={() => setDismissed(true)}
        />
        <div className="sp-Composer-foot">
          <ModelPicker state={state} models={models} />
          {isBusy && (
            <Button
              label={isStopping ? 'Stopping…' : 'Stop'}
              icon={stopIcon}
              disabled={isStopping}
              onClick={() => void state.stop()}
            />
          )}
          {(!isBusy || text.trim() !== '') && (
            <Button
              label={isBusy ? 'Queue' : 'Send'}
              title={isBusy ? 'Ask this when the answer is there (Enter)' : 'Send (Enter); Shift+Enter begins a line'}
              icon={runIcon}
              kind="accept"
              disabled={!text.trim()}
              onClick={send}
            />
          )}
        </div>
      </div>
    </div>
  );
}

function OfferRow(props: {
  id: string;
  offer: Offer;
  isSelected: boolean;
  onTake: () => void;
}): JSX.Element {
  const { offer, isSelected } = props;
  const node = React.useRef<HTMLLIElement>(null);
  React.useEffect(() => {
    if (isSelected) {
      node.current?.scrollIntoView({ block: 'nearest' });
    }
  }, [isSelected]);
  return (
    <li
      ref={node}
      id={props.id}
      role="option"
      aria-selected={isSelected}
      className="sp-Offer"
      // The composer keeps the focus.
      onMouseDown={event => {
        event.preventDefault();
        props.onTake();
      }}
    >
      <span className="sp-Offer-label">{offer.label}</span>
      <span className="sp-Offer-detail">{offer.detail}</span>
    </li>
  );
}

/** The question that waits for the answer before it. */
function Queued(props: { state: ChatState }): JSX.Element | null {
  const { state } = props;
  if (!state.queued) {
    return null;
  }
  return (
    <div className="sp-Queued">
      <span className="sp-Queued-label">Next</span>
      <span className="sp-Queued-text" title={state.queued}>
        {state.queued}
      </span>
      {!state.isAnswering && (
        <Button label="Send the waiting question" icon={runIcon} iconOnly onClick={() => void state.sendQueued()} />
      )}
      <Button label="Change the waiting question" icon={editIcon} iconOnly onClick={() => state.takeBack()} />
      <Button label="Drop the waiting question" icon={closeIcon} iconOnly onClick={() => state.dropQueued()} />
    </div>
  );
}

/** From which of several answers the next question goes on, said while it is written. */
function GoesOn(props: {
  state: ChatState;
  models: IModels;
  isTyping: boolean;
}): JSX.Element | null {
  const { state, models, isTyping } = props;
  const { ends, tip } = state.thread;
  const question = state.thread.get(tip?.parent_id ?? '');
  if (!isTyping || ends.length < 2 || !tip || question?.kept_id) {
    return null;
  }
  const at = state.thread.columns(tip).findIndex(({ id }) => id === tip.id);
  const name = question?.is_blind
    ? `answer ${'ABCD'[at]}`
    : `the answer of ${tip.receipt?.model ?? nameOf(models, tip.model_id)}`;
  return <div className="sp-Composer-note">Goes on from {name}. Keep another one to change that.</div>;
}

/** Which model answers, or which ones; without one, the way to connect one. */
function ModelPicker(props: { state: ChatState; models: IModels }): JSX.Element {
  const { state, models } = props;
  const { chosen } = models;
  if (!models.isKnown) {
    return <span className="sp-ModelPicker" />;
  }
  if (!models.models.length) {
    return (
      <button
        type="button"
        className="sp-ModelPicker sp-mod-none"
        title="Commands work without one. Connect a model to ask in your own words."
        onClick={() => models.open()}
      >
        No model: connect one…
      </button>
    );
  }
  const { picked } = state;
  const names = picked.map(id => nameOf(models, id));
  const only = picked.length === 1 ? models.models.find(({ id, aliases }) => id === picked[0] || aliases.includes(picked[0])) : chosen;
  const isOpen = state.choosing?.kind === 'ask';
  const where = only
    ? `${only.name} at ${only.is_local ? 'this machine: nothing leaves it' : `${only.address}: leaves this machine`}`
    : 'Choose a model';
  return (
    <button
      type="button"
      className="sp-ModelPicker"
      aria-label="Model that answers"
      aria-haspopup="dialog"
      aria-expanded={isOpen}
      title={picked.length > 1 ? `They answer side by side: ${names.join(', ')}` : where}
      onClick={() => state.openModels(isOpen ? null : { kind: 'ask' })}
      onKeyDown={event => {
        if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
          event.preventDefault();
          state.openModels({ kind: 'ask' });
        }
      }}
    >
      <span className="sp-ModelPicker-name">
        {picked.length > 1
          ? `${picked.length} models: ${names.join(', ')}`
          : (names[0] ?? chosen?.name ?? 'Choose a model')}
      </span>
      <caretDownEmptyThinIcon.react tag="span" width="14px" height="14px" />
    </button>
  );
}
