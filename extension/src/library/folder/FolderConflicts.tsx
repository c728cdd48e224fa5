/** Draws what is at odds between the library and its files: both texts, and whose is kept. */
import * as React from 'react';
import type { FolderConflict } from '../../api/schema';
import { Button } from '../../ui/Button';
import { trans } from '../../ui/words';
import { CodeField, type CodeMeans } from '../code/CodeText';
import { Difference } from '../code/Difference';
import type { FilesOfLibrary } from './folder';

interface FolderConflictsProps {
  files: FilesOfLibrary;
  means: CodeMeans;
  conflicts: readonly FolderConflict[];
}

export function FolderConflicts({ files, means, conflicts }: FolderConflictsProps): JSX.Element | null {
  if (!conflicts.length) {
    return null;
  }
  return (
    <ul className="sp-Carry-conflicts" aria-label={trans.__('Conflicts')}>
      {conflicts.map(conflict => (
        <Conflict key={conflict.path} conflict={conflict} files={files} means={means} />
      ))}
    </ul>
  );
}

function Conflict(props: {
  files: FilesOfLibrary;
  means: CodeMeans;
  conflict: FolderConflict;
}): JSX.Element {
  const { files, means, conflict } = props;
  const [text, setText] = React.useState<string | null>(null);
  const isGone = !conflict.mine || !conflict.theirs;
  const busy = files.doing !== '';
  return (
    <li className="sp-Carry-conflict">
      <p>{conflict.words}</p>
      {text !== null ? (
        <CodeField
          means={means}
          label={trans.__('Text of %1', conflict.path)}
          code={text}
          language={conflict.language}
          onChange={setText}
        />
      ) : (
        !isGone && (
          <Difference
            means={means}
            language={conflict.language}
            before={conflict.mine}
            after={conflict.theirs}
            names={[trans.__('Mine'), trans.__('Theirs')]}
          />
        )
      )}
      <div className="sp-Carry-deeds">
        {text === null ? (
          <>
            <Button
              label={conflict.mine ? trans.__('Keep mine') : trans.__('Delete the file')}
              title={trans.__('%1: keep what is here', conflict.name)}
              disabled={busy}
              onClick={() => void files.resolve(conflict, 'mine')}
            />
            <Button
              label={conflict.theirs ? trans.__('Keep theirs') : trans.__('Delete the block')}
              title={trans.__('%1: keep what is there', conflict.name)}
              disabled={busy}
              onClick={() => void files.resolve(conflict, 'theirs')}
            />
            {!isGone && (
              <Button
                label={trans.__('Edit')}
                kind="quiet"
                disabled={busy}
                onClick={() => setText(conflict.theirs)}
              />
            )}
          </>
        ) : (
          <>
            <Button
              label={trans.__('Keep this')}
              kind="accept"
              disabled={busy || !text.trim()}
              onClick={() => void files.resolve(conflict, 'edited', text)}
            />
            <Button label={trans.__('Cancel')} kind="quiet" onClick={() => setText(null)} />
          </>
        )}
      </div>
    </li>
  );
}
