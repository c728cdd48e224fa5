/** The newest requests to models: when, to whom, how they went, and the trace to look them up by. */
import * as React from 'react';
import type { ModelRequest, RequestOutcome } from '../api/schema';
import { Button } from '../ui/Button';
import { Chip } from '../ui/Chip';
import { ago } from '../ui/time';
import { Name } from './Groups';
import type { UsageProps } from './section';
import { KINDS, OUTCOMES, TONES, modelName, money, time } from './words';

export function Requests(props: UsageProps): JSX.Element {
  const { state } = props;
  return (
    <section aria-label="Newest requests">
      <div className="sp-Usage-head">
        <h2>Newest requests</h2>
        <select
          aria-label="Which requests"
          value={state.outcome}
          onChange={event => void state.filter(event.target.value as RequestOutcome | '')}
        >
          <option value="">However they ended</option>
          {(Object.keys(OUTCOMES) as RequestOutcome[]).map(outcome => (
            <option key={outcome} value={outcome}>
              Only {OUTCOMES[outcome]}
            </option>
          ))}
        </select>
      </div>
      {state.requests.length === 0 ? (
        <p className="sp-Quiet">None in this period.</p>
      ) : (
        <div className="sp-Usage-wide">
          <table className="sp-Table sp-Usage-table sp-mod-requests">
            <thead>
              <tr>
                <th>When</th>
                <th>Model</th>
                <th>For</th>
                <th title="Tokens read → written">Tokens</th>
                <th>Cost</th>
                <th>First word</th>
                <th>Whole</th>
                <th>End</th>
                <th>Trace</th>
              </tr>
            </thead>
            <tbody>
              {state.requests.map(request => (
                <Row key={request.id} request={request} {...props} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {state.hasOlder && <Button label="Show older ones" onClick={() => void state.loadOlder()} />}
    </section>
  );
}

function Row(props: UsageProps & { request: ModelRequest }): JSX.Element {
  const { request, state } = props;
  const { caller, outcome } = request;
  const about = request.is_counted ? '' : '≈ ';
  const isRefused = outcome === 'refused';
  return (
    <tr>
      <td title={new Date(request.at).toLocaleString()}>{ago(request.at)}</td>
      <td className="sp-Usage-text">
        <span title={request.model_id}>{modelName(request.model_id, props.models.models)}</span>
      </td>
      <td className="sp-Usage-text">
        {caller.conversation_id ? (
          <Name {...props} by="conversation" id={caller.conversation_id} />
        ) : (
          <span>{KINDS[caller.kind]}</span>
        )}
        {caller.token && (
          <span className="sp-Quiet">
            {' '}
            <Name {...props} by="token" id={caller.token} />
          </span>
        )}
        {caller.person && <span className="sp-Quiet"> {caller.person}</span>}
      </td>
      <td title={request.is_counted ? undefined : 'Estimated from the length of the text'}>
        {isRefused
          ? '–'
          : `${about}${request.prompt_tokens.toLocaleString()} → ${request.completion_tokens.toLocaleString()}`}
      </td>
      <td>{isRefused ? '–' : request.is_priced ? money(request.cost, state.currency) : 'no price'}</td>
      <td>{time(request.first_token_ms)}</td>
      <td>{isRefused ? '–' : time(request.duration_ms)}</td>
      <td>
        <Chip label={OUTCOMES[outcome]} tone={TONES[outcome]} />
      </td>
      <td>
        <button
          type="button"
          className="sp-Link sp-Usage-trace"
          title={`Copy ${request.id}: answers carry it as X-Sponde-Request, and the log names it`}
          onClick={() => props.onCopy(request.id)}
        >
          {request.id.slice(-6)}
        </button>
      </td>
    </tr>
  );
}
