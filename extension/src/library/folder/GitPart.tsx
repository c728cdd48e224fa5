/** Draws what git says of the library's folder: commit, pull, push. Fetches nothing. */
import * as React from 'react';
import type { GitState } from '../../api/schema';
import { Busy } from '../../ui/Busy';
import { Button } from '../../ui/Button';
import { Field } from '../../ui/Field';
import { trans } from '../../ui/words';
import type { FilesOfLibrary } from './folder';

interface GitPartProps {
  files: FilesOfLibrary;
  git: GitState;
}

export function GitPart({ files, git }: GitPartProps): JSX.Element {
  const doing: Record<string, string> = {
    commit: trans.__('Committing…'),
    pull: trans.__('Pulling…'),
    push: trans.__('Pushing…')
  };
  return (
    <div className="sp-Carry-git" role="group" aria-label={trans.__('Git')}>
      {git.note && <p className="sp-Carry-note">{git.note}</p>}
      {files.doing in doing && <Busy label={doing[files.doing]} />}
      <div role="status" className="sp-Carry-said">
        {files.said}
      </div>
      {git.is_there && !git.is_repository && !git.note && (
        <Button label={trans.__('Begin a git repository')} onClick={() => void files.beginGit()} />
      )}
      {git.is_repository && <Repository files={files} git={git} />}
    </div>
  );
}

function Repository({ files, git }: GitPartProps): JSX.Element {
  const busy = files.doing !== '';
  const [isMoving, setMoving] = React.useState(false);
  return (
    <>
      <div className="sp-Quiet">{placeWords(git)}</div>
      {git.is_merging ? (
        <div className="sp-Carry-deeds">
          <span>{trans.__('The pull waits for the conflicts above.')}</span>
          <Button
            label={trans.__('Take the pull back')}
            kind="quiet"
            disabled={busy}
            onClick={() => void files.run('abort')}
          />
        </div>
      ) : (
        git.changed.length > 0 && <CommitForm key={git.suggestion} files={files} git={git} />
      )}
      {git.remote && !isMoving ? (
        <div className="sp-Carry-deeds">
          <Button
            label={git.behind ? trans.__('Pull (%1)', git.behind) : trans.__('Pull')}
            disabled={busy || git.is_merging}
            onClick={() => void files.run('pull')}
          />
          <Button
            label={git.ahead ? trans.__('Push (%1)', git.ahead) : trans.__('Push')}
            disabled={busy || git.is_merging}
            onClick={() => void files.run('push')}
          />
          <Button
            label={trans.__('Change the address')}
            kind="quiet"
            disabled={busy}
            onClick={() => setMoving(true)}
          />
        </div>
      ) : (
        <RemoteForm files={files} now={git.remote} onDone={() => setMoving(false)} />
      )}
    </>
  );
}

function CommitForm({ files, git }: GitPartProps): JSX.Element {
  const [message, setMessage] = React.useState(git.suggestion);
  const count = git.changed.length;
  return (
    <form
      className="sp-Carry-form"
      onSubmit={event => {
        event.preventDefault();
        void files.commit(message);
      }}
    >
      <Field label={trans._n('%1 file changed', '%1 files changed', count, count)}>
        <input
          value={message}
          aria-label={trans.__('Message of the commit')}
          title={git.changed.join('\n')}
          onChange={event => setMessage(event.target.value)}
        />
      </Field>
      <Button
        label={trans.__('Commit')}
        kind="accept"
        disabled={!message.trim() || files.doing !== ''}
        onClick={() => void files.commit(message)}
      />
    </form>
  );
}

interface RemoteFormProps {
  files: FilesOfLibrary;
  /** The address that it has; empty where it has none. */
  now: string;
  onDone: () => void;
}

function RemoteForm({ files, now, onDone }: RemoteFormProps): JSX.Element {
  const [url, setUrl] = React.useState(now);
  const set = async (): Promise<void> => {
    await files.setRemote(url.trim());
    if (!files.error) {
      onDone();
    }
  };
  return (
    <form
      className="sp-Carry-form"
      onSubmit={event => {
        event.preventDefault();
        void set();
      }}
    >
      <Field label={trans.__('Address to push to')}>
        <input
          value={url}
          placeholder="git@example.org:ada/code.git"
          autoFocus={now !== ''}
          onChange={event => setUrl(event.target.value)}
        />
      </Field>
      <Button
        label={trans.__('Set')}
        disabled={!url.trim() || files.doing !== ''}
        onClick={() => void set()}
      />
      {now && <Button label={trans.__('Cancel')} kind="quiet" onClick={onDone} />}
    </form>
  );
}

function placeWords(git: GitState): string {
  const parts = [git.branch ? trans.__('branch %1', git.branch) : ''];
  if (git.remote) {
    parts.push(git.remote);
  }
  if (git.last_commit) {
    parts.push(trans.__('last: %1', git.last_commit));
  }
  return parts.filter(Boolean).join(' · ');
}
