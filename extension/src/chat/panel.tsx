/** The chat panel: header, messages or how to begin, composer. Never fetches. */
import * as React from 'react';
import type { Model, Reference } from '../api/schema';
import type { IModels } from '../models/tokens';
import { Busy } from '../ui/Busy';
import { ErrorNote } from '../ui/ErrorNote';
import { filled } from '../ui/filled';
import { useSignal } from '../ui/useSignal';
import { trans } from '../ui/words';
import { OpenContext } from './composer/Chips';
import { Composer } from './composer/Composer';
import type { Engines } from './engines';
import { MeansContext, type Means } from './markdown/drawing';
import { Header, type Listing } from './Header';
import { MessageList } from './MessageList';
import type { Names } from './composer/names';
import { Quote } from './composer/Quote';
import { ReplayBar } from './ReplayBar';
import type { ChatState } from './state';

export interface ChatViewProps {
  state: ChatState;
  models: IModels;
  engines: Engines;
  names: Names;
  means: Means;
  isRenaming: boolean;
  setRenaming: (renaming: boolean) => void;
  onMenu: (x: number, y: number) => void;
  /** What the list of conversations needs. */
  listing: Listing;
  /** Show where data is added, where that part is there. */
  onAddData: (() => void) | null;
  /** Open the conversation as a page; null where this is one. */
  onPage: (() => void) | null;
  /** Open two conversations side by side. */
  onBoth: (left: string, right: string) => void;
  onReplay: (modelId: string) => void;
  /** Show what a reference names. */
  onOpenReference: (reference: Reference) => void;
  /** Hang a part of an answer on the question that is being written. */
  onQuote: (quote: Reference) => void;
}

export function ChatView(props: ChatViewProps): JSX.Element {
  const { state, models, engines, names } = props;
  useSignal(state.changed);
  const isEmpty = state.thread.size === 0 && !state.sending;
  return (
    <MeansContext.Provider value={props.means}>
      <OpenContext.Provider value={props.onOpenReference}>
      <Header
        state={state}
        models={models}
        names={names}
        listing={props.listing}
        onMenu={props.onMenu}
        isRenaming={props.isRenaming}
        setRenaming={props.setRenaming}
      />
      <Disconnected isConnected={state.isConnected} />
      <ReplayBar state={state} onBoth={props.onBoth} />
      <ErrorNote
        error={state.error}
        onRetry={() => void state.refresh()}
        onDismiss={() => state.dismissError()}
      />
      {isEmpty && state.isLoading ? (
        <div className="sp-Scroll">
          <Busy label={trans.__('Opening the conversation…')} />
        </div>
      ) : isEmpty ? (
        <Beginning state={state} models={models} names={names} onAddData={props.onAddData} />
      ) : (
        <MessageList
          key={state.current?.id ?? ''}
          state={state}
          models={models}
          engines={engines}
          onPage={props.onPage}
        />
      )}
      <Composer
        state={state}
        models={models}
        engines={engines}
        names={names}
        onReplay={props.onReplay}
      />
      <Quote state={state} onQuote={props.onQuote} />
      <Told state={state} />
      <div className="sp-DropPlace" aria-hidden="true">
        {trans.__('Drop to ask about it')}
      </div>
      </OpenContext.Provider>
    </MeansContext.Provider>
  );
}

/** Tells who hears the page that an answer has ended, and how it begins. */
function Told(props: { state: ChatState }): JSX.Element {
  const { isAnswering, thread } = props.state;
  const was = React.useRef({ isAnswering, thread });
  const [told, tell] = React.useState('');
  React.useEffect(() => {
    if (was.current.isAnswering && !isAnswering && was.current.thread === thread) {
      const begins = thread.ends[0]?.text.replace(/\s+/g, ' ').slice(0, 160);
      tell(begins ? trans.__('The answer is there. %1', begins) : trans.__('The answer ended.'));
    } else if (isAnswering) {
      tell('');
    }
    was.current = { isAnswering, thread };
  }, [isAnswering, thread]);
  return (
    <span className="sp-Told" role="status">
      {told}
    </span>
  );
}

/** Said when the server is silent for more than a moment. */
function Disconnected(props: { isConnected: boolean }): JSX.Element | null {
  const [isShown, setShown] = React.useState(false);
  React.useEffect(() => {
    const timer = setTimeout(() => setShown(!props.isConnected), props.isConnected ? 0 : 2500);
    return () => clearTimeout(timer);
  }, [props.isConnected]);
  return isShown ? (
    <div className="sp-Disconnected" role="status">
      {trans.__('The server does not answer. What you see is kept; trying again…')}
    </div>
  ) : null;
}

/** A conversation without messages: what can be asked here, made from the data that is there. */
function Beginning(props: {
  state: ChatState;
  models: IModels;
  names: Names;
  onAddData: (() => void) | null;
}): JSX.Element {
  const { state, models, names } = props;
  useSignal(models.changed);
  useSignal(names.changed);
  const datasets = names.list.filter(({ kind }) => kind === 'dataset');
  const first = datasets[0]?.name;
  React.useEffect(() => {
    if (first) {
      void names.loadColumns(first);
    }
  }, [first, names]);
  const hasModel = models.models.length > 0;
  return (
    <div className="sp-Scroll sp-Beginning">
      <h3>{trans.__('Ask about your data')}</h3>
      {first ? (
        <>
          <p>
            {filled(
              trans.__(
                'Name a dataset with %1. Commands, which begin with %2, answer at once and without a model.',
                '%1',
                '%2'
              ),
              <kbd>@</kbd>,
              <kbd>/</kbd>
            )}
          </p>
          <div className="sp-Examples">
            {examples(first, names, hasModel).map(example => (
              <button
                key={example.text}
                type="button"
                className="sp-Example"
                onClick={() => void state.ask(example.text)}
              >
                <span className="sp-Example-text">{example.text}</span>
                <span className="sp-Example-note">{example.note}</span>
              </button>
            ))}
          </div>
        </>
      ) : (
        <p>
          {filled(
            trans.__('Add a CSV file first; then %1 and %2 answer at once, without a model.', '%1', '%2'),
            <kbd>/profile @name</kbd>,
            <kbd>/plot @name</kbd>
          )}{' '}
          {props.onAddData && (
            <button type="button" className="sp-Link" onClick={props.onAddData}>
              {trans.__('Add data…')}
            </button>
          )}
        </p>
      )}
      {models.isKnown && !hasModel && (
        <p className="sp-Beginning-model">
          {trans.__(
            'To ask in your own words, connect a model: a local one or any OpenAI-compatible address.'
          )}{' '}
          <button type="button" className="sp-Link" onClick={() => models.open()}>
            {trans.__('Connect a model…')}
          </button>
        </p>
      )}
      {hasModel && <WhoAnswers state={state} models={models} />}
    </div>
  );
}

/** Which model or models a first question goes to, and whether it leaves this machine. */
function WhoAnswers(props: { state: ChatState; models: IModels }): JSX.Element | null {
  const { state, models } = props;
  const known = state.picked
    .map(id => models.models.find(model => model.id === id || model.aliases.includes(id)))
    .filter((model): model is Model => model !== undefined);
  const asked = known.length ? known : models.chosen ? [models.chosen] : [];
  if (!asked.length) {
    return null;
  }
  const elsewhere = [
    ...new Set(asked.filter(({ is_local }) => !is_local).map(model => model.provider_name))
  ];
  const who = asked.map(({ name }) => name).join(', ');
  const where = elsewhere.join(', ');
  const said =
    asked.length > 1
      ? where
        ? trans.__('%1 answer side by side in your own words, at %2.', who, where)
        : trans.__('%1 answer side by side in your own words, on this machine.', who)
      : where
        ? trans.__('%1 answers in your own words, at %2.', who, where)
        : trans.__('%1 answers in your own words, on this machine.', who);
  return (
    <p className="sp-Beginning-model">
      {said} {trans.__('What was sent can be opened under each question.')}
    </p>
  );
}

interface Example {
  text: string;
  note: string;
}

/** Three questions about a dataset that is there. */
function examples(dataset: string, names: Names, hasModel: boolean): Example[] {
  const parts = names
    .columns(dataset)
    .find(({ detail, distinct }) => detail === 'text' && distinct > 1 && distinct <= 12);
  const written = parts && (/^\w+$/.test(parts.name) ? parts.name : `"${parts.name}"`);
  return [
    { text: `/profile @${dataset}`, note: trans.__('Columns, gaps and ranges') },
    written
      ? { text: `/plot @${dataset} ${written}`, note: trans.__('A picture of one column') }
      : { text: `/plot @${dataset}`, note: trans.__('A picture') },
    hasModel
      ? { text: trans.__('What stands out in %1?', `@${dataset}`), note: trans.__('In your own words') }
      : { text: `/sql @${dataset}`, note: trans.__('A first query, written for its columns') }
  ];
}
