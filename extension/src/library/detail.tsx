/** Draws one code block: to edit, to use, and what it was. Fetches nothing. */
import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { CodeFacts, Revision, Use } from '../api/schema';
import { Button } from '../ui/Button';
import { Chip } from '../ui/Chip';
import { ErrorNote } from '../ui/ErrorNote';
import { Field } from '../ui/Field';
import { focusWhenDrawn } from '../ui/focus';
import { ago } from '../ui/time';
import { BlockDeeds, OutcomeMark, type LibraryViewProps } from './block';
import { CodeField, CodeRead } from './CodeText';
import type { Detail } from './opened';

const LANGUAGES = ['python', 'sql', 'bash', 'r', 'javascript', 'json', 'html', 'markdown', 'text'];

interface DetailProps extends LibraryViewProps {
  detail: Detail;
}

export function BlockDetail(props: DetailProps): JSX.Element {
  const { state, deeds, means, detail } = props;
  const { block, draft } = detail;
  const isDirty = state.opened.isDirty;
  const leave = (): void => {
    state.close();
    focusWhenDrawn(() => props.search.current);
  };
  return (
    <div
      className="sp-Detail"
      onKeyDown={event => {
        if (event.key === 'Escape' && !isDirty && !event.defaultPrevented) {
          event.stopPropagation();
          leave();
        } else if (event.key.toLowerCase() === 's' && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          event.stopPropagation();
          void state.opened.save();
        }
      }}
    >
      <div className="sp-PanelHeader">
        <button type="button" className="sp-Detail-back" onClick={leave} autoFocus>
          ‹ All blocks
        </button>
        <div className="sp-PanelHeader-actions">
          <BlockDeeds block={block} deeds={deeds} canRemove />
        </div>
      </div>
      <div className="sp-Scroll sp-Detail-body">
        <ErrorNote error={detail.error} />
        <div className="sp-Detail-outcome">
          <OutcomeMark block={block} />
          {block.last_outcome === 'failed' && (
            <code className="sp-Detail-error">{block.last_error}</code>
          )}
        </div>
        <Field label="Name" hint={`In a cell: %use ${block.name}`}>
          <input
            value={draft.name}
            spellCheck={false}
            onChange={event => state.opened.edit({ name: event.target.value })}
          />
        </Field>
        <Field label="Description">
          <textarea
            rows={2}
            value={draft.description}
            placeholder="What it does"
            onChange={event => state.opened.edit({ description: event.target.value })}
          />
        </Field>
        <div className="sp-Detail-row">
          <Field label="Tags">
            <input
              value={draft.tags}
              placeholder="cleaning, plots"
              onChange={event => state.opened.edit({ tags: event.target.value })}
            />
          </Field>
          <Field label="Language">
            <select
              value={draft.language}
              onChange={event => state.opened.edit({ language: event.target.value })}
            >
              {[...new Set([block.language, ...LANGUAGES])].map(language => (
                <option key={language}>{language}</option>
              ))}
            </select>
          </Field>
        </div>
        <div className="sp-Field">
          <label>Code</label>
          <CodeField
            key={block.id}
            means={means}
            label={`Code of ${block.name}`}
            code={draft.code}
            language={draft.language}
            onChange={code => state.opened.edit({ code })}
          />
        </div>
        <div className="sp-Detail-save">
          <Button
            label={detail.isSaving ? 'Saving…' : 'Save'}
            kind="accept"
            disabled={!isDirty || detail.isSaving}
            onClick={() => void state.opened.save()}
          />
          {isDirty && (
            <Button label="Discard changes" kind="quiet" onClick={() => state.opened.discard()} />
          )}
        </div>
        <Facts facts={block.facts} />
        <Uses uses={detail.uses} count={block.uses} openNotebook={deeds.openNotebook} />
        <Revisions {...props} />
      </div>
    </div>
  );
}

function Facts({ facts }: { facts: CodeFacts }): JSX.Element | null {
  const rows: Array<[string, string[]]> = [
    ['Needs', facts.needs],
    ['Imports', facts.imports],
    ['Defines', facts.defines]
  ];
  const told = rows.filter(([, names]) => names.length);
  if (!told.length) {
    return null;
  }
  return (
    <dl className="sp-Facts">
      {told.map(([label, names]) => (
        <React.Fragment key={label}>
          <dt>{label}</dt>
          <dd>
            {names.map(name => (
              <Chip key={name} label={name} />
            ))}
          </dd>
        </React.Fragment>
      ))}
    </dl>
  );
}

function Uses(props: {
  uses: Use[];
  count: number;
  openNotebook: (path: string) => void;
}): JSX.Element | null {
  if (!props.uses.length) {
    return null;
  }
  return (
    <section className="sp-Detail-section">
      <h3>{props.count === 1 ? 'Used once' : `Used ${props.count} times`}</h3>
      <ul>
        {props.uses.map(use => (
          <li key={use.id}>
            <span className={`sp-Outcome sp-mod-${use.outcome}`} title={use.error_message}>
              {use.outcome === 'ok' ? '✓' : use.outcome === 'failed' ? '✕' : '·'}
            </span>
            {use.notebook ? (
              <button
                type="button"
                className="sp-Link"
                title={use.notebook}
                onClick={() => props.openNotebook(use.notebook)}
              >
                {use.notebook.split('/').pop()}
              </button>
            ) : (
              <span>a kernel</span>
            )}
            <span className="sp-Quiet">{ago(use.used_at)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Revisions(props: DetailProps): JSX.Element | null {
  const { detail, state } = props;
  if (!detail.revisions.length) {
    return null;
  }
  return (
    <section className="sp-Detail-section" aria-label="Revisions">
      <h3>Revisions</h3>
      <ul>
        {detail.revisions.map(revision => (
          <RevisionRow
            key={revision.id}
            {...props}
            revision={revision}
            isShown={revision.id === detail.shownRevision}
            onToggle={shown => state.opened.showRevision(shown ? revision.id : '')}
          />
        ))}
      </ul>
    </section>
  );
}

interface RevisionRowProps extends DetailProps {
  revision: Revision;
  isShown: boolean;
  onToggle: (shown: boolean) => void;
}

function RevisionRow(props: RevisionRowProps): JSX.Element {
  const { revision, isShown, onToggle, means, state } = props;
  const Caret = isShown ? caretDownIcon : caretRightIcon;
  return (
    <li className="sp-Revision">
      <div className="sp-Revision-head">
        <button
          type="button"
          className="sp-Revision-toggle"
          aria-expanded={isShown}
          title={new Date(revision.written_at).toLocaleString()}
          onClick={() => onToggle(!isShown)}
        >
          <Caret.react tag="span" width="14px" height="14px" />
          Written {ago(revision.written_at)}
        </button>
        <Button
          label="Restore"
          kind="quiet"
          title="Make the block this again; what it is now becomes a revision"
          disabled={props.detail.isSaving}
          onClick={() => void state.opened.restoreRevision(revision.id)}
        />
      </div>
      {isShown && (
        <>
          {revision.description && <div className="sp-Quiet">{revision.description}</div>}
          <CodeRead
            means={means}
            code={revision.code}
            language={revision.language}
            className="sp-mod-whole"
          />
        </>
      )}
    </li>
  );
}
