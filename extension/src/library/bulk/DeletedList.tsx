/** Draws the deleted blocks, each with a way back. Fetches nothing. */
import { undoIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { DeletedBlock } from '../../api/schema';
import { Busy } from '../../ui/Busy';
import { Button } from '../../ui/Button';
import { Empty } from '../../ui/Empty';
import { ErrorNote } from '../../ui/ErrorNote';
import { SearchBox } from '../../ui/SearchBox';
import { ago } from '../../ui/time';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import type { LibraryViewProps } from '../block';
import { CodeRead } from '../code/CodeText';

const DAY = 86_400_000;
const PREVIEW_LINES = 3;

export function DeletedList(props: LibraryViewProps): JSX.Element {
  const { deleted, many } = props;
  useSignal(deleted.changed);
  const { blocks, total } = deleted;
  return (
    <div
      className="sp-Deleted"
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          void deleted.show(false);
        }
      }}
    >
      <div className="sp-PanelHeader">
        <button
          type="button"
          className="sp-Detail-back"
          autoFocus
          onClick={() => void deleted.show(false)}
        >
          {trans.__('‹ All blocks')}
        </button>
        <span className="sp-Quiet" role="status">
          {trans._n('%1 deleted block', '%1 deleted blocks', total, total)}
        </span>
      </div>
      <SearchBox
        label={trans.__('Search deleted blocks')}
        value={deleted.query}
        onChange={query => void deleted.search(query)}
      />
      <ErrorNote error={deleted.error} />
      {deleted.isLoading ? (
        <Busy label={trans.__('Looking for deleted blocks…')} />
      ) : !blocks.length ? (
        <Empty
          title={deleted.query ? trans.__('Nothing found') : trans.__('Nothing is deleted')}
          text={trans.__('A block that you delete is kept here for a while, so that you can bring it back.')}
        />
      ) : (
        <div className="sp-Scroll">
          <ul className="sp-Deleted-list" aria-label={trans.__('Deleted blocks')}>
            {blocks.map(one => (
              <DeletedRow key={one.block.id} {...props} one={one} isBusy={many.isBusy} />
            ))}
          </ul>
          {blocks.length < total && (
            <div className="sp-Library-more">
              <Button label={trans.__('Show more')} kind="quiet" onClick={() => void deleted.more()} />
            </div>
          )}
        </div>
      )}
    </div>
  );
}

interface DeletedRowProps extends LibraryViewProps {
  one: DeletedBlock;
  isBusy: boolean;
}

function DeletedRow({ one, many, means, isBusy }: DeletedRowProps): JSX.Element {
  const { block } = one;
  const left = one.gone_at ? Math.max(1, Math.ceil((Date.parse(one.gone_at) - Date.now()) / DAY)) : 0;
  return (
    <li>
      <div className="sp-Card-head">
        <strong className="sp-Deleted-name">{block.name}</strong>
        <Button
          label={trans.__('Restore')}
          icon={undoIcon}
          kind="quiet"
          title={trans.__('Bring %1 back', block.name)}
          disabled={isBusy}
          onClick={() => void many.restore([block.id], block.name)}
        />
      </div>
      <CodeRead
        means={means}
        code={block.code.split('\n').filter(line => line.trim()).slice(0, PREVIEW_LINES).join('\n')}
        language={block.language}
      />
      <div className="sp-Card-foot">
        <span>{trans.__('deleted %1', ago(one.removed_at))}</span>
        {left > 0 && (
          <span>{trans._n('gone for good in %1 day', 'gone for good in %1 days', left, left)}</span>
        )}
      </div>
    </li>
  );
}
