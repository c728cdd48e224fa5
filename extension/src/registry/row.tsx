/** One registered model: its line, what is going on with it, and its details. */
import {
  caretDownIcon,
  caretRightIcon,
  closeIcon,
  deleteIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Alias, ModelVersion, RegisteredModel } from '../api/schema';
import { Busy } from '../ui/Busy';
import { Button } from '../ui/Button';
import { Chip } from '../ui/Chip';
import { ErrorNote } from '../ui/ErrorNote';
import { ago } from '../ui/time';
import { Facts } from './add';
import type { Deleted, RegistryState } from './state';
import {
  STATUS_WORDS,
  bytes,
  freed,
  modelId,
  progressText,
  shownVersion,
  sourceText,
  tokens
} from './words';

interface RowProps {
  model: RegisteredModel;
  state: RegistryState;
  onRemove: (what: Deleted) => void;
}

export function ModelRow(props: RowProps): JSX.Element {
  const { model, state } = props;
  const version = shownVersion(model);
  const isOpen = state.open.has(model.name);
  const Caret = isOpen ? caretDownIcon : caretRightIcon;
  const unfinished = model.versions.filter(
    one => one.status === 'downloading' || one.status === 'paused' || one.status === 'broken'
  );
  const checked = model.versions.filter(
    one => one.status === 'ready' && state.progressOf(one) !== null
  );
  return (
    <section className="sp-RegisteredModel" aria-label={model.name}>
      <div className="sp-RegisteredModel-line">
        <button
          type="button"
          className="sp-RegisteredModel-name"
          aria-expanded={isOpen}
          onClick={() => state.toggle(model.name)}
        >
          <Caret.react tag="span" className="sp-Button-icon" width="16px" height="16px" />
          <span>{model.name}</span>
        </button>
        <span className="sp-RegisteredModel-chips">
          {model.kind === 'adapter' && (
            <Chip
              label={model.base ? `adapter of ${model.base}` : 'adapter without its base'}
              tone={model.base ? 'plain' : 'warn'}
              title={
                model.base ? undefined : `Its base ${model.base_reference} is not registered here.`
              }
            />
          )}
          {model.kind === 'remote' && <Chip label="remote" title="Asked at its provider." />}
          {state.aliasesOf(model).map(alias => (
            <Chip
              key={alias.name}
              label={alias.name}
              tone="good"
              title={`“${alias.name}” stands for this model.`}
            />
          ))}
        </span>
        <span className="sp-RegisteredModel-facts">
          {version && version.size_bytes > 0 && <span>{bytes(version.size_bytes)}</span>}
          {model.licence && <span title="Licence">{model.licence}</span>}
          {model.current > 0 && model.kind !== 'remote' && <span>version {model.current}</span>}
        </span>
      </div>
      {model.notes && !isOpen && <div className="sp-RegisteredModel-note">{model.notes}</div>}
      {unfinished.map(one => (
        <Unfinished key={one.id} version={one} {...props} />
      ))}
      {checked.map(one => (
        <Checking key={one.id} version={one} state={state} />
      ))}
      <ErrorNote
        error={state.failures.get(model.name)}
        onDismiss={() => state.dismiss(model.name)}
      />
      {version?.status === 'ready' && state.strips.length > 0 && (
        <div className="sp-RegisteredModel-strips">
          {state.strips.map((strip, index) => (
            <React.Fragment key={index}>{strip.draw(model, version)}</React.Fragment>
          ))}
        </div>
      )}
      {isOpen && <Details {...props} />}
    </section>
  );
}

function Checking(props: { version: ModelVersion; state: RegistryState }): JSX.Element | null {
  const now = props.state.progressOf(props.version);
  return (
    now && (
      <Busy
        label={`Checking: ${bytes(now.done_bytes)} of ${bytes(now.size_bytes)}`}
        progress={now.size_bytes ? now.done_bytes / now.size_bytes : undefined}
      />
    )
  );
}

/** A version that is not here whole: on its way, waiting, or damaged. */
function Unfinished(props: RowProps & { version: ModelVersion }): JSX.Element {
  const { model, state, version } = props;
  const isBusy = state.busy.has(model.name);
  const isGoing = version.status === 'downloading';
  const now = (isGoing && state.progressOf(version)) || {
    model: model.name,
    number: version.number,
    done_bytes: version.done_bytes,
    size_bytes: version.size_bytes,
    bytes_per_second: 0,
    doing: ''
  };
  const share = now.size_bytes ? Math.min(1, now.done_bytes / now.size_bytes) : 0;
  const which = model.versions.length > 1 ? `Version ${version.number}: ` : '';
  const word = isGoing ? '' : `${STATUS_WORDS[version.status]}, `;
  return (
    <div className="sp-ModelDownload" data-status={version.status}>
      <div className="sp-ModelDownload-line">
        <Busy label={`${which}${word}${progressText(now)}`} progress={share} />
        <span className="sp-ModelDownload-actions">
          {isGoing ? (
            <Button label="Pause" disabled={isBusy} onClick={() => void state.pause(version)} />
          ) : (
            <Button
              label={version.status === 'broken' ? 'Fetch again' : 'Resume'}
              kind="accept"
              disabled={isBusy}
              onClick={() => void state.resume(version)}
            />
          )}
          <Button
            label={`Cancel the download of ${model.name}`}
            icon={closeIcon}
            iconOnly
            disabled={isBusy}
            onClick={() => props.onRemove({ name: model.name, number: version.number })}
          />
        </span>
      </div>
      {!isGoing && version.failure && (
        <div className="sp-ModelDownload-why" role="status">
          {version.failure}
        </div>
      )}
    </div>
  );
}

function Details(props: RowProps): JSX.Element {
  const { model, state } = props;
  const version = shownVersion(model);
  const isBusy = state.busy.has(model.name);
  const whole = version?.status === 'ready' && model.kind !== 'remote';
  const size = freed(model.versions);
  return (
    <div className="sp-ModelDetails">
      <Facts
        facts={[
          ['Source', version ? sourceText(version) : ''],
          ['Architecture', version?.architecture ?? ''],
          ['Context', version?.context_length ? `${tokens(version.context_length)} tokens` : ''],
          ['Asked as', modelId(model)],
          ['Folder', version && version.path !== version.reference ? version.path : '']
        ]}
      />
      <Notes key={model.notes} model={model} state={state} />
      <Aliases model={model} state={state} />
      {model.kind !== 'remote' && <Versions {...props} />}
      <div className="sp-ModelDetails-foot">
        {state.actions
          .filter(action => action.isFor(model, version))
          .map(action => (
            <Button
              key={action.label}
              label={action.label}
              onClick={() => action.run(model, version)}
            />
          ))}
        {whole && version && (
          <Button
            label="Verify the files"
            title="Read every file again and compare it with what its source says"
            disabled={isBusy}
            onClick={() => void state.verify(version)}
          />
        )}
        <Button
          label={size ? `Delete (frees ${bytes(size)})` : 'Delete'}
          title={size ? undefined : 'Only its entry here; no file is touched.'}
          kind="quiet"
          disabled={isBusy}
          onClick={() => props.onRemove({ name: model.name, number: 0 })}
        />
      </div>
    </div>
  );
}

function Notes({ model, state }: { model: RegisteredModel; state: RegistryState }): JSX.Element {
  const [text, setText] = React.useState(model.notes);
  const keep = (): void => {
    if (text.trim() !== model.notes) {
      void state.change(model.name, { notes: text });
    }
  };
  return (
    <div className="sp-ModelDetails-notes">
      <textarea
        aria-label={`Notes about ${model.name}`}
        placeholder="Notes"
        rows={Math.min(6, Math.max(1, text.split('\n').length))}
        value={text}
        onChange={event => setText(event.target.value)}
        onBlur={keep}
        onKeyDown={event => {
          if (event.key === 'Escape') {
            event.stopPropagation();
            setText(model.notes);
          } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            keep();
          }
        }}
      />
    </div>
  );
}

const COMMON = ['fast', 'vision', 'default'];

function Aliases({ model, state }: { model: RegisteredModel; state: RegistryState }): JSX.Element {
  const [name, setName] = React.useState('');
  const held = state.aliasesOf(model);
  const canHold = shownVersion(model)?.status === 'ready';
  const list = React.useId();
  const add = async (): Promise<void> => {
    if (name.trim() && (await state.setAlias(model, name.trim()))) {
      setName('');
    }
  };
  return (
    <div className="sp-ModelDetails-aliases">
      <span className="sp-ModelDetails-label">Aliases</span>
      {held.map(alias => (
        <HeldAlias key={alias.name} alias={alias} model={model} state={state} />
      ))}
      {canHold && (
        <form
          onSubmit={event => {
            event.preventDefault();
            void add();
          }}
        >
          <input
            type="text"
            list={list}
            aria-label={`New alias for ${model.name}`}
            placeholder={COMMON.find(one => !state.aliases.some(alias => alias.name === one)) ?? ''}
            spellCheck={false}
            autoComplete="off"
            value={name}
            onChange={event => setName(event.target.value)}
          />
          <datalist id={list}>
            {[...new Set([...COMMON, ...state.aliases.map(alias => alias.name)])]
              .filter(one => !held.some(alias => alias.name === one))
              .map(one => (
                <option key={one} value={one} />
              ))}
          </datalist>
          <button type="submit" className="sp-Button jp-mod-styled" disabled={!name.trim()}>
            Add
          </button>
        </form>
      )}
      {!held.length && (
        <span className="sp-Quiet">
          Another name that notebooks and programs ask by, and that can be moved to another model.
        </span>
      )}
    </div>
  );
}

function HeldAlias(props: {
  alias: Alias;
  model: RegisteredModel;
  state: RegistryState;
}): JSX.Element {
  const { alias, model, state } = props;
  const before = alias.history[1]?.model_id.split('/').slice(1).join('/');
  return (
    <span className="sp-ModelAlias">
      <Chip
        label={alias.name}
        tone="good"
        onRemove={() => void state.removeAlias(model.name, alias.name)}
      />
      {before && (
        <button
          type="button"
          className="sp-Link"
          title={`Let “${alias.name}” stand for ${before} again`}
          onClick={() => void state.rollAliasBack(model.name, alias.name)}
        >
          back to {before}
        </button>
      )}
    </span>
  );
}

function Versions(props: RowProps): JSX.Element {
  const { model, state } = props;
  const isBusy = state.busy.has(model.name);
  const before = model.earlier.find(number =>
    model.versions.some(version => version.number === number && version.status === 'ready')
  );
  return (
    <div className="sp-ModelVersions">
      <table className="sp-Table" aria-label={`Versions of ${model.name}`}>
        <thead>
          <tr>
            <th>Version</th>
            <th>Source</th>
            <th>Size</th>
            <th>Since</th>
            <th aria-label="What can be done" />
          </tr>
        </thead>
        <tbody>
          {model.versions.map(version => (
            <tr key={version.id}>
              <td>
                {version.number}{' '}
                {version.number === model.current ? (
                  <Chip label="in use" tone="good" />
                ) : (
                  version.status !== 'ready' && <Chip label={STATUS_WORDS[version.status]} />
                )}
              </td>
              <td className="sp-ModelVersions-source">{sourceText(version)}</td>
              <td>{bytes(version.size_bytes)}</td>
              <td title={new Date(version.created_at).toLocaleString()}>
                {ago(version.created_at)}
              </td>
              <td className="sp-ModelVersions-actions">
                {version.status === 'ready' && version.number !== model.current && (
                  <Button
                    label="Use"
                    title={`Use version ${version.number} from now on`}
                    disabled={isBusy}
                    onClick={() => void state.change(model.name, { current: version.number })}
                  />
                )}
                {version.number === model.current && before !== undefined && (
                  <Button
                    label={`Back to ${before}`}
                    title={`Use version ${before} again, as before`}
                    disabled={isBusy}
                    onClick={() => void state.rollBack(model.name)}
                  />
                )}
                {model.versions.length > 1 && (
                  <Button
                    label={deleteLabel(version)}
                    icon={deleteIcon}
                    iconOnly
                    disabled={isBusy}
                    onClick={() => props.onRemove({ name: model.name, number: version.number })}
                  />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function deleteLabel(version: ModelVersion): string {
  const size = freed([version]);
  return `Delete version ${version.number}${size ? ` (frees ${bytes(size)})` : ''}`;
}
