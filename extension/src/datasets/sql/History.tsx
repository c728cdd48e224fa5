/** The queries that a person ran, newest first: searched, put back into the editor, forgotten. */
import { closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { DatasetQuery } from '../../api/schema';
import { Button } from '../../ui/Button';
import { ErrorNote } from '../../ui/ErrorNote';
import { SearchBox } from '../../ui/SearchBox';
import { ago, duration } from '../../ui/time';
import { trans } from '../../ui/words';
import { count } from '../words';
import type { SqlState } from './state';

interface HistoryProps {
  state: SqlState;
  onTake: (sql: string) => void;
}

export function History({ state, onTake }: HistoryProps): JSX.Element {
  const { history, search } = state;
  return (
    <section className="sp-SqlHistory" aria-label={trans.__('History of queries')}>
      <div className="sp-SqlHistory-head">
        <h3>{trans.__('History')}</h3>
        {history.length > 0 && !search && (
          <Button kind="quiet" label={trans.__('Forget all')} onClick={() => void state.clear()} />
        )}
        <Button
          iconOnly
          icon={closeIcon}
          label={trans.__('Close the history')}
          onClick={() => void state.showHistory(false)}
        />
      </div>
      <SearchBox
        label={trans.__('Search your queries')}
        value={search}
        onChange={text => void state.find(text)}
      />
      <ErrorNote error={state.historyError} onRetry={() => void state.list()} />
      {!history.length && (
        <p className="sp-Quiet">
          {search ? trans.__('No query of yours has these words.') : trans.__('What you run is kept here.')}
        </p>
      )}
      <ul className="sp-Scroll">
        {history.map(query => (
          <li key={query.id}>
            <button type="button" className="sp-SqlHistory-query" title={query.sql} onClick={() => onTake(query.sql)}>
              <code>{query.sql.trim().slice(0, 300)}</code>
              <span className={query.status === 'failed' ? 'sp-mod-wrong' : 'sp-Quiet'}>{outcome(query)}</span>
            </button>
            <Button
              iconOnly
              icon={closeIcon}
              label={trans.__('Forget this query')}
              onClick={() => void state.forget(query)}
            />
          </li>
        ))}
        {state.hasMore && (
          <li>
            <Button kind="quiet" label={trans.__('Show more')} onClick={() => void state.list(true)} />
          </li>
        )}
      </ul>
    </section>
  );
}

function outcome(query: DatasetQuery): string {
  const when = ago(query.started_at);
  if (query.status === 'done') {
    const rows = trans._n('%2 row', '%2 rows', query.rows ?? 0, count(query.rows ?? 0));
    return `${when} · ${rows} · ${duration(query.seconds ?? 0)}`;
  }
  if (query.status === 'failed') {
    return `${when} · ${trans.__('failed')}`;
  }
  return `${when} · ${query.status === 'running' ? trans.__('running') : trans.__('stopped')}`;
}
