/** What a turn changed, below its answer: show it, go back, undo that. Fetched when first drawn. */
import { undoIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Checkpoint } from '../api/schema';
import { Refusal } from '../api/client';
import { Button } from '../ui/Button';
import { ErrorNote } from '../ui/ErrorNote';
import { ago } from '../ui/time';
import { trans } from '../ui/words';
import type { FilePlan } from './going';
import { lines, type Change, type Kind, type Line } from './plan';
import type { CheckpointsState } from './state';
import { changedFiles, summary } from './words';
import '../../style/checkpoints.css';

interface TurnProps {
  state: CheckpointsState;
  checkpoint: Checkpoint;
}

export function TurnView({ state, checkpoint }: TurnProps): JSX.Element {
  const [plans, setPlans] = React.useState<FilePlan[] | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  const [touched, setTouched] = React.useState(0);
  const files = changedFiles(checkpoint);
  const isBack = checkpoint.went_back !== '';
  const isBusy = state.busy.has(checkpoint.message_id);
  const show = (): void => {
    setError(null);
    state.look(checkpoint).then(setPlans, failure => setError(Refusal.from(failure)));
  };
  const back = async (mode?: 'ours' | 'everything'): Promise<void> => {
    const found = await state.goBack(checkpoint, mode);
    setTouched(found);
    if (found) {
      show();
    } else {
      setPlans(null);
    }
  };
  return (
    <section className="sp-Turn" aria-label={trans.__('What this answer changed')}>
      <div className="sp-Turn-line">
        <div className="sp-Turn-what" role="status">
          {isBack ? (
            <span>
              {trans.__('Went back')}
              {checkpoint.went_back_at && ` ${ago(checkpoint.went_back_at)}`}:{' '}
              {trans.__('%1 as before this answer.', files.map(nameOf).join(', '))}
            </span>
          ) : (
            files.map(file => (
              <span key={file.path} title={file.path}>
                {summary(file)}
                {!file.is_whole && ` (${trans.__('kept without its largest outputs')})`}
              </span>
            ))
          )}
        </div>
        <span className="sp-Turn-actions">
          {isBack ? (
            <Button
              label={trans.__('Undo going back')}
              kind="quiet"
              disabled={isBusy}
              onClick={() => void state.undo(checkpoint)}
            />
          ) : (
            <>
              <button
                type="button"
                className="sp-Link"
                aria-expanded={plans !== null}
                onClick={() => (plans ? setPlans(null) : show())}
              >
                {plans ? trans.__('Hide changes') : trans.__('Show changes')}
              </button>
              <Button
                label={trans.__('Go back')}
                title={trans.__('Put everything back as it was before this answer')}
                icon={undoIcon}
                disabled={isBusy || files.every(file => file.before === null)}
                onClick={() => void back()}
              />
            </>
          )}
        </span>
      </div>
      {touched > 0 && !isBack && (
        <div className="sp-Turn-ask" role="alert">
          <p>
            {trans._n(
              'You have changed %1 of these since this answer.',
              'You have changed %1 of these since this answer.',
              touched
            )}{' '}
            {trans.__('Whatever you choose can be undone.')}
          </p>
          <div className="sp-Turn-choices">
            <Button
              label={trans.__('Keep my changes')}
              title={trans.__('Put back only what this answer changed and you did not touch since')}
              kind="accept"
              disabled={isBusy}
              onClick={() => void back('ours')}
            />
            <Button
              label={trans.__('Everything as it was')}
              title={trans.__('Put the whole notebook or file back, without your later changes')}
              kind="warn"
              disabled={isBusy}
              onClick={() => void back('everything')}
            />
            <Button label={trans.__('Cancel')} kind="quiet" onClick={() => setTouched(0)} />
          </div>
        </div>
      )}
      <ErrorNote error={error ?? state.failures.get(checkpoint.message_id)} />
      {plans && !isBack && plans.map(plan => <FileChanges key={plan.path} plan={plan} />)}
      {isBack && files.some(file => file.kind === 'notebook') && (
        <div className="sp-Quiet">
          {trans.__('Variables in the kernel stay as they are.')}
        </div>
      )}
    </section>
  );
}

function nameOf(file: { path: string }): string {
  return file.path.split('/').pop() ?? file.path;
}

function FileChanges({ plan }: { plan: FilePlan }): JSX.Element {
  return (
    <div className="sp-Turn-file">
      <div className="sp-Turn-path">{plan.path}</div>
      {plan.isTouched && (
        <div className="sp-Turn-touched">{trans.__('You have changed this file since.')}</div>
      )}
      {plan.changes.map(change => (
        <CellChange key={change.id} change={change} />
      ))}
      {!plan.changes.length &&
        (plan.lines.length ? (
          <Diff lines={plan.lines} label={plan.path} />
        ) : (
          <div className="sp-Quiet">{trans.__('This file is no text, or too long to be shown.')}</div>
        ))}
    </div>
  );
}

function CellChange({ change }: { change: Change }): JSX.Element {
  const label = kindWord(change.kind);
  return (
    <div className="sp-Turn-cell">
      <div className="sp-Turn-kind">
        {label}
        {change.isTouched && (
          <span className="sp-Turn-touched">{trans.__('changed by you since')}</span>
        )}
        {change.isMoot && <span className="sp-Quiet">{trans.__('nothing to put back')}</span>}
      </div>
      {change.kind === 'ran' ? (
        <pre className="sp-Diff">{change.after}</pre>
      ) : (
        <Diff lines={lines(change.before, change.after)} label={label} />
      )}
    </div>
  );
}

function Diff(props: { lines: readonly Line[]; label: string }): JSX.Element {
  return (
    <pre className="sp-Diff" aria-label={props.label} tabIndex={0}>
      {props.lines.map((line, index) => (
        <div key={index} className={CLASSES[line.sign]}>
          <span className="sp-Diff-sign">{line.sign}</span>
          {line.text || ' '}
        </div>
      ))}
    </pre>
  );
}

const CLASSES = { ' ': '', '−': 'sp-mod-gone', '+': 'sp-mod-new' } as const;

function kindWord(kind: Kind): string {
  switch (kind) {
    case 'inserted':
      return trans.__('Cell inserted');
    case 'changed':
      return trans.__('Cell changed');
    case 'removed':
      return trans.__('Cell deleted');
    case 'ran':
      return trans.__('Cell run');
  }
}
