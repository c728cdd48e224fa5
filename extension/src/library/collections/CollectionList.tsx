/** Draws the collections in the library's panel, and the open one. Fetches nothing. */
import * as React from 'react';
import type { Collection } from '../../api/schema';
import { Busy } from '../../ui/Busy';
import { Empty } from '../../ui/Empty';
import { ErrorNote } from '../../ui/ErrorNote';
import { ago } from '../../ui/time';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import { CollectionPage } from './CollectionPage';
import type { Collections } from './collections';
import type { Shelf } from './shelf';
import '../../../style/collections.css';

export function CollectionList({ shelf }: { shelf: Shelf }): JSX.Element {
  useSignal(shelf.changed);
  const { collections } = shelf;
  return collections ? (
    <Shown shelf={shelf} collections={collections} />
  ) : (
    <Busy label={trans.__('Opening the collections…')} />
  );
}

function Shown({ shelf, collections }: { shelf: Shelf; collections: Collections }): JSX.Element {
  useSignal(collections.changed);
  if (collections.view) {
    return (
      <CollectionPage
        key={collections.view.collection.id}
        shelf={shelf}
        collections={collections}
        view={collections.view}
      />
    );
  }
  const { all } = collections;
  return (
    <div
      className="sp-Collections"
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          shelf.close();
        }
      }}
    >
      <div className="sp-PanelHeader">
        <button type="button" className="sp-Detail-back" autoFocus onClick={() => shelf.close()}>
          {trans.__('‹ All blocks')}
        </button>
        <span className="sp-Quiet" role="status">
          {collections.isLoading
            ? ''
            : trans._n('%1 collection', '%1 collections', all.length, all.length)}
        </span>
      </div>
      <ErrorNote error={collections.error} onRetry={() => void collections.list()} />
      {collections.isLoading ? (
        <Busy label={trans.__('Opening the collections…')} />
      ) : all.length ? (
        <ul className="sp-Scroll sp-Collections-list" aria-label={trans.__('Collections')}>
          {all.map(one => (
            <Row key={one.id} collection={one} open={() => void collections.open(one.id)} />
          ))}
        </ul>
      ) : (
        !collections.error && (
          <Empty
            title={trans.__('Blocks that belong together')}
            text={trans.__(
              'Choose some blocks in the list (Space), then “Put into a collection”. A collection becomes a notebook, a Python module or a job.'
            )}
          />
        )
      )}
    </div>
  );
}

function Row({ collection, open }: { collection: Collection; open: () => void }): JSX.Element {
  const count = collection.block_ids.length;
  return (
    <li>
      <button type="button" className="sp-Collections-row" onClick={open}>
        <strong>{collection.name}</strong>
        {collection.description && <span>{collection.description}</span>}
        <span className="sp-Quiet">
          {trans._n('%1 block', '%1 blocks', count, count)} · {ago(collection.updated_at)}
        </span>
      </button>
    </li>
  );
}
