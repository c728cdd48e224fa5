/** The line under the question that is being written: what would be sent, to whom; opened, every word. */
import * as React from 'react';
import type { Reference } from '../../api/schema';
import type { IModels } from '../../models/tokens';
import { Busy } from '../../ui/Busy';
import { ErrorNote } from '../../ui/ErrorNote';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import type { ChatState } from '../state';
import { Draft } from './draft';
import { Parts } from './Parts';
import { lineOf, tokensOf } from './words';
import '../../../style/receipt.css';

export interface ReceiptLineProps {
  state: ChatState;
  models: IModels;
  text: string;
  references: readonly Reference[];
  /** What the question follows, where that is not the end of the conversation. */
  parentId?: string | null;
}

export function ReceiptLine(props: ReceiptLineProps): JSX.Element | null {
  const { state, models, text, references, parentId } = props;
  const [draft] = React.useState(() => new Draft(state.sponde));
  const [isOpen, setOpen] = React.useState(false);
  const id = React.useId();
  useSignal(draft.changed);
  useSignal(models.changed);
  React.useEffect(() => () => draft.dispose(), [draft]);
  const isAsked = text.trim() !== '' && !text.trimStart().startsWith('/') && models.models.length > 0;
  const latest = React.useRef(props);
  latest.current = props;
  // Compared by what it is made of: the texts of chips may be long.
  const key = [
    isAsked ? text : '',
    state.current?.id,
    parentId === undefined ? state.thread.tip?.id : parentId,
    state.picked.join(' '),
    state.personaId,
    state.withoutTools,
    models.chosen?.id,
    ...references.map(one => `${one.kind} ${one.id} ${one.name} ${one.path} ${one.text.length}`)
  ].join('\n');
  React.useEffect(() => {
    const drafted = (): ReturnType<ChatState['drafted']> => {
      const now = latest.current;
      return now.state.drafted(now.text, { references: now.references }, now.parentId);
    };
    draft.want(isAsked ? drafted : null);
  }, [key, draft]);
  React.useEffect(() => draft.open(isOpen), [isOpen, draft]);
  React.useEffect(() => {
    if (!isAsked) {
      setOpen(false);
    }
  }, [isAsked]);

  if (!isAsked || (!draft.receipts.length && !draft.error)) {
    return null;
  }
  if (draft.error) {
    return (
      <div className="sp-Receipt sp-mod-refused" role="status">
        {draft.error.message} {draft.error.hint}
      </div>
    );
  }
  const line = lineOf(draft.receipts);
  const whole = draft.receipts.filter(({ turns }) => turns.length > 0);
  return (
    <div className="sp-Receipt">
      {isOpen && (
        <div
          className="sp-Receipt-opened"
          id={id}
          role="region"
          aria-label={trans.__('What will be sent')}
          onKeyDown={event => {
            if (event.key === 'Escape') {
              event.stopPropagation();
              setOpen(false);
              document.getElementById(`${id}-line`)?.focus();
            }
          }}
        >
          {!whole.length && <Busy label={trans.__('Fetching every word…')} />}
          {whole.map(receipt => (
            <section key={receipt.model_id}>
              <div className="sp-Receipt-to">
                <strong>{trans.__('%1 at %2', receipt.model, receipt.provider)}</strong>{' '}
                <span className="sp-Quiet">
                  {receipt.is_local
                    ? trans.__('On this machine: nothing leaves it.')
                    : trans.__('%1: it leaves this machine.', receipt.address)}
                </span>
                <div className="sp-Quiet">
                  {trans.__('About %1 of %2 that it may have.', tokensOf(receipt.tokens), receipt.room.toLocaleString())}
                </div>
              </div>
              <Parts receipt={receipt} onPolicy={(dataset, choice) => void draft.setPolicy(dataset, choice)} />
            </section>
          ))}
          <ErrorNote error={draft.error} />
        </div>
      )}
      <button
        type="button"
        className="sp-Receipt-line"
        id={`${id}-line`}
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        title={trans.__('Show every word that would be sent')}
        onClick={() => setOpen(!isOpen)}
      >
        <span className="sp-Receipt-caret" aria-hidden="true">
          {isOpen ? '▾' : '▸'}
        </span>
        <span>
          {line.size}: <span className="sp-Receipt-where">{line.where}</span>
          {line.warning && <strong className="sp-Receipt-warning"> {line.warning}</strong>}
          {line.rest.map(word => ` · ${word}`)}
        </span>
      </button>
    </div>
  );
}
