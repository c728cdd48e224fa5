/** Draws one code block: to edit in place, to use, and what it was. Fetches nothing. */
import * as React from 'react';
import { Button } from '../../ui/Button';
import { ErrorNote } from '../../ui/ErrorNote';
import { Field } from '../../ui/Field';
import { focusWhenDrawn } from '../../ui/focus';
import { lazily } from '../../ui/lazily';
import { trans } from '../../ui/words';
import { Refusal } from '../../api/client';
import { BlockDeeds, type LibraryViewProps } from '../block';
import { CodeField } from '../code/CodeText';
import { Describe } from './Describe';
import { Facts } from './Facts';
import type { Detail, WrongField } from './opened';
import { LastOutput } from '../proof/LastOutput';
import { Proof } from '../proof/Proof';
import { Revisions } from './Revisions';
import { shelfOf } from '../collections/shelf';
import { Sources } from '../sources/Sources';
import { SuggestedTags } from './SuggestedTags';
import { TryIt } from '../trials/TryIt';
import '../../../style/saving.css';

const UsedIn = lazily(async () => (await import('../used/UsedIn')).UsedIn);

const BlockFields = lazily(async () => (await import('../fields/FieldsPart')).FieldsPart);
const LANGUAGES = ['python', 'sql', 'bash', 'r', 'javascript', 'json', 'html', 'markdown', 'text'];

export interface DetailProps extends LibraryViewProps {
  detail: Detail;
  /** Whether the list stands beside it. */
  isWide: boolean;
}

export function BlockDetail(props: DetailProps): JSX.Element {
  const { state, deeds, detail, isWide } = props;
  const { block } = detail;
  const { opened } = state;
  const [isAsking, setAsking] = React.useState(false);
  React.useEffect(() => setAsking(false), [block.id]);
  const leave = (): void => {
    const id = block.id;
    state.close();
    const wasInList = props.look.cameFromList;
    props.look.cameFromList = false;
    focusWhenDrawn(
      () => (wasInList && document.getElementById(`sp-block-${id}`)) || props.search.current
    );
  };
  return (
    <div
      className="sp-Detail"
      role="region"
      aria-label={trans.__('Code block %1', block.name)}
      onKeyDown={event => {
        if (event.key === 'Escape' && !event.defaultPrevented) {
          event.stopPropagation();
          if (opened.isDirty && !isAsking) {
            setAsking(true);
          } else if (isAsking) {
            setAsking(false);
          } else {
            leave();
          }
        } else if (event.key.toLowerCase() === 's' && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          event.stopPropagation();
          void opened.save();
        }
      }}
    >
      <div className="sp-PanelHeader">
        <button type="button" className="sp-Detail-back" onClick={leave} autoFocus={!isWide}>
          {isWide ? trans.__('× Close') : trans.__('‹ All blocks')}
        </button>
        <div className="sp-PanelHeader-actions">
          <BlockDeeds block={block} deeds={deeds} canRemove />
        </div>
      </div>
      {isAsking && opened.isDirty && (
        <LeaveQuestion
          onSave={() =>
            void opened.save().then(isSaved => {
              setAsking(false);
              if (isSaved) {
                leave();
              }
            })
          }
          onDiscard={() => {
            opened.discard();
            leave();
          }}
          onLater={leave}
        />
      )}
      <div className="sp-Scroll sp-Detail-body">
        <ErrorNote error={detail.wrong ? null : detail.error} />
        {opened.isOvertaken && (
          <div className="sp-Detail-overtaken" role="status">
            {trans.__(
              'The block was changed elsewhere meanwhile. Saving puts your text in its place; what is there now becomes a revision.'
            )}
          </div>
        )}
        <Proof block={block} proofs={props.proofs} />
        {block.last_outcome === 'failed' && (
          <code className="sp-Detail-error">{block.last_error}</code>
        )}
        <TryIt key={block.id} block={block} proofs={props.proofs} />
        <LastOutput block={block} proofs={props.proofs} isWhole />
        <Fields {...props} />
        <BlockFields
          block={block}
          isDirty={detail.draft.code !== block.code}
          making={props.fieldsMaking}
        />
        <Facts facts={block.facts} />
        <Sources block={block} about={props.about} open={deeds.openSource} />
        <UsedIn block={block} shelf={shelfOf(props)} openCell={props.proofs.openCell} />
        <Revisions {...props} />
      </div>
    </div>
  );
}

/** What is asked before changes are thrown away. */
function LeaveQuestion(props: {
  onSave: () => void;
  onDiscard: () => void;
  onLater: () => void;
}): JSX.Element {
  const first = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => first.current?.querySelector('button')?.focus(), []);
  return (
    <div ref={first} className="sp-Detail-ask" role="alertdialog" aria-label={trans.__('Unsaved changes')}>
      <span>{trans.__('Your changes are not saved.')}</span>
      <Button label={trans.__('Save and close')} kind="accept" onClick={props.onSave} />
      <Button
        label={trans.__('Keep for later')}
        title={trans.__('Close the block; your changes are there when you open it again')}
        onClick={props.onLater}
      />
      <Button label={trans.__('Throw away')} kind="warn" onClick={props.onDiscard} />
    </div>
  );
}

function Fields({ state, means, detail, about }: DetailProps): JSX.Element {
  const { block, draft } = detail;
  const { opened } = state;
  const isDirty = opened.isDirty;
  const wrong = (field: WrongField): string | undefined =>
    detail.wrong === field ? wrongWords(field, detail.error) : undefined;
  return (
    <>
      <Field
        label={trans.__('Name')}
        hint={trans.__('In a cell: %1', `%use ${block.name}`)}
        error={wrong('name')}
      >
        <input
          value={draft.name}
          spellCheck={false}
          onChange={event => opened.edit({ name: event.target.value })}
        />
      </Field>
      <Field label={trans.__('Description')}>
        <textarea
          rows={2}
          value={draft.description}
          placeholder={trans.__('What it does')}
          onChange={event => opened.edit({ description: event.target.value })}
        />
      </Field>
      <Describe
        block={block}
        about={about}
        onTake={description => opened.edit({ description })}
      />
      <div className="sp-Detail-row">
        <Field label={trans.__('Tags')}>
          <input
            value={draft.tags}
            placeholder={trans.__('cleaning, plots')}
            onChange={event => opened.edit({ tags: event.target.value })}
          />
        </Field>
        <Field label={trans.__('Language')}>
          <select
            value={draft.language}
            onChange={event => opened.edit({ language: event.target.value })}
          >
            {[...new Set([block.language, ...LANGUAGES])].map(language => (
              <option key={language}>{language}</option>
            ))}
          </select>
        </Field>
      </div>
      <SuggestedTags
        block={block}
        about={about}
        tags={draft.tags}
        onChange={tags => opened.edit({ tags })}
      />
      <div className={`sp-Field ${detail.wrong === 'code' ? 'sp-mod-wrong' : ''}`}>
        <label>{trans.__('Code')}</label>
        <CodeField
          key={block.id}
          means={means}
          label={trans.__('Code of %1', block.name)}
          code={draft.code}
          language={draft.language}
          onChange={code => opened.edit({ code })}
        />
        {detail.wrong === 'code' && (
          <div className="sp-Field-note" role="alert">
            {wrong('code')}
          </div>
        )}
      </div>
      <div className="sp-Detail-save">
        <Button
          label={detail.isSaving ? trans.__('Saving…') : trans.__('Save')}
          title={trans.__('Save (Ctrl S)')}
          kind="accept"
          disabled={!isDirty || detail.isSaving}
          onClick={() => void opened.save()}
        />
        {isDirty && (
          <Button
            label={trans.__('Discard changes')}
            kind="quiet"
            onClick={() => opened.discard()}
          />
        )}
        <span className="sp-Unseen" role="status">
          {isDirty ? trans.__('There are unsaved changes.') : ''}
        </span>
      </div>
    </>
  );
}

function wrongWords(field: WrongField, error: unknown): string {
  if (error) {
    const { message, hint } = Refusal.from(error);
    return `${message} ${hint}`.trim();
  }
  return field === 'name'
    ? trans.__('A name begins with a letter and has letters, digits, - and _, at most 64.')
    : '';
}
