/** Draws a block's fields on its page: what they are, what could be some, and the twins. Fetches nothing. */
import * as React from 'react';
import type { CodeBlock, FieldKind } from '../../api/schema';
import { Busy } from '../../ui/Busy';
import { Button } from '../../ui/Button';
import { ErrorNote } from '../../ui/ErrorNote';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import type { Draft, FieldsMaking } from './fieldsMaking';
import '../../../style/fields.css';

const MOST_NAMED = 3;
const MOST_SHOWN = 3;
/** How much of the line is shown around a value. */
const BEFORE = 12;
const AFTER = 60;

interface SectionProps {
  block: CodeBlock;
  /** Whether the code that is shown is not the one that is kept. */
  isDirty: boolean;
  making: FieldsMaking;
}

export function FieldsSection({ block, isDirty, making }: SectionProps): JSX.Element | null {
  useSignal(making.changed);
  React.useEffect(() => void making.look(block));
  const { draft, twins, isBusy } = making;
  const top = React.useRef<HTMLElement>(null);
  const hasDraft = draft !== null;
  React.useEffect(() => {
    if (hasDraft) {
      top.current?.scrollIntoView({ block: 'nearest' });
      top.current?.querySelector<HTMLElement>('.sp-FieldOffer-inputs input')?.focus();
    }
  }, [hasDraft]);
  return (
    <section ref={top} className="sp-Detail-section" aria-label={trans.__('Fields')}>
      <h3>{trans.__('Fields')}</h3>
      <ErrorNote error={making.error} />
      {draft ? (
        <Drafted making={making} draft={draft} />
      ) : (
        <>
          {block.fields.length > 0 && (
            <ul className="sp-FieldList">
              {block.fields.map(field => (
                <li key={field.name} title={kindWords()[field.kind]}>
                  <code>{`${field.name} = ${field.default}`}</code>
                </li>
              ))}
            </ul>
          )}
          {twins.length > 0 && <p className="sp-Quiet">{twinWords(twins.map(({ name }) => name))}</p>}
          <div className="sp-FieldDeeds">
            {twins.length > 0 && (
              <Button
                label={trans.__('Make one block with fields…')}
                kind="accept"
                disabled={isBusy || isDirty}
                onClick={() => void making.begin(twins.map(({ block_id }) => block_id))}
              />
            )}
            <Button
              label={block.fields.length ? trans.__('Change fields…') : trans.__('Make fields of its values…')}
              title={trans.__('Choose values that are filled in each time that the block is used')}
              kind="quiet"
              disabled={isBusy || isDirty}
              onClick={() => void making.begin([])}
            />
            {block.fields.length > 0 && (
              <Button
                label={trans.__('Remove fields')}
                kind="quiet"
                disabled={isBusy}
                onClick={() => void making.clear()}
              />
            )}
            {isDirty && <span className="sp-Quiet">{trans.__('Save the code first.')}</span>}
          </div>
        </>
      )}
      {isBusy && <Busy label={trans.__('Working…')} />}
    </section>
  );
}

function Drafted({ making, draft }: { making: FieldsMaking; draft: Draft[] }): JSX.Element {
  const taken = draft.filter(({ isTaken }) => isTaken).length;
  const twins = making.chosen.length;
  const accept = (event?: React.KeyboardEvent): void => {
    event?.preventDefault();
    event?.stopPropagation();
    void making.accept();
  };
  return (
    <div
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.preventDefault();
          event.stopPropagation();
          making.cancel();
        } else if (event.key === 'Enter' && event.target instanceof HTMLInputElement && taken) {
          accept(event);
        }
      }}
    >
      <p className="sp-Quiet">
        {!draft.length
          ? trans.__('This block has no values: no texts, numbers or dates.')
          : twins
            ? trans.__('These values differ. Name them; they are asked for when the block is used.')
            : trans.__('Choose the values that are asked for when the block is used.')}
      </p>
      <ul className="sp-FieldOffers">
        {draft.map((one, at) => (
          <Offer key={one.field.spots[0].start} one={one} at={at} making={making} />
        ))}
      </ul>
      <div className="sp-FieldDeeds">
        <Button
          label={
            twins
              ? trans.__('Make one block of %1', twins + 1)
              : trans._n('Save %1 field', 'Save %1 fields', taken)
          }
          kind="accept"
          disabled={making.isBusy || !taken}
          onClick={() => accept()}
        />
        <Button label={trans.__('Cancel')} kind="quiet" onClick={() => making.cancel()} />
      </div>
    </div>
  );
}

function Offer({ one, at, making }: { one: Draft; at: number; making: FieldsMaking }): JSX.Element {
  const { text, start, end, sources, isTaken, name, kind } = one;
  const kinds = kindWords();
  return (
    <li className="sp-FieldOffer" data-taken={isTaken}>
      <input
        type="checkbox"
        checked={isTaken}
        aria-label={trans.__('Make %1 a field', sources[0])}
        onChange={event => making.edit(at, { isTaken: event.target.checked })}
      />
      <div className="sp-FieldOffer-line">
        <code title={trans.__('Line %1', one.line)}>
          {start > BEFORE ? `…${text.slice(start - BEFORE, start)}` : text.slice(0, start)}
          <mark>{text.slice(start, end)}</mark>
          {text.slice(end, end + AFTER)}
        </code>
        {sources.length > 1 && (
          <div className="sp-FieldOffer-values">
            {sources.slice(1, MOST_SHOWN + 1).map(source => (
              <code key={source}>{source}</code>
            ))}
            {sources.length > MOST_SHOWN + 1 && (
              <span>{trans.__('and %1 more', sources.length - MOST_SHOWN - 1)}</span>
            )}
          </div>
        )}
      </div>
      {isTaken && (
        <div className="sp-FieldOffer-inputs">
          <input
            value={name}
            spellCheck={false}
            aria-label={trans.__('Name of the field for %1', sources[0])}
            onFocus={event => event.target.select()}
            onChange={event => making.edit(at, { name: event.target.value })}
          />
          <select
            value={kind}
            aria-label={trans.__('What %1 may be', name)}
            onChange={event => making.edit(at, { kind: event.target.value as FieldKind })}
          >
            {(Object.keys(kinds) as FieldKind[])
              .filter(one => fits(one, sources) || one === kind)
              .map(one => (
                <option key={one} value={one}>
                  {kinds[one]}
                </option>
              ))}
          </select>
        </div>
      )}
    </li>
  );
}

/** Whether values may be of a kind: a number is no column. */
function fits(kind: FieldKind, sources: readonly string[]): boolean {
  const isNumber = sources.every(source => /^[+-]?[\d.]/.test(source));
  const isWord = sources.some(source => /^(True|False|None)$/.test(source));
  return kind === 'choice' || (kind === 'number' ? isNumber : !isNumber && !isWord);
}

function kindWords(): Record<FieldKind, string> {
  return {
    text: trans.__('text'),
    number: trans.__('number'),
    date: trans.__('date'),
    choice: trans.__('choice'),
    column: trans.__('column'),
    dataset: trans.__('dataset')
  };
}

function twinWords(names: string[]): string {
  const said = names.slice(0, MOST_NAMED).join(', ') + (names.length > MOST_NAMED ? '…' : '');
  return trans._n(
    'One block differs from this one in nothing but values: %2.',
    '%1 blocks differ from this one in nothing but values: %2.',
    names.length,
    said
  );
}
