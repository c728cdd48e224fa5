/** Draws one collection: its blocks in their order, what is wrong with it, what it becomes. */
import { caretDownIcon, caretUpIcon, closeIcon, deleteIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type {
  CodeBlock,
  CollectionParameter,
  CollectionProblem,
  CollectionView
} from '../../api/schema';
import { Button } from '../../ui/Button';
import { Chip } from '../../ui/Chip';
import { ErrorNote } from '../../ui/ErrorNote';
import { SearchBox } from '../../ui/SearchBox';
import { trans } from '../../ui/words';
import type { Collections } from './collections';
import type { Shelf } from './shelf';

interface PageProps {
  shelf: Shelf;
  collections: Collections;
  view: CollectionView;
}

export function CollectionPage(props: PageProps): JSX.Element {
  const { collections, view } = props;
  const { collection, blocks, gone } = view;
  return (
    <div
      className="sp-Collections"
      role="region"
      aria-label={trans.__('Collection %1', collection.name)}
      onKeyDown={event => {
        if (event.key === 'Escape' && !event.defaultPrevented) {
          event.stopPropagation();
          void collections.list();
        }
      }}
    >
      <div className="sp-PanelHeader">
        <button
          type="button"
          className="sp-Detail-back"
          autoFocus
          onClick={() => void collections.list()}
        >
          {trans.__('‹ All collections')}
        </button>
        <div className="sp-PanelHeader-actions">
          <Button
            label={trans.__('Delete the collection')}
            icon={deleteIcon}
            iconOnly
            disabled={collections.isBusy}
            onClick={() => void collections.remove()}
          />
        </div>
      </div>
      <div className="sp-Scroll sp-Collection">
        <Written
          key={`${collection.name}-${collection.description}`}
          name={collection.name}
          description={collection.description}
          collections={collections}
        />
        <Becomes {...props} />
        <ErrorNote error={collections.error} />
        <ol
          className="sp-Collection-blocks"
          aria-label={trans.__('Blocks of %1', collection.name)}
        >
          {blocks.map((block, at) => (
            <Block key={block.id} {...props} block={block} at={at} />
          ))}
        </ol>
        {gone > 0 && (
          <p className="sp-Quiet">
            {trans._n('%1 block of it is deleted.', '%1 blocks of it are deleted.', gone, gone)}
          </p>
        )}
        {!blocks.length && (
          <p className="sp-Quiet">{trans.__('There is no block in it. Add one below.')}</p>
        )}
        {collections.isUnsorted && (
          <div className="sp-Collection-sort">
            <Button
              label={trans.__('Put in order')}
              title={trans.__('Each block after those that make what it needs')}
              disabled={collections.isBusy}
              onClick={() => void collections.sort()}
            />
          </div>
        )}
        <AddBlocks collections={collections} />
        <Parameters parameters={view.parameters} blocks={blocks} />
        <div className="sp-Unseen" role="status">
          {collections.said}
        </div>
      </div>
    </div>
  );
}

/** Its name and what it is for; kept when a person leaves the field. */
function Written(props: {
  name: string;
  description: string;
  collections: Collections;
}): JSX.Element {
  const { collections } = props;
  const [name, setName] = React.useState(props.name);
  const [description, setDescription] = React.useState(props.description);
  const keep = (change: { name?: string; description?: string }): void => {
    const isNew =
      (change.name !== undefined && change.name.trim() !== props.name) ||
      (change.description !== undefined && change.description.trim() !== props.description);
    if (isNew) {
      void collections.edit(change).then(isDone => {
        if (!isDone) {
          setName(props.name);
        }
      });
    }
  };
  return (
    <div className="sp-Collection-written">
      <input
        className="sp-Collection-name"
        value={name}
        spellCheck={false}
        aria-label={trans.__('Name of the collection')}
        onChange={event => setName(event.target.value)}
        onBlur={() => keep({ name })}
        onKeyDown={event => {
          if (event.key === 'Enter') {
            event.currentTarget.blur();
          } else if (event.key === 'Escape' && name !== props.name) {
            event.preventDefault();
            setName(props.name);
          }
        }}
      />
      <textarea
        rows={1}
        value={description}
        placeholder={trans.__('What its blocks do together')}
        aria-label={trans.__('Description of the collection')}
        onChange={event => setDescription(event.target.value)}
        onBlur={() => keep({ description })}
      />
    </div>
  );
}

/** What it can be made into, and what was made last. */
function Becomes({ collections, view }: PageProps): JSX.Element {
  const isOff = collections.isBusy || !view.blocks.length;
  const { made } = collections;
  return (
    <>
      <div className="sp-Collection-becomes" role="group" aria-label={trans.__('Make of it')}>
        <Button
          label={trans.__('Notebook')}
          title={trans.__('Make a notebook of it: imports on top, parameters, a cell for each block')}
          kind="accept"
          disabled={isOff}
          onClick={() => void collections.notebook()}
        />
        <Button
          label={trans.__('Module')}
          title={trans.__('Make a Python module of it: a function for each block')}
          disabled={isOff}
          onClick={() => void collections.module()}
        />
        <Button
          label={trans.__('Job…')}
          title={trans.__('Make a notebook of it and run that with parameters, now or by a schedule')}
          disabled={isOff}
          onClick={() => void collections.job()}
        />
      </div>
      {made && (
        <div className="sp-Collection-made" role="status">
          {trans.__('Made')}{' '}
          <button
            type="button"
            className="sp-Link"
            title={made.path}
            onClick={() => collections.openMade()}
          >
            {made.path.split('/').pop()}
          </button>
          {made.notes.length > 0 && (
            <ul>
              {made.notes.map(note => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          )}
        </div>
      )}
    </>
  );
}

const DRAGGED = 'application/x-sponde-collected';

/** A block in its place: dragged, or moved by Alt and the arrow keys. */
function Block(props: PageProps & { block: CodeBlock; at: number }): JSX.Element {
  const { shelf, collections, view, block, at } = props;
  const last = view.blocks.length - 1;
  const [over, setOver] = React.useState<'above' | 'below' | ''>('');
  const line = React.useRef<HTMLLIElement>(null);
  const problems = view.problems.filter(one => one.block_id === block.id);
  const move = (to: number): void => {
    void collections.move(block, to).then(() => line.current?.querySelector('button')?.focus());
  };
  return (
    <li
      ref={line}
      className={`sp-Collection-block ${over ? `sp-mod-${over}` : ''}`}
      draggable
      onDragStart={event => {
        event.dataTransfer.setData(DRAGGED, block.id);
        event.dataTransfer.effectAllowed = 'move';
      }}
      onDragOver={event => {
        if (event.dataTransfer.types.includes(DRAGGED)) {
          event.preventDefault();
          const { top, height } = event.currentTarget.getBoundingClientRect();
          setOver(event.clientY < top + height / 2 ? 'above' : 'below');
        }
      }}
      onDragLeave={() => setOver('')}
      onDrop={event => {
        const moved = view.blocks.findIndex(one => one.id === event.dataTransfer.getData(DRAGGED));
        setOver('');
        if (moved >= 0) {
          event.preventDefault();
          const gap = at + (over === 'below' ? 1 : 0);
          void collections.move(view.blocks[moved], gap - (moved < gap ? 1 : 0));
        }
      }}
      onKeyDown={event => {
        if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
          event.preventDefault();
          move(at + (event.key === 'ArrowUp' ? -1 : 1));
        } else if (event.key === 'Delete') {
          event.preventDefault();
          void collections.take(block);
        }
      }}
    >
      <span className="sp-Collection-grip" aria-hidden="true" title={trans.__('Drag to move')}>
        ⠿
      </span>
      <div className="sp-Collection-what">
        <button
          type="button"
          className="sp-Link"
          aria-label={trans.__('%1, %2 of %3', block.name, at + 1, last + 1)}
          title={trans.__('Open %1 (Alt and the arrow keys move it, Delete takes it out)', block.name)}
          onClick={() => shelf.openBlock(block.id)}
        >
          {block.name}
        </button>
        {block.description && <span className="sp-Quiet">{block.description}</span>}
      </div>
      <span className="sp-Collection-deeds">
        <Button
          label={trans.__('Move %1 up', block.name)}
          icon={caretUpIcon}
          iconOnly
          disabled={at === 0}
          onClick={() => void collections.move(block, at - 1)}
        />
        <Button
          label={trans.__('Move %1 down', block.name)}
          icon={caretDownIcon}
          iconOnly
          disabled={at === last}
          onClick={() => void collections.move(block, at + 1)}
        />
        <Button
          label={trans.__('Take %1 out', block.name)}
          icon={closeIcon}
          iconOnly
          onClick={() => void collections.take(block)}
        />
      </span>
      {problems.map(problem => (
        <Problem
          key={`${problem.kind}-${problem.other_id}-${problem.names.join()}`}
          problem={problem}
          collections={collections}
        />
      ))}
    </li>
  );
}

function Problem(props: { problem: CollectionProblem; collections: Collections }): JSX.Element {
  const { problem, collections } = props;
  const canAdd = problem.kind === 'open' && problem.other_id;
  return (
    <span className="sp-Collection-problem">
      {problemWords(problem)}
      {canAdd && (
        <>
          {' '}
          <button
            type="button"
            className="sp-Link"
            onClick={() => void collections.addById(problem.other_id)}
          >
            {trans.__('Add %1', problem.other_name)}
          </button>
        </>
      )}
    </span>
  );
}

/** Say what is wrong, in one short sentence. */
export function problemWords({ kind, names, other_name: other }: CollectionProblem): string {
  const what = names.join(', ');
  switch (kind) {
    case 'late':
      return trans.__('Needs %1, which %2 makes further down.', what, other);
    case 'ring':
      return trans.__('Needs %1 of %2, which needs this one in turn.', what, other);
    case 'open':
      return trans.__('Calls %1, which no block here defines.', what);
    case 'clash':
      return trans.__('By %1 it means something else than %2.', what, other);
    case 'broken':
      return trans.__('Python cannot read it.');
    default:
      return trans.__('A Python notebook does not run it.');
  }
}

/** Look for blocks, and add them. */
function AddBlocks({ collections }: { collections: Collections }): JSX.Element {
  const { found, query } = collections;
  return (
    <div className="sp-Collection-add">
      <SearchBox
        label={trans.__('Add a block')}
        value={query}
        onChange={text => void collections.search(text)}
      />
      {found.length > 0 && (
        <ul aria-label={trans.__('Blocks to add')}>
          {found.map(block => (
            <li key={block.id}>
              <button
                type="button"
                className="sp-Collection-found"
                onClick={() => void collections.add(block)}
              >
                <span aria-hidden="true">+ </span>
                {block.name}
                {block.description && <span className="sp-Quiet"> {block.description}</span>}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** What is given to the whole when it runs. */
function Parameters(props: {
  parameters: readonly CollectionParameter[];
  blocks: readonly CodeBlock[];
}): JSX.Element | null {
  const names = new Map(props.blocks.map(block => [block.id, block.name]));
  if (!props.parameters.length) {
    return null;
  }
  return (
    <section className="sp-Detail-section" aria-label={trans.__('Parameters')}>
      <h3>{trans.__('Parameters')}</h3>
      <div className="sp-Collection-parameters">
        {props.parameters.map(one => (
          <Chip
            key={one.name}
            label={parameterWords(one)}
            title={trans.__(
              'For %1',
              one.block_ids.map(id => names.get(id) ?? '').filter(Boolean).join(', ')
            )}
          />
        ))}
      </div>
    </section>
  );
}

/** Write a parameter: `limit = 5`, `df from sales`, `factor: to be given`. */
export function parameterWords({ name, value, dataset, is_table }: CollectionParameter): string {
  if (is_table) {
    return dataset ? trans.__('%1 from %2', name, dataset) : trans.__('%1: a dataset', name);
  }
  return value ? `${name} = ${value}` : trans.__('%1: to be given', name);
}
