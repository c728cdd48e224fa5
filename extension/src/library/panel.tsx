/** Draws the Library panel: the search and its blocks, and beside them, where there is room, the open one. */
import { addIcon, deleteIcon, listIcon, saveIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Busy } from '../ui/Busy';
import { Button } from '../ui/Button';
import { Empty } from '../ui/Empty';
import { ErrorNote } from '../ui/ErrorNote';
import { lazily } from '../ui/lazily';
import { PanelHeader } from '../ui/Panel';
import { useSignal } from '../ui/useSignal';
import { useSize } from '../ui/useSize';
import { trans } from '../ui/words';
import { Keys } from './list/Keys';
import type { LibraryViewProps } from './block';
import { Blocks } from './list/Blocks';
import { ChosenBar } from './bulk/ChosenBar';
import { cardsIcon, carryIcon, collectIcon, toMainIcon, toSideIcon } from './icons';
import { NothingFound } from './finding/NothingFound';
import { Search } from './finding/Search';
import { shelfOf } from './collections/shelf';
import { dropsOn, gateOf } from './transfer/gate';
import '../../style/library.css';
import '../../style/proof.css';

const BlockDetail = lazily(async () => (await import('./page/detail')).BlockDetail);
const Stale = lazily(async () => (await import('./proof/Stale')).Stale);
const CollectionList = lazily(
  async () => (await import('./collections/CollectionList')).CollectionList
);
const CarryPage = lazily(async () => (await import('./transfer/CarryPage')).CarryPage);
const DeletedList = lazily(async () => (await import('./bulk/DeletedList')).DeletedList);

/** From here on the open block stands beside the list. */
const WIDE = 720;

export function LibraryView(props: LibraryViewProps): JSX.Element {
  const { state, many, deleted } = props;
  useSignal(state.changed);
  const shelf = shelfOf(props);
  useSignal(deleted.changed);
  useSignal(shelf.changed);
  const gate = gateOf({ app: props.app, sponde: props.proofs.sponde }).join(many);
  useSignal(gate.changed);
  useSignal(props.proofs.changed);
  const host = React.useRef<HTMLDivElement>(null);
  const { width } = useSize(host);
  const isWide = width >= WIDE;
  const detail = state.opened.detail;
  return (
    <div
      ref={host}
      className={`sp-Library ${isWide ? 'sp-mod-wide' : ''} ${detail ? 'sp-mod-open' : ''}`}
      {...dropsOn(gate)}
      onKeyDown={event => {
        const isUndo =
          event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey) && !event.shiftKey;
        if (isUndo && !isWritten(event.target) && many.undoLast()) {
          event.preventDefault();
          event.stopPropagation();
        }
      }}
    >
      {gate.isShown ? (
        <CarryPage gate={gate} means={props.means} state={state} />
      ) : shelf.isShown ? (
        <CollectionList shelf={shelf} />
      ) : deleted.isShown ? (
        <DeletedList {...props} />
      ) : props.proofs.isStaleShown ? (
        <Stale
          proofs={props.proofs}
          open={id => {
            props.proofs.showStale(false);
            void state.open(id);
          }}
        />
      ) : (
        <>
          {(isWide || !detail) && <BlockList {...props} />}
          {detail && <BlockDetail {...props} detail={detail} isWide={isWide} />}
        </>
      )}
    </div>
  );
}

function BlockList(props: LibraryViewProps): JSX.Element {
  const { state, deeds } = props;
  return (
    <div className="sp-Library-side">
      <PanelHeader title={trans.__('Code library')}>
        <HeaderDeeds {...props} />
        <Button label={trans.__('New block')} icon={addIcon} iconOnly onClick={deeds.newBlock} />
        <Button
          label={trans.__('Save the active cell')}
          icon={saveIcon}
          iconOnly
          onClick={deeds.saveActiveCell}
        />
      </PanelHeader>
      <Search {...props} />
      <ChosenBar {...props} />
      <ErrorNote
        error={state.error ?? state.opened.error}
        onRetry={() => void state.refresh()}
      />
      <div className="sp-Unseen" role="status">
        {state.isLoading ? '' : foundWords(state.blocks.length, state.hasMore)}
      </div>
      <Found {...props} />
    </div>
  );
}

function HeaderDeeds(props: LibraryViewProps): JSX.Element {
  const { look, deleted, deeds, isMain } = props;
  const gate = gateOf({ app: props.app, sponde: props.proofs.sponde });
  useSignal(look.changed);
  const isList = look.kind === 'list';
  return (
    <>
      <Button
        label={isList ? trans.__('Show as cards') : trans.__('Show as a list')}
        icon={isList ? cardsIcon : listIcon}
        iconOnly
        onClick={() => (look.kind = isList ? 'cards' : 'list')}
      />
      <Button
        label={trans.__('Collections')}
        icon={collectIcon}
        iconOnly
        onClick={() => void shelfOf(props).open()}
      />
      <Button
        label={trans.__('Import, export, files')}
        icon={carryIcon}
        iconOnly
        onClick={() => void gate.open()}
      />
      <Button
        label={trans.__('Deleted blocks')}
        icon={deleteIcon}
        iconOnly
        onClick={() => void deleted.show(true)}
      />
      <Button
        label={isMain ? trans.__('Move to the side') : trans.__('Move to the main area')}
        icon={isMain ? toSideIcon : toMainIcon}
        iconOnly
        onClick={() => deeds.move(!isMain)}
      />
    </>
  );
}

function Found(props: LibraryViewProps): JSX.Element {
  const { state, deeds } = props;
  if (state.isLoading) {
    return <Busy label={trans.__('Opening the library…')} />;
  }
  if (state.blocks.length) {
    return (
      <>
        <Blocks {...props} />
        <Keys />
      </>
    );
  }
  if (state.isNarrowed) {
    return <NothingFound finding={state.finding} />;
  }
  return state.error ? (
    <></>
  ) : (
    <Empty
      title={trans.__('Keep code that works')}
      text={trans.__(
        'Save a code block from an answer in the chat, or a cell of a notebook. You find it here again, see whether it ran, and put it into any notebook.'
      )}
    >
      <Button label={trans.__('Save the active cell')} onClick={deeds.saveActiveCell} />
    </Empty>
  );
}

function foundWords(count: number, hasMore: boolean): string {
  return hasMore
    ? trans.__('%1 blocks and more', count)
    : trans._n('%1 block', '%1 blocks', count, count);
}

/** Whether a person writes there: Ctrl+Z means the letters then. */
function isWritten(target: EventTarget): boolean {
  return target instanceof HTMLElement && Boolean(target.closest('input:not([type=checkbox]), textarea, .cm-editor'));
}
