/** The proven blocks whose packages have moved on, to be run again: with progress and results. */
import * as React from 'react';
import type { MovedPackage } from '../../api/schema';
import { Busy } from '../../ui/Busy';
import { Button } from '../../ui/Button';
import { Empty } from '../../ui/Empty';
import { ErrorNote } from '../../ui/ErrorNote';
import { trans } from '../../ui/words';
import type { Proofs } from './proofs';
import { Rerun, type StaleRow } from './rerun';
import { hasEnded, Trials } from '../trials/trials';
import { endText } from '../trials/TryIt';

export function Stale(props: { proofs: Proofs; open: (blockId: string) => void }): JSX.Element {
  const { proofs } = props;
  const trials = (proofs.trials ??= new Trials(proofs.sponde));
  const rerun = (proofs.rerun ??= new Rerun(proofs.sponde, trials));
  const [, redraw] = React.useReducer((n: number) => n + 1, 0);
  React.useEffect(() => {
    const heard = (): void => redraw();
    rerun.changed.connect(heard);
    void rerun.load();
    return () => {
      rerun.changed.disconnect(heard);
    };
  }, [rerun]);
  const chosen = rerun.rows.filter(row => row.isChosen).length;
  const every = React.useRef<HTMLInputElement>(null);
  React.useEffect(() => {
    if (every.current) {
      every.current.indeterminate = chosen > 0 && chosen < rerun.rows.length;
    }
  });
  return (
    <section className="sp-Stale" aria-label={trans.__('Blocks whose packages moved on')}>
      <div className="sp-Stale-head">
        <button type="button" className="sp-Detail-back" onClick={() => proofs.showStale(false)}>
          ‹ {trans.__('All blocks')}
        </button>
      </div>
      <ErrorNote error={rerun.error} onRetry={() => void rerun.load()} />
      {rerun.isLoading && <Busy label={trans.__('Comparing versions…')} />}
      {!rerun.isLoading && !rerun.error && !rerun.rows.length && (
        <Empty
          title={trans.__('Nothing is stale')}
          text={trans.__('Every proven block ran with the versions that are installed here.')}
        />
      )}
      {rerun.rows.length > 0 && (
        <>
          <p className="sp-Quiet">
            {trans._n(
              '%1 proven block last ran with other versions. Running it again, on samples and apart from your notebooks, shows whether it still works.',
              '%1 proven blocks last ran with other versions. Running them again, on samples and apart from your notebooks, shows whether they still work.',
              rerun.rows.length,
              rerun.rows.length
            )}
          </p>
          <div className="sp-Stale-deeds">
            {rerun.isRunning ? (
              <>
                <Busy
                  label={trans.__('%1 of %2 done', rerun.done, chosen)}
                  progress={chosen ? rerun.done / chosen : 0}
                />
                <Button label={trans.__('Cancel')} kind="warn" onClick={() => void rerun.cancel()} />
              </>
            ) : (
              <Button
                label={
                  chosen
                    ? trans._n('Run %1 block again', 'Run %1 blocks again', chosen, chosen)
                    : trans.__('Run again')
                }
                kind="accept"
                disabled={!chosen}
                onClick={() => void rerun.run()}
              />
            )}
          </div>
          <label className="sp-Stale-all">
            <input
              ref={every}
              type="checkbox"
              checked={chosen === rerun.rows.length}
              disabled={rerun.isRunning}
              aria-label={trans.__('Run every block again')}
              onChange={event => rerun.chooseAll(event.target.checked)}
            />
            {trans.__('All')}
          </label>
          <ul className="sp-Stale-rows" aria-label={trans.__('Blocks to run again')}>
            {rerun.rows.map(row => (
              <Row key={row.stale.block.id} row={row} rerun={rerun} open={props.open} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Row(props: {
  row: StaleRow;
  rerun: Rerun;
  open: (blockId: string) => void;
}): JSX.Element {
  const { row, rerun } = props;
  const { block, moved } = row.stale;
  return (
    <li>
      <input
        type="checkbox"
        checked={row.isChosen}
        disabled={rerun.isRunning}
        aria-label={trans.__('Run %1 again', block.name)}
        onChange={event => rerun.choose(block.id, event.target.checked)}
      />
      <button type="button" className="sp-Link" onClick={() => props.open(block.id)}>
        {block.name}
      </button>
      <span className="sp-Stale-moved">{moved.map(movedWords).join(', ')}</span>
      <span className="sp-Stale-result" aria-live="polite">
        {resultText(row)}
      </span>
    </li>
  );
}

/** Say in few words what moved; above it stands what that means. */
function movedWords({ name, was, now }: MovedPackage): string {
  return now
    ? trans.__('%1 %2 → %3', name, was, now)
    : trans.__('%1 %2 → not installed', name, was);
}

function resultText(row: StaleRow): string {
  if (row.refusal) {
    return `○ ${row.refusal.message} ${row.refusal.hint}`;
  }
  if (!row.trial) {
    return '';
  }
  if (!hasEnded(row.trial)) {
    return `${row.trial.step || trans.__('Waits')}…`;
  }
  const sign = row.trial.status === 'ok' ? '✓' : row.trial.status === 'cancelled' ? '○' : '✕';
  const error = row.trial.status === 'cancelled' ? '' : row.trial.error_message;
  return `${sign} ${endText(row.trial)} ${row.trial.error_name && error ? `${row.trial.error_name}: ` : ''}${error}`.trim();
}
