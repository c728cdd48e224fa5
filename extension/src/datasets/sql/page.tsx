/** A tab of SQL: the editor above, the result below, the history beside them. */
import { addIcon, historyIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Button } from '../../ui/Button';
import { ErrorNote } from '../../ui/ErrorNote';
import { Refusal } from '../../api/client';
import { duration } from '../../ui/time';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import { Editor, type EditorHandle } from './Editor';
import { Elapsed } from './Elapsed';
import { History } from './History';
import type { SqlMeans } from './means';
import { Result } from './Result';
import type { SqlState } from './state';
import { TabName, type TabTitle } from './TabName';
import '../../../style/sql.css';

interface SqlViewProps {
  state: SqlState;
  means: SqlMeans;
  tab: TabTitle;
}

const SAID_MS = 6000;

export function SqlView({ state, means, tab }: SqlViewProps): JSX.Element {
  useSignal(state.changed);
  useSignal(means.changed);
  const editor = React.useRef<EditorHandle | null>(null);
  const [said, say] = React.useState('');
  React.useEffect(() => {
    const timer = said ? window.setTimeout(() => say(''), SAID_MS) : 0;
    return () => window.clearTimeout(timer);
  }, [said]);
  const run = React.useCallback(() => {
    const [from, to] = editor.current?.selection() ?? [0, 0];
    void state.run(from, to);
  }, [state]);
  const take = (sql: string): void => {
    const before = state.text.trimEnd();
    if (before === sql.trim()) {
      return;
    }
    const lead = before ? `${before}${before.endsWith(';') ? '' : ';'}\n\n` : '';
    state.write(lead + sql);
    requestAnimationFrame(() => editor.current?.select(lead.length, lead.length + sql.length));
  };
  const ready = React.useCallback((handle: EditorHandle) => {
    editor.current = handle;
  }, []);
  return (
    <div className="sp-Sql">
      <div className="sp-Sql-bar" role="toolbar" aria-label={trans.__('SQL')}>
        {state.isRunning ? (
          <Button kind="warn" label={trans.__('Stop')} onClick={() => void state.cancel()} />
        ) : (
          <Button
            kind="accept"
            label={trans.__('Run')}
            title={trans.__('Run what is selected, or the statement at the cursor (Ctrl, Cmd or Shift and Enter)')}
            disabled={!state.text.trim()}
            onClick={run}
          />
        )}
        {state.isRunning && <Elapsed since={state.began} />}
        <span className="sp-Sql-gap" />
        <TabName tab={tab} />
        <Names means={means} onTake={name => take(`SELECT * FROM ${name}`)} />
        <Button iconOnly icon={addIcon} label={trans.__('New tab of SQL')} onClick={() => means.open('')} />
        <Button
          iconOnly
          icon={historyIcon}
          label={trans.__('History')}
          pressed={state.isHistoryShown}
          onClick={() => void state.showHistory(!state.isHistoryShown)}
        />
      </div>
      <div className="sp-Sql-body">
        <div className="sp-Sql-main">
          <Editor state={state} means={means} onRun={run} onReady={ready} />
          <ErrorNote error={state.error} onDismiss={() => state.dismiss()} />
          <Outcome state={state} hasDatasets={means.datasets().length > 0} onShow={(from, to) => editor.current?.select(from, to)} />
          <Result state={state} means={means} say={say} />
        </div>
        {state.isHistoryShown && <History state={state} onTake={take} />}
      </div>
      <div className={said ? 'sp-Sql-said' : 'sp-Sql-said sp-mod-empty'} role="status">
        {said}
      </div>
    </div>
  );
}

/** The datasets that can be asked, for whoever does not know their names yet. */
function Names({ means, onTake }: { means: SqlMeans; onTake: (name: string) => void }): JSX.Element {
  const names = means.datasets().map(dataset => dataset.name);
  return (
    <select
      className="sp-Sql-names"
      aria-label={trans.__('Ask a dataset')}
      value=""
      disabled={!names.length}
      onChange={event => onTake(event.target.value)}
    >
      <option value="">{names.length ? trans.__('Datasets…') : trans.__('No datasets yet')}</option>
      {names.map(name => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}

interface OutcomeProps {
  state: SqlState;
  hasDatasets: boolean;
  onShow: (from: number, to: number) => void;
}

/** Why there is no result, and for screen readers that there is one. */
function Outcome({ state, hasDatasets, onShow }: OutcomeProps): JSX.Element {
  const { query, wrong, isRunning } = state;
  const failure = !isRunning && query?.status === 'failed' ? query.failure : null;
  const line = wrong ? state.text.slice(0, wrong.from).split('\n').length : 0;
  const done =
    !isRunning && query?.status === 'done' ? trans._n('%1 row.', '%1 rows.', query.rows ?? 0) : '';
  return (
    <>
      <div className="sp-Sql-heard" role="status">
        {isRunning ? trans.__('The query runs.') : done}
      </div>
      {failure && (
        <div className="sp-Sql-failure">
          <ErrorNote error={new Refusal(400, 'invalid', failure.message, failure.hint)} />
          {wrong && (
            <Button kind="quiet" label={trans.__('Show it (line %1)', line)} onClick={() => onShow(wrong.from, wrong.to)} />
          )}
        </div>
      )}
      {!isRunning && query?.status === 'cancelled' && (
        <p className="sp-Quiet sp-Sql-stopped">
          {trans.__('Stopped after %1.', duration(query.seconds ?? 0))}
        </p>
      )}
      {!query && !isRunning && (
        <p className="sp-Quiet sp-Sql-empty">
          {hasDatasets
            ? trans.__('Each dataset is a table by its name. Ctrl or Cmd and Enter runs the statement at the cursor, or all that is selected.')
            : trans.__('There are no datasets to ask yet. Drop a file on the Data panel: it is a table here by its name.')}
        </p>
      )}
    </>
  );
}
