/** How programs ask the models here: addresses, snippets, and the tokens that open the door. */
import { addIcon, checkIcon, copyIcon, deleteIcon, editIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { GatewayToken } from '../api/schema';
import { Busy } from '../ui/Busy';
import { Button } from '../ui/Button';
import { Chip } from '../ui/Chip';
import { Empty } from '../ui/Empty';
import { ErrorNote } from '../ui/ErrorNote';
import { ago } from '../ui/time';
import { useSignal } from '../ui/useSignal';
import { TokenFormView } from './form';
import type { AccessState } from './state';
import { McpView } from './Mcp';
import type { McpAccess } from './mcpState';
import { ends, LANGUAGES, limits, scopes, snippet, today, type Language } from './words';
import '../../style/gateway.css';

interface AccessProps {
  state: AccessState;
  /** Where OpenAI's protocol is spoken. */
  openai: string;
  /** Where Ollama's is. */
  ollama: string;
  /** Where tools are called over MCP. */
  mcp: string;
  /** What programs call over MCP, and what they may. */
  tools: McpAccess;
  copy: (text: string) => void;
}

export function AccessView(props: AccessProps): JSX.Element {
  const { state, copy } = props;
  useSignal(state.changed);
  React.useEffect(() => void state.load(), [state]);
  return (
    <div className="sp-Access">
      <h1>Access for programs</h1>
      <p className="sp-Quiet">
        Programs that speak OpenAI’s or Ollama’s protocol can ask your models here, and programs
        that speak MCP can use your datasets and tools. They need an address and a token.
      </p>
      <dl className="sp-Access-addresses">
        <Address label="OpenAI" address={props.openai} copy={copy} />
        <Address label="Ollama" address={props.ollama} copy={copy} />
        <Address label="MCP" address={props.mcp} copy={copy} />
      </dl>
      <Snippets {...props} />
      <Tokens {...props} />
      <McpView state={props.tools} />
    </div>
  );
}

function Address(props: {
  label: string;
  address: string;
  copy: (text: string) => void;
}): JSX.Element {
  return (
    <div>
      <dt>{props.label}</dt>
      <dd>
        <code>{props.address}</code>
        <CopyButton
          label={`Copy the address for ${props.label}`}
          text={props.address}
          copy={props.copy}
        />
      </dd>
    </div>
  );
}

/** Copies, and says for a moment that it did. */
function CopyButton(props: {
  label: string;
  text: string;
  copy: (text: string) => void;
  word?: string;
}): JSX.Element {
  const [isCopied, setCopied] = React.useState(false);
  React.useEffect(() => {
    if (isCopied) {
      const timer = setTimeout(() => setCopied(false), 2000);
      return () => clearTimeout(timer);
    }
  }, [isCopied]);
  return (
    <Button
      label={isCopied ? 'Copied' : (props.word ?? props.label)}
      title={props.label}
      icon={props.word ? undefined : isCopied ? checkIcon : copyIcon}
      iconOnly={!props.word}
      kind={props.word ? 'accept' : undefined}
      onClick={() => {
        props.copy(props.text);
        setCopied(true);
      }}
    />
  );
}

function Snippets(props: AccessProps): JSX.Element {
  const [language, setLanguage] = React.useState<Language>(LANGUAGES[0]);
  const secret = props.state.made?.secret ?? '';
  const text = snippet(language, props.openai, props.ollama, props.mcp, secret);
  return (
    <section className="sp-Snippet" aria-label="Example">
      <div className="sp-Snippet-tabs" role="tablist" aria-label="Language">
        {LANGUAGES.map(one => (
          <button
            key={one}
            type="button"
            role="tab"
            aria-selected={one === language}
            onClick={() => setLanguage(one)}
          >
            {one}
          </button>
        ))}
        <CopyButton label="Copy the example" text={text} copy={props.copy} />
      </div>
      <pre role="tabpanel" tabIndex={0}>
        {text}
      </pre>
    </section>
  );
}

function Tokens(props: AccessProps): JSX.Element {
  const { state } = props;
  return (
    <section className="sp-Tokens" aria-label="Tokens">
      <div className="sp-Tokens-head">
        <h2>Tokens</h2>
        {state.edited === null && (
          <Button label="New token" icon={addIcon} onClick={() => state.edit('new')} />
        )}
      </div>
      {state.edited === 'new' && <TokenFormView state={state} edited="new" />}
      {state.made && (
        <div className="sp-MadeToken" role="status">
          <div>
            <b>{state.made.token.name}</b> is made. Copy it now: it is not shown again.
          </div>
          <code>{state.made.secret}</code>
          <div className="sp-MadeToken-actions">
            <CopyButton
              label="Copy the token"
              word="Copy"
              text={state.made.secret}
              copy={props.copy}
            />
            <Button label="Done" onClick={() => state.forget()} />
          </div>
        </div>
      )}
      <ErrorNote error={state.error} onRetry={() => void state.load()} />
      {!state.isKnown && !state.error && <Busy label="Looking for tokens…" />}
      {state.isKnown && !state.tokens.length && state.edited === null && (
        <Empty
          title="No program has a token"
          text="A token lets one program ask models or call tools, and nothing else. Notebooks need none."
        />
      )}
      {state.tokens.length > 0 && (
        <table className="sp-Table sp-Tokens-table">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Allows</th>
              <th scope="col">Limits</th>
              <th scope="col">Today</th>
              <th scope="col">Last used</th>
              <th scope="col">Expires</th>
              <th scope="col" aria-label="Actions" />
            </tr>
          </thead>
          <tbody>
            {state.tokens.map(token => (
              <Row key={token.id} token={token} state={state} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Row(props: { token: GatewayToken; state: AccessState }): JSX.Element {
  const { token, state } = props;
  const [isAsking, setAsking] = React.useState(false);
  const end = ends(token);
  const wide = (content: React.ReactNode): JSX.Element => (
    <tr className="sp-Tokens-wide">
      <td colSpan={7}>{content}</td>
    </tr>
  );
  return (
    <>
      <tr aria-label={token.name}>
        <th scope="row">
          <span className="sp-Tokens-name">{token.name}</span>{' '}
          <span className="sp-Quiet sp-Tokens-hint" title="The token's last four letters">
            …{token.hint}
          </span>
        </th>
        <td data-label="Allows">
          <span className="sp-Tokens-chips">
            {scopes().filter(scope => token.scopes.includes(scope.id)).map(scope => (
              <Chip key={scope.id} label={scope.short} title={scope.label} />
            ))}
            {token.models.map(model => (
              <Chip key={model} label={model} tone="busy" title="The models that it may ask" />
            ))}
          </span>
        </td>
        <td data-label="Limits">{limits(token)}</td>
        <td data-label="Today">{today(token)}</td>
        <td data-label="Last used">{token.last_used_at ? ago(token.last_used_at) : 'never'}</td>
        <td data-label="Expires">
          {end === 'expired' ? <Chip label="expired" tone="bad" /> : end}
        </td>
        <td className="sp-Tokens-actions">
          <Button
            label={`Change ${token.name}`}
            icon={editIcon}
            iconOnly
            onClick={() => state.edit(token)}
          />
          <Button
            label={`Revoke ${token.name}`}
            icon={deleteIcon}
            iconOnly
            onClick={() => setAsking(true)}
          />
        </td>
      </tr>
      {isAsking &&
        wide(
          <div className="sp-Tokens-ask" role="alert">
            <span>Programs with this token are refused at once. Revoke it?</span>
            <Button label="Revoke" kind="warn" onClick={() => void state.revoke(token.id)} />
            <Button label="Keep" onClick={() => setAsking(false)} />
          </div>
        )}
      {state.failures.has(token.id) && wide(<ErrorNote error={state.failures.get(token.id)} />)}
      {state.edited !== 'new' &&
        state.edited?.id === token.id &&
        wide(<TokenFormView state={state} edited={token} />)}
    </>
  );
}
