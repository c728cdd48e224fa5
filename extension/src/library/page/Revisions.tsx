/** Draws what a block was: who changed what and when, the difference to now, and the way back. */
import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { CodeBlock, Revision } from '../../api/schema';
import { Button } from '../../ui/Button';
import { ago } from '../../ui/time';
import { trans } from '../../ui/words';
import type { LibraryViewProps } from '../block';
import { causeWords, changeWords } from './changes';
import { Difference } from '../code/Difference';
import type { Detail } from './opened';

interface RevisionsProps extends LibraryViewProps {
  detail: Detail;
}

export function Revisions(props: RevisionsProps): JSX.Element | null {
  const { detail, state } = props;
  const { revisions, block } = detail;
  if (!revisions.length) {
    return null;
  }
  return (
    <section className="sp-Detail-section" aria-label={trans.__('Revisions')}>
      <h3>{trans.__('Revisions')}</h3>
      <ul>
        {revisions.map((revision, at) => (
          <RevisionRow
            key={revision.id}
            {...props}
            revision={revision}
            next={revisions[at - 1] ?? block}
            isShown={revision.id === detail.shownRevision}
            onToggle={shown => state.opened.showRevision(shown ? revision.id : '')}
          />
        ))}
      </ul>
    </section>
  );
}

interface RevisionRowProps extends RevisionsProps {
  revision: Revision;
  /** What it was changed into. */
  next: Revision | CodeBlock;
  isShown: boolean;
  onToggle: (shown: boolean) => void;
}

function RevisionRow(props: RevisionRowProps): JSX.Element {
  const { revision, next, isShown, onToggle, means, deeds, detail, person } = props;
  const Caret = isShown ? caretDownIcon : caretRightIcon;
  return (
    <li className="sp-Revision">
      <div className="sp-Revision-head">
        <button
          type="button"
          className="sp-Revision-toggle"
          aria-expanded={isShown}
          title={trans.__('Compare what it was before this with what it is now')}
          onClick={() => onToggle(!isShown)}
        >
          <Caret.react tag="span" width="14px" height="14px" />
          <span className="sp-Revision-words">
            <span>{changeWords(revision, next)}</span>
            <span className="sp-Quiet" title={new Date(revision.replaced_at).toLocaleString()}>
              {trans.__('%1, %2', causeWords(revision, person), ago(revision.replaced_at))}
            </span>
          </span>
        </button>
        <Button
          label={trans.__('Restore')}
          kind="quiet"
          title={trans.__('Make the block what it was before this; what it is now becomes a revision')}
          disabled={detail.isSaving}
          onClick={() => deeds.restoreRevision(revision.id)}
        />
      </div>
      {isShown && (
        <>
          {revision.description !== detail.block.description && (
            <div className="sp-Quiet">
              {revision.description
                ? trans.__('Its description was: %1', revision.description)
                : trans.__('It had no description.')}
            </div>
          )}
          <Difference
            means={means}
            language={revision.language}
            before={revision.code}
            after={detail.block.code}
            names={[trans.__('then'), trans.__('now')]}
          />
        </>
      )}
    </li>
  );
}
