/** Adding a model: from the hub or from a folder, looked at before anything is brought. */
import * as React from 'react';
import { Refusal } from '../api/client';
import type { FolderReport, HubModel, Model } from '../api/schema';
import { Busy } from '../ui/Busy';
import { Button } from '../ui/Button';
import { Chip } from '../ui/Chip';
import { ErrorNote } from '../ui/ErrorNote';
import { Field } from '../ui/Field';
import { Form, Submit } from '../ui/Form';
import { TypedField } from '../ui/TypedField';
import type { RegistryState, Way } from './state';
import { SUGGESTIONS } from './suggestions';
import { bytes, tokens } from './words';

const PICKLE_WORDS = 'run its code';

interface AddProps {
  state: RegistryState;
  /** Let a person choose a folder; empty where they did not. */
  onBrowse: () => Promise<string>;
  /** The models of connected providers. */
  connected: readonly Model[];
}

export function AddModel(props: AddProps): JSX.Element {
  const { state } = props;
  const way = state.way ?? 'hub';
  return (
    <section
      className="sp-AddModel"
      aria-label="Add a model"
      onKeyDown={event => {
        if (event.key === 'Escape' && state.way) {
          event.stopPropagation();
          state.begin(null);
        }
      }}
    >
      <div className="sp-AddModel-ways" role="tablist" aria-label="Where it comes from">
        <WayTab state={state} way="hub" shown={way} label="Download" />
        <WayTab state={state} way="folder" shown={way} label="From a folder" />
        {props.connected.length > 0 && (
          <WayTab state={state} way="remote" shown={way} label="From a provider" />
        )}
        {state.models.length > 0 && (
          <Button label="Cancel" kind="quiet" onClick={() => state.begin(null)} />
        )}
      </div>
      {way === 'hub' && <FromHub state={state} />}
      {way === 'folder' && <FromFolder {...props} />}
      {way === 'remote' && <FromProvider {...props} />}
    </section>
  );
}

function WayTab(props: {
  state: RegistryState;
  way: Way;
  shown: Way;
  label: string;
}): JSX.Element {
  return (
    <button
      type="button"
      role="tab"
      aria-selected={props.way === props.shown}
      onClick={() => props.state.begin(props.way)}
    >
      {props.label}
    </button>
  );
}

function useFocus(): React.RefObject<HTMLInputElement> {
  const input = React.useRef<HTMLInputElement>(null);
  React.useEffect(() => input.current?.focus({ preventScroll: true }), []);
  return input;
}

function FromHub({ state }: { state: RegistryState }): JSX.Element {
  const [id, setId] = React.useState('');
  const [revision, setRevision] = React.useState('');
  const [isMore, setMore] = React.useState(false);
  const input = useFocus();
  const wantsToken =
    Boolean(state.found?.is_gated) ||
    (Boolean(state.formError) && Refusal.from(state.formError).code === 'forbidden');
  const lookUp = (hubId: string): void => {
    setId(hubId);
    void state.lookUp(hubId, revision);
  };
  return (
    <>
      <Form
        className="sp-AddModel-ask"
        onSend={() => {
          if (id.trim()) {
            lookUp(id);
          }
        }}
      >
        <Field label="Model" hint={`Its id or the address of its page at ${hostOf(state)}.`}>
          <input
            ref={input}
            type="text"
            name="hub-id"
            spellCheck={false}
            autoComplete="off"
            placeholder="maker/model"
            value={id}
            onChange={event => {
              setId(event.target.value);
              state.clear();
            }}
          />
        </Field>
        <Submit label="Look up" disabled={!id.trim() || state.doing !== null} isQuiet />
      </Form>
      {isMore || wantsToken ? (
        <div className="sp-AddModel-more">
          <Field label="Revision" hint="A branch, tag or commit; empty for the newest.">
            <input
              type="text"
              name="revision"
              spellCheck={false}
              value={revision}
              onChange={event => {
                setRevision(event.target.value);
                state.clear();
              }}
            />
          </Field>
          <HubToken state={state} />
        </div>
      ) : (
        <button type="button" className="sp-Link" onClick={() => setMore(true)}>
          Revision and token…
        </button>
      )}
      {state.doing === 'looking' && <Busy label="Asking the hub…" />}
      <ErrorNote error={state.formError} />
      {state.found ? (
        <Found key={state.found.hub_id + state.found.revision} state={state} found={state.found} />
      ) : (
        <Suggestions onChoose={lookUp} />
      )}
    </>
  );
}

function Suggestions(props: { onChoose: (hubId: string) => void }): JSX.Element {
  return (
    <div className="sp-Suggestions">
      <h2>Small models to begin with</h2>
      <div className="sp-Suggestions-list">
        {SUGGESTIONS.map(one => (
          <button
            key={one.hub_id}
            type="button"
            className="sp-Suggestion"
            onClick={() => props.onChoose(one.hub_id)}
          >
            <b>{one.hub_id.split('/')[1]}</b>
            <span>{one.note}</span>
            <span className="sp-Suggestion-facts">
              {one.hub_id.split('/')[0]} · {one.gigabytes} GB · {one.licence}
            </span>
          </button>
        ))}
      </div>
    </div>
  );
}

function HubToken({ state }: { state: RegistryState }): JSX.Element {
  const [token, setToken] = React.useState('');
  const hint = state.hub?.token_hint;
  const keep = async (): Promise<void> => {
    if (token.trim() && (await state.setToken(token))) {
      setToken('');
    }
  };
  return (
    <div className="sp-AddModel-token">
      <Field
        label="Token"
        hint={
          hint
            ? `One that ends in ${hint} is kept. It goes to ${hostOf(state)} only, and is never shown.`
            : `Only for gated and private models. It is kept in a file that only you can read, and goes to ${hostOf(state)} only.`
        }
      >
        <input
          type="password"
          name="hub-token"
          autoComplete="off"
          value={token}
          onChange={event => setToken(event.target.value)}
          onKeyDown={event => {
            if (event.key === 'Enter') {
              event.preventDefault();
              void keep();
            }
          }}
        />
      </Field>
      <Button label="Keep" disabled={!token.trim()} onClick={() => void keep()} />
      {hint && <Button label="Forget" kind="quiet" onClick={() => void state.setToken('')} />}
    </div>
  );
}

function Found({ state, found }: { state: RegistryState; found: HubModel }): JSX.Element {
  const [name, setName] = React.useState(found.suggested_name);
  const [words, setWords] = React.useState('');
  const fits = found.size_bytes < found.free_bytes;
  return (
    <Form
      className="sp-Found"
      label={found.hub_id}
      onSend={() => {
        const { hub_id, revision } = found;
        void state.download({ hub_id, revision, name, allow_pickle: words });
      }}
    >
      <div className="sp-Found-head">
        <b>{found.hub_id}</b>
        {found.kind === 'adapter' && <Chip label="adapter" />}
        {found.is_gated && (
          <Chip
            label="gated"
            tone="warn"
            title="Its authors ask you to accept terms on its page first, and the hub wants a token."
          />
        )}
      </div>
      <Facts
        facts={[
          ['Size', `${bytes(found.size_bytes)} in ${found.files} files`],
          ['Licence', found.licence || 'not named: read its card'],
          ['Commit', found.revision.slice(0, 10)],
          ['Free here', bytes(found.free_bytes)],
          ['Base', found.base_reference]
        ]}
      />
      <LeftOut sentences={found.left_out} />
      {found.problem ? (
        <div className="sp-Found-problem" role="alert">
          {found.problem}
        </div>
      ) : (
        <>
          {found.has_pickle && <PickleField value={words} onChange={setWords} />}
          <TypedField
            label="Name"
            hint="What it is asked by here. The same name again adds a version."
            name="model-name"
            spellCheck={false}
            value={name}
            onChange={setName}
          />
          <div className="sp-Found-foot">
            <Submit
              label={state.doing === 'adding' ? 'Beginning…' : `Download ${bytes(found.size_bytes)}`}
              disabled={state.doing !== null || (found.has_pickle && !agrees(words))}
            />
            {!fits && <span className="sp-Found-problem">There is not room enough for it.</span>}
          </div>
        </>
      )}
    </Form>
  );
}

function FromFolder({ state, onBrowse }: AddProps): JSX.Element {
  const [path, setPath] = React.useState('');
  const [words, setWords] = React.useState('');
  const input = useFocus();
  const browse = async (): Promise<void> => {
    const chosen = await onBrowse();
    if (chosen) {
      setPath(chosen);
      void state.lookAt(chosen);
    }
  };
  return (
    <>
      <Form
        className="sp-AddModel-ask"
        onSend={() => {
          if (path.trim()) {
            void state.lookAt(path, agrees(words) ? words : '');
          }
        }}
      >
        <Field
          label="Folder"
          hint="On the server's machine: absolute, or from the folder that JupyterLab serves. It holds config.json, the tokenizer and safetensors; an adapter its adapter_config.json."
        >
          <input
            ref={input}
            type="text"
            name="folder"
            spellCheck={false}
            autoComplete="off"
            placeholder="/data/models/my-model"
            value={path}
            onChange={event => {
              setPath(event.target.value);
              state.clear();
            }}
          />
        </Field>
        <Button label="Browse…" onClick={() => void browse()} />
        <Submit label="Look" disabled={!path.trim() || state.doing !== null} isQuiet />
      </Form>
      {state.doing === 'looking' && <Busy label="Reading what is in it…" />}
      <ErrorNote error={state.formError} />
      {state.report && (
        <>
          {state.report.has_pickle && (
            <PickleField
              value={words}
              onChange={value => {
                setWords(value);
                if (agrees(value)) {
                  void state.lookAt(path, value);
                }
              }}
            />
          )}
          <Report key={state.report.path} state={state} report={state.report} words={words} />
        </>
      )}
    </>
  );
}

function Report(props: {
  state: RegistryState;
  report: FolderReport;
  words: string;
}): JSX.Element {
  const { state, report } = props;
  const [name, setName] = React.useState(report.suggested_name);
  const [isCopied, setCopied] = React.useState(false);
  const [base, setBase] = React.useState(report.base);
  const bases = state.models.filter(model => model.kind === 'base');
  return (
    <Form
      className="sp-Found"
      label={report.path}
      onSend={() => {
        void state.importFolder({
          path: report.path,
          name,
          base,
          is_copied: isCopied,
          allow_pickle: agrees(props.words) ? props.words : '',
          notes: ''
        });
      }}
    >
      <div className="sp-Found-head">
        <b>{report.path.split('/').pop()}</b>
        {report.kind === 'adapter' && <Chip label="adapter" />}
      </div>
      <Facts
        facts={[
          ['Size', bytes(report.size_bytes)],
          ['Licence', report.licence || 'not named'],
          ['Architecture', report.architecture],
          ['Context', report.context_length ? `${tokens(report.context_length)} tokens` : ''],
          ['Base', report.base_reference]
        ]}
      />
      <LeftOut sentences={report.left_out} />
      {report.problems.length > 0 ? (
        <div className="sp-Found-problem" role="alert">
          <div>It cannot be used as it is:</div>
          <ul>
            {report.problems.map(sentence => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </div>
      ) : (
        <>
          {report.kind === 'adapter' && (
            <Field
              label="Belongs to"
              hint={
                report.base
                  ? 'Found by what its config names.'
                  : `Its config names ${report.base_reference}, which is not registered here under that name.`
              }
            >
              <select name="base" value={base} onChange={event => setBase(event.target.value)}>
                <option value="">Later</option>
                {bases.map(model => (
                  <option key={model.id} value={model.name}>
                    {model.name}
                  </option>
                ))}
              </select>
            </Field>
          )}
          <TypedField
            label="Name"
            hint="What it is asked by here. The same name again adds a version."
            name="model-name"
            spellCheck={false}
            value={name}
            onChange={setName}
          />
          <div className="sp-Found-choice" role="radiogroup" aria-label="Its files">
            <label>
              <input
                type="radio"
                name="sp-copy"
                checked={!isCopied}
                onChange={() => setCopied(false)}
              />
              Use it where it is
            </label>
            <label>
              <input
                type="radio"
                name="sp-copy"
                checked={isCopied}
                onChange={() => setCopied(true)}
              />
              Copy it, so that it stays as it is
            </label>
          </div>
          <div className="sp-Found-foot">
            <Submit
              label={isCopied ? `Copy ${bytes(report.size_bytes)}` : 'Register'}
              disabled={state.doing !== null}
            />
          </div>
        </>
      )}
    </Form>
  );
}

function FromProvider({ state, connected }: AddProps): JSX.Element {
  const [id, setId] = React.useState(connected[0]?.id ?? '');
  const [name, setName] = React.useState('');
  const several = new Set(connected.map(model => model.provider_id)).size > 1;
  return (
    <Form
      className="sp-Found sp-mod-first"
      label="A model of a provider"
      onSend={() => {
        void state.registerRemote({ model_id: id, name: name.trim(), notes: '' });
      }}
    >
      <Field label="Model" hint="It stays where it is; here it gets a name, notes and aliases.">
        <select name="remote-model" value={id} onChange={event => setId(event.target.value)}>
          {connected.map(model => (
            <option key={model.id} value={model.id}>
              {several ? `${model.name} (${model.provider_name})` : model.name}
            </option>
          ))}
        </select>
      </Field>
      <TypedField
        label="Name"
        hint="What it is asked by here; the model's own where empty."
        name="model-name"
        spellCheck={false}
        value={name}
        onChange={setName}
      />
      <ErrorNote error={state.formError} />
      <div className="sp-Found-foot">
        <Submit label="Register" disabled={!id || state.doing !== null} />
      </div>
    </Form>
  );
}

function PickleField(props: { value: string; onChange: (value: string) => void }): JSX.Element {
  return (
    <div className="sp-Found-pickle">
      <TypedField
        label="Pickled weights"
        hint={`They can run any code on this machine when they are loaded. Type “${PICKLE_WORDS}” if you trust who made them; safer is a model with safetensors.`}
        name="pickle-words"
        autoComplete="off"
        value={props.value}
        onChange={props.onChange}
      />
    </div>
  );
}

function LeftOut({ sentences }: { sentences: readonly string[] }): JSX.Element | null {
  if (!sentences.length) {
    return null;
  }
  return (
    <details className="sp-Found-left">
      <summary>Some files are left out</summary>
      <ul>
        {sentences.map(sentence => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </details>
  );
}

export function Facts({ facts }: { facts: ReadonlyArray<[string, string]> }): JSX.Element {
  return (
    <dl className="sp-ModelFacts">
      {facts
        .filter(([, value]) => value)
        .map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function agrees(words: string): boolean {
  return words.trim().toLowerCase() === PICKLE_WORDS;
}

function hostOf(state: RegistryState): string {
  return state.hub ? new URL(state.hub.url).host : 'the hub';
}
