/** Draws where a block is used, each place a way there, and how often over time. */
import * as React from 'react';
import type { CodeBlock, UsedPlace } from '../../api/schema';
import { ErrorNote } from '../../ui/ErrorNote';
import { ago } from '../../ui/time';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import { cellNumber } from '../../ui/openCell';
import { UsageChart } from './UsageChart';
import type { Shelf } from '../collections/shelf';
import type { Used } from './used';
import '../../../style/collections.css';

const FEW = 6;

export interface UsedInProps {
  block: CodeBlock;
  shelf: Shelf;
  /** Open a notebook at a cell. */
  openCell: (path: string, cellId: string) => void;
}

export function UsedIn(props: UsedInProps): JSX.Element | null {
  const { shelf } = props;
  const [used, setUsed] = React.useState(shelf.used);
  React.useEffect(() => void shelf.uses().then(setUsed), [shelf]);
  return used && <Shown {...props} used={used} />;
}

function Shown(props: UsedInProps & { used: Used }): JSX.Element | null {
  const { used, block } = props;
  useSignal(used.changed);
  const [isWhole, setWhole] = React.useState(false);
  React.useEffect(() => {
    void used.look(block.id);
    return () => used.leave();
  }, [used, block.id]);
  if (used.blockId !== block.id || used.isLoading) {
    return null;
  }
  const { places, weeks } = used;
  if (!places.length && !used.error && !weeks.some(week => week.ok + week.failed + week.waiting)) {
    return null;
  }
  const shown = isWhole ? places : places.slice(0, FEW);
  return (
    <section className="sp-Detail-section sp-Used" aria-label={trans.__('Where it is used')}>
      <h3>{block.uses ? trans._n('Used once', 'Used %1 times', block.uses, block.uses) : trans.__('Used in')}</h3>
      <ErrorNote error={used.error} onRetry={() => void used.look(block.id)} />
      <UsageChart weeks={weeks} />
      <ul>
        {shown.map(one => asOpen(props, one)).map(place => (
          <li key={[place.kind, place.path, place.cell_id, place.subject_id].join(' ')}>
            <Mark place={place} />
            <span className="sp-Used-what">
              <Way {...props} place={place} />
              <span className="sp-Quiet">{aboutPlace(place)}</span>
            </span>
            {place.last_at && (
              <span className="sp-Quiet" title={new Date(place.last_at).toLocaleString()}>
                {ago(place.last_at)}
              </span>
            )}
          </li>
        ))}
      </ul>
      {places.length > shown.length && (
        <button type="button" className="sp-Link" onClick={() => setWhole(true)}>
          {trans.__('All %1 places', places.length)}
        </button>
      )}
      {used.isCut && (
        <p className="sp-Quiet">
          {trans.__('There are more notebooks in this folder than were looked through.')}
        </p>
      )}
    </section>
  );
}

/** A cell of a notebook that is open is there, also before it is saved. */
function asOpen({ shelf }: UsedInProps, place: UsedPlace): UsedPlace {
  if (place.kind !== 'notebook' || place.is_there) {
    return place;
  }
  const cell = cellNumber(shelf.app, place.path, place.cell_id);
  return { ...place, cell, is_there: cell > 0 };
}

function Mark({ place }: { place: UsedPlace }): JSX.Element {
  const { last_outcome: outcome, ok, failed } = place;
  const words = [
    ok ? trans._n('ran once', 'ran %1 times', ok, ok) : '',
    failed ? trans._n('failed once', 'failed %1 times', failed, failed) : ''
  ].filter(Boolean);
  return (
    <span
      className={`sp-Outcome ${outcome ? `sp-mod-${outcome}` : ''}`}
      title={words.join(', ') || trans.__('not run there')}
    >
      {outcome === 'ok' ? '✓' : outcome === 'failed' ? '✕' : '·'}
    </span>
  );
}

/** The place's name; pressed it opens, where it is there. */
function Way(props: UsedInProps & { place: UsedPlace }): JSX.Element {
  const { place, shelf } = props;
  const { commands } = shelf.app;
  const label = nameOf(place);
  const open = (): void => {
    switch (place.kind) {
      case 'job':
        void commands.execute('sponde:jobs:open', { tab: 'schedules' });
        break;
      case 'conversation':
        void commands.execute('sponde:chat:open', {
          conversation: place.subject_id,
          message: place.message_id
        });
        break;
      case 'collection':
        void shelf.open(place.subject_id);
        break;
      default:
        props.openCell(place.path, place.cell_id);
    }
  };
  const isGone = place.kind === 'notebook' && !place.is_there;
  if (isGone || (place.kind === 'kernel' && !place.path)) {
    return <span title={place.path || undefined}>{label}</span>;
  }
  return (
    <button type="button" className="sp-Link" title={place.path || undefined} onClick={open}>
      {label}
    </button>
  );
}

function nameOf(place: UsedPlace): string {
  const file = place.path.split('/').pop() ?? '';
  return place.label || file || trans.__('A kernel');
}

/** Say in few words what a place is. */
export function aboutPlace(place: UsedPlace): string {
  const file = place.path.split('/').pop() ?? '';
  switch (place.kind) {
    case 'notebook':
      return place.is_there
        ? trans.__('cell %1', place.cell)
        : trans.__('not there any more');
    case 'kernel':
      return place.path ? trans.__('called from a cell') : trans.__('called by its name');
    case 'run': {
      const runs = place.ok + place.failed;
      return trans._n('%1 run as a job', '%1 runs as a job', runs, runs);
    }
    case 'job':
      return trans.__('job of %1', file);
    case 'conversation':
      return trans.__('conversation');
    default:
      return trans.__('collection');
  }
}
