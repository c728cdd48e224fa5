/** A dataset's past and surroundings: its versions with what changed, what uses it, its name and tags. */
import * as React from 'react';
import type { DatasetVersion } from '../../api/schema';
import { Busy } from '../../ui/Busy';
import { Button } from '../../ui/Button';
import { ErrorNote } from '../../ui/ErrorNote';
import { ago } from '../../ui/time';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import { Past } from '../past';
import { aboutUse, openUse } from '../uses';
import { count, size } from '../words';
import { Changes } from './Changes';
import { Compare } from './Compare';
import type { SectionProps } from './sections';
import '../../../style/history.css';

const FEW_CHANGES = 8;

export function History({ dataset, state, api, deeds }: SectionProps): JSX.Element {
  const past = React.useMemo(() => new Past(dataset.id, api), [dataset.id, api]);
  useSignal(past.changed);
  React.useEffect(() => {
    void past.load();
    const heard = (_: unknown, id: string): void => void (id === past.id && past.loadHistory());
    state.historyChanged.connect(heard);
    return () => void state.historyChanged.disconnect(heard);
  }, [past, state]);
  const { history, uses, error } = past;
  const rename = (command: string): void => deeds.run(command, { name: dataset.name });
  return (
    <div className="sp-Past">
      <ErrorNote error={error} onDismiss={() => past.dismiss()} />
      <section aria-label={trans.__('Versions')}>
        <h3>{trans.__('Versions')}</h3>
        {!history && !error && <Busy label={trans.__('Looking for earlier versions…')} />}
        {history?.versions.length === 0 && (
          <p className="sp-Quiet">{trans.__('The first version is noted when the file has been read.')}</p>
        )}
        {history && history.known.length > 1 && <Compare past={past} history={history} />}
        <ol className="sp-Past-versions">
          {history?.versions.map((version, place) => (
            <Version
              key={version.id}
              version={version}
              isNow={place === 0}
              isOther={place > 0 && version.digest !== history.versions[0].digest}
              isBusy={past.goingBackTo === version.id}
              onGoBack={() => void past.goBack(version.id)}
            />
          ))}
        </ol>
        {history && history.kept_bytes > 0 && (
          <p className="sp-Quiet">
            {trans.__('Files of earlier versions are kept apart; they take %1.', size(history.kept_bytes))}
          </p>
        )}
      </section>
      <aside>
        <section aria-label={trans.__('Used by')}>
          <h3>{trans.__('Used by')}</h3>
          {!uses && !error && <Busy label={trans.__('Looking through notebooks…')} />}
          {uses?.length === 0 && (
            <p className="sp-Quiet">
              {trans.__('Nothing uses it yet: no notebook, job, dashboard, code block or conversation.')}
            </p>
          )}
          <ul className="sp-Past-uses">
            {uses?.map((use, place) => (
              <li key={place}>
                <button
                  type="button"
                  className="sp-Link"
                  title={use.path || undefined}
                  onClick={() => openUse(use, deeds.run)}
                >
                  {use.label}
                </button>
                <span className="sp-Quiet">
                  {aboutUse(use)}
                  {use.last_at && ` · ${ago(use.last_at)}`}
                </span>
              </li>
            ))}
          </ul>
          {past.isCut && (
            <p className="sp-Quiet">
              {trans.__('There are more notebooks in this folder than were looked through.')}
            </p>
          )}
        </section>
        <section aria-label={trans.__('Name and tags')}>
          <h3>{trans.__('Name and tags')}</h3>
          <dl className="sp-Past-facts">
            <dt>{trans.__('Name')}</dt>
            <dd>{dataset.name}</dd>
            <dt>{trans.__('Tags')}</dt>
            <dd>{dataset.tags.join(', ') || trans.__('none')}</dd>
            <dt>{trans.__('File')}</dt>
            <dd>{dataset.path}</dd>
            <dt>{trans.__('Changed')}</dt>
            <dd>{dataset.is_gone ? trans.__('not there any more') : moment(dataset.modified)}</dd>
          </dl>
          <div className="sp-Past-deeds">
            <Button label={trans.__('Rename…')} onClick={() => rename('sponde:datasets:rename')} />
            <Button label={trans.__('Change tags…')} onClick={() => rename('sponde:datasets:tag')} />
          </div>
        </section>
      </aside>
    </div>
  );
}

interface VersionProps {
  version: DatasetVersion;
  isNow: boolean;
  /** Whether its contents differ from today's. */
  isOther: boolean;
  isBusy: boolean;
  onGoBack: () => void;
}

function Version({ version, isNow, isOther, isBusy, onGoBack }: VersionProps): JSX.Element {
  const [isWhole, setWhole] = React.useState(false);
  const changes = isWhole ? version.changes : version.changes.slice(0, FEW_CHANGES);
  const rest = version.changes.length - changes.length;
  return (
    <li className={isNow ? 'sp-mod-now' : ''}>
      <div className="sp-Past-head">
        <strong>{trans.__('Version %1', version.number)}</strong>
        {isNow && <span className="sp-Past-now">{trans.__('now')}</span>}
        <span>{causeOf(version)}</span>
        <span className="sp-Quiet" title={new Date(version.noted_at).toLocaleString()}>
          {ago(version.noted_at)}
        </span>
      </div>
      <div className="sp-Quiet">
        {[
          trans._n('%2 row', '%2 rows', version.rows, count(version.rows)),
          trans._n('%2 column', '%2 columns', version.columns, count(version.columns)),
          size(version.bytes)
        ].join(' · ')}
      </div>
      {version.gone_at && (
        <p className="sp-Past-gone">{trans.__('Its file was found to be gone %1.', ago(version.gone_at))}</p>
      )}
      {version.number > 1 && !version.changes.length && (
        <p className="sp-Quiet">
          {trans.__('Some values differ; rows, columns and how values are spread are as before.')}
        </p>
      )}
      {changes.length > 0 && <Changes changes={changes} label={trans.__('What changed')} />}
      {rest > 0 && (
        <Button kind="quiet" label={trans.__('Show %1 more', rest)} onClick={() => setWhole(true)} />
      )}
      {isWhole && version.change_count > version.changes.length && (
        <p className="sp-Quiet">
          {trans.__('… and %1 more differences.', count(version.change_count - version.changes.length))}
        </p>
      )}
      {version.is_kept && isOther && (
        <Button
          label={isBusy ? trans.__('Going back…') : trans.__('Go back to version %1', version.number)}
          disabled={isBusy}
          onClick={onGoBack}
        />
      )}
      {!version.is_kept && isOther && (
        <p className="sp-Quiet">
          {trans.__(
            'One cannot go back to it: this file is not kept. Files are kept when an upload replaces them, not when they are changed on the disk.'
          )}
        </p>
      )}
    </li>
  );
}

function causeOf(version: DatasetVersion): string {
  switch (version.cause) {
    case 'added':
      return trans.__('added');
    case 'replaced':
      return trans.__('replaced by an upload');
    case 'put_back':
      return trans.__('put back');
    default:
      return trans.__('changed on the disk');
  }
}

const moment = (seconds: number): string => new Date(seconds * 1000).toLocaleString();
