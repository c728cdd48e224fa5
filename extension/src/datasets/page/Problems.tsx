/** How a dataset's file is read, to be changed with the rows in view, and what does not fit in it. */
import * as React from 'react';
import { Button } from '../../ui/Button';
import { ErrorNote } from '../../ui/ErrorNote';
import { Busy } from '../../ui/Busy';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import { FirstRows } from '../problems/FirstRows';
import { Listed } from '../problems/Listed';
import { ProblemList } from '../problems/list';
import { NOTHING_SAID, ReadingState, saidParts } from '../problems/reading';
import { signWord } from '../problems/words';
import { WritingForm } from '../problems/WritingForm';
import type { SectionProps } from './sections';
import '../../../style/problems.css';

/** Kinds of files whose text is read as a person says. */
const WRITTEN = ['csv', 'excel', 'other'];

export function Problems({ dataset, state, api, deeds }: SectionProps): JSX.Element {
  const reading = React.useMemo(() => new ReadingState(api, dataset), [api, dataset.id]);
  const list = React.useMemo(() => new ProblemList(api, dataset.id), [api, dataset.id]);
  const [isWritten, setWritten] = React.useState<boolean | null>(null);
  // Who comes for the problems sees them first.
  const [isOpen, setOpen] = React.useState(!dataset.problems);
  useSignal(reading.changed);
  React.useEffect(() => reading.see(dataset), [reading, dataset]);
  React.useEffect(() => {
    if (dataset.status === 'ready') {
      void list.load();
    }
    let isHere = true;
    const told = (value: boolean): void => {
      if (isHere) {
        setWritten(value);
      }
    };
    if (dataset.status === 'ready') {
      state.profile(dataset.id).then(
        ({ dialect }) => told(WRITTEN.includes(dialect.kind)),
        () => told(true)
      );
    } else if (dataset.status === 'failed') {
      told(true);
    }
    return () => {
      isHere = false;
    };
  }, [list, dataset.status, dataset.modified, JSON.stringify(dataset.wishes)]);
  React.useEffect(() => {
    if (isWritten) {
      void reading.look();
    }
  }, [reading, isWritten]);
  return (
    <div className="sp-Problems">
      {isWritten && (
        <details
          className="sp-Reading"
          open={isOpen}
          onToggle={event => setOpen(event.currentTarget.open)}
        >
          <summary>
            <h3>{trans.__('How the file is read')}</h3>
            <span className="sp-Quiet">{inWords(reading)}</span>
          </summary>
          <WritingForm reading={reading} />
          <Bar reading={reading} />
          <ErrorNote error={reading.error} onRetry={() => void reading.look()} />
          {reading.busy && !reading.preview && <Busy label={trans.__('Reading the first rows…')} />}
          <FirstRows reading={reading} />
        </details>
      )}
      {isWritten && !isOpen && (reading.before || reading.isChanged) && <Bar reading={reading} />}
      {isWritten === false && (
        <p className="sp-Quiet">
          {trans.__('This kind of file says itself how it is written; there is nothing to choose.')}
        </p>
      )}
      {dataset.status === 'ready' && (
        <Listed
          list={list}
          deeds={{
            read: part => void reading.add(part),
            insert: deeds.insert,
            ask: text => deeds.run('sponde:chat:ask', { text })
          }}
        />
      )}
    </div>
  );
}

function inWords({ preview }: ReadingState): string {
  if (!preview) {
    return '';
  }
  const { used } = preview;
  return [
    signWord(used.delimiter),
    used.quote ? signWord(used.quote) : trans.__('no quotes'),
    used.encoding ?? '',
    trans._n('%2 row of names', '%2 rows of names', used.header_rows ?? 0, String(used.header_rows ?? 0))
  ].join(' · ');
}

/** Keep what is tried out, or go back: to what is kept, to what was kept before, to what is detected. */
function Bar({ reading }: { reading: ReadingState }): JSX.Element {
  const said = saidParts(reading.kept);
  return (
    <div className="sp-Writing-bar">
      {reading.isChanged && (
        <>
          <Button
            kind="accept"
            label={trans.__('Read the file like this')}
            disabled={reading.error !== null}
            onClick={() => void reading.keep()}
          />
          <Button label={trans.__('Discard')} onClick={() => reading.discard()} />
          <span className="sp-Quiet" role="status">
            {trans.__('Shown below, not kept yet.')}
          </span>
        </>
      )}
      {!reading.isChanged && reading.before && (
        <>
          <span role="status">{trans.__('The file is read like this now.')}</span>
          <Button label={trans.__('Undo')} onClick={() => void reading.undo()} />
        </>
      )}
      {!reading.isChanged && said > 0 && (
        <>
          <Button
            label={trans.__('Back to detected')}
            onClick={() => void reading.keep({ ...NOTHING_SAID })}
          />
          <span className="sp-Quiet">
            {trans._n('%2 part is as you said, the rest as detected.', '%2 parts are as you said, the rest as detected.', said, String(said))}
          </span>
        </>
      )}
      {!reading.isChanged && !said && !reading.before && (
        <span className="sp-Quiet">{trans.__('All of it is as detected. Change a part to see what it does.')}</span>
      )}
    </div>
  );
}
