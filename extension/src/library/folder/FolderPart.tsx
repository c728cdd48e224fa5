/** Draws the library as files: the folder, what is at odds, and git. Fetches nothing. */
import * as React from 'react';
import { Busy } from '../../ui/Busy';
import { Button } from '../../ui/Button';
import { ErrorNote } from '../../ui/ErrorNote';
import { Refusal } from '../../api/client';
import { Field } from '../../ui/Field';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import type { CodeMeans } from '../code/CodeText';
import type { FilesOfLibrary } from './folder';
import { FolderConflicts } from './FolderConflicts';
import { GitPart } from './GitPart';

interface FolderPartProps {
  files: FilesOfLibrary;
  means: CodeMeans;
}

export function FolderPart({ files, means }: FolderPartProps): JSX.Element {
  useSignal(files.changed);
  React.useEffect(() => {
    files.isShown = true;
    return () => {
      files.isShown = false;
    };
  }, [files]);
  const { state } = files;
  return (
    <section className="sp-Carry-part" aria-label={trans.__('Library as files')}>
      <h3>{trans.__('Library as files')}</h3>
      <ErrorNote error={files.error} />
      {!state ? (
        !files.error && <Busy label={trans.__('Looking at the folder…')} />
      ) : !state.path ? (
        <SetFolder files={files} />
      ) : (
        <>
          <div className="sp-Carry-line">
            <code className="sp-Carry-path" title={state.path}>
              {state.path}
            </code>
            <Button label={trans.__('Look now')} kind="quiet" onClick={() => void files.look()} />
            <Button
              label={trans.__('Leave')}
              title={trans.__('Keep this folder in step no more; its files stay')}
              kind="quiet"
              onClick={() => void files.leave()}
            />
          </div>
          {state.problem ? (
            <ErrorNote error={new Refusal(0, '', state.problem, state.hint)} />
          ) : (
            <div role="status" className="sp-Quiet">
              {trans._n('%1 block is a file there.', '%1 blocks are files there.', state.files, state.files)}
              {state.others > 0 &&
                ' ' +
                  trans._n(
                    '%1 other file is left alone.',
                    '%1 other files are left alone.',
                    state.others,
                    state.others
                  )}
            </div>
          )}
          {state.refused.length > 0 && (
            <ul className="sp-Carry-refused" aria-label={trans.__('Files that were not taken')}>
              {state.refused.map(sentence => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          )}
          <FolderConflicts files={files} means={means} conflicts={state.conflicts} />
          <GitPart files={files} git={state.git} />
        </>
      )}
    </section>
  );
}

function SetFolder({ files }: { files: FilesOfLibrary }): JSX.Element {
  const [path, setPath] = React.useState('code-library');
  const { plan } = files;
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        void (plan ? files.set(path) : files.ask(path));
      }}
    >
      <Field
        label={trans.__('Folder')}
        hint={trans.__('Each block becomes a file there; changes go both ways.')}
      >
        <input
          value={path}
          onChange={event => {
            setPath(event.target.value);
            files.forgetPlan();
          }}
        />
      </Field>
      {plan && (
        <p role="status">
          {plan.exists ? '' : trans.__('The folder is made.') + ' '}
          {trans._n('%1 block is written.', '%1 blocks are written.', plan.to_write, plan.to_write)}
          {plan.to_take > 0 &&
            ' ' +
              trans._n(
                '%1 file is taken into the library.',
                '%1 files are taken into the library.',
                plan.to_take,
                plan.to_take
              )}
          {plan.others > 0 &&
            ' ' +
              trans._n(
                '%1 other file is left alone.',
                '%1 other files are left alone.',
                plan.others,
                plan.others
              )}
        </p>
      )}
      {files.doing === 'set' ? (
        <Busy label={trans.__('Writing the files…')} />
      ) : (
        <Button
          label={plan ? trans.__('Keep in step') : trans.__('Go on')}
          kind={plan ? 'accept' : 'plain'}
          disabled={!path.trim()}
          onClick={() => void (plan ? files.set(path) : files.ask(path))}
        />
      )}
    </form>
  );
}
