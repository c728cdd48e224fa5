/** Which of our tools programs may call over MCP, and what they called. */
import * as React from 'react';
import type { McpCall, McpTool } from '../api/schema';
import { Busy } from '../ui/Busy';
import { Chip } from '../ui/Chip';
import { ErrorNote } from '../ui/ErrorNote';
import { ago } from '../ui/time';
import { useSignal } from '../ui/useSignal';
import { trans } from '../ui/words';
import type { McpAccess } from './mcpState';

export function McpView({ state }: { state: McpAccess }): JSX.Element {
  useSignal(state.changed);
  React.useEffect(() => void state.load(), [state]);
  const { now } = state;
  return (
    <section className="sp-Mcp" aria-label={trans.__('Tools over MCP')}>
      <h2>{trans.__('Tools over MCP')}</h2>
      <p className="sp-Quiet">
        {trans.__(
          'Programs with a token that allows tools find your datasets, as far as each policy lets through, your code blocks, and these tools. Those that only read may be called; the rest is for you to allow.'
        )}
      </p>
      <ErrorNote error={state.error} onRetry={() => void state.load()} />
      {!now && !state.error && <Busy label={trans.__('Looking for tools…')} />}
      {now && !now.is_open && (
        <p>{trans.__('The operator of this server has closed the MCP server.')}</p>
      )}
      {now && now.is_open && (
        <>
          <ul className="sp-Mcp-tools">
            {now.tools.map(tool => (
              <ToolLine key={tool.name} tool={tool} state={state} />
            ))}
          </ul>
          <h3>
            {trans.__('Calls')}
            <span className="sp-Quiet">
              {' · '}
              {trans._n('%1 program connected', '%1 programs connected', now.sessions)}
            </span>
          </h3>
          {state.calls.length ? (
            <Calls calls={state.calls} />
          ) : (
            <p className="sp-Quiet">{trans.__('No program has called anything yet.')}</p>
          )}
        </>
      )}
    </section>
  );
}

function ToolLine({ tool, state }: { tool: McpTool; state: McpAccess }): JSX.Element {
  return (
    <li>
      <label title={tool.description}>
        <input
          type="checkbox"
          checked={tool.is_allowed}
          disabled={tool.is_fixed || state.switching.has(tool.name)}
          onChange={event => void state.allow(tool, event.target.checked)}
        />
        <span className="sp-Mcp-name">{tool.label}</span>
        <Chip
          label={tool.is_read_only ? trans.__('only reads') : trans.__('changes something')}
          tone={tool.is_read_only ? undefined : 'busy'}
        />
      </label>
    </li>
  );
}

function Calls({ calls }: { calls: readonly McpCall[] }): JSX.Element {
  return (
    <table className="sp-Table sp-Mcp-calls">
      <thead>
        <tr>
          <th scope="col">{trans.__('When')}</th>
          <th scope="col">{trans.__('Who')}</th>
          <th scope="col">{trans.__('What')}</th>
          <th scope="col">{trans.__('Outcome')}</th>
        </tr>
      </thead>
      <tbody>
        {calls.map(call => (
          <tr key={call.id}>
            <td title={new Date(call.called_at).toLocaleString()}>{ago(call.called_at)}</td>
            <td>
              {call.client}
              <div className="sp-Quiet">
                {call.token_name || call.person || trans.__('Jupyter’s own token')}
              </div>
            </td>
            <td className="sp-Mcp-what">
              {call.method === 'initialize' ? trans.__('connected') : <code>{call.name}</code>}
              {call.given && <div className="sp-Quiet">{call.given}</div>}
            </td>
            <td title={call.said}>
              <Chip label={outcomeWord(call.outcome)} tone={TONES[call.outcome]} />
              <div className="sp-Quiet">{Math.round(call.duration_ms)} ms</div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const TONES = { answered: 'good', failed: 'bad', refused: 'bad', cancelled: undefined } as const;

function outcomeWord(outcome: McpCall['outcome']): string {
  switch (outcome) {
    case 'answered':
      return trans.__('answered');
    case 'failed':
      return trans.__('failed');
    case 'refused':
      return trans.__('refused');
    case 'cancelled':
      return trans.__('called off');
  }
}
