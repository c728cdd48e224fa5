/** MCP servers on the page: those that there are, how they are, what they offer, and a new one. */
import { addIcon, deleteIcon, refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { ToolServerState } from '../api/schema';
import { Button } from '../ui/Button';
import { Chip } from '../ui/Chip';
import { ErrorNote } from '../ui/ErrorNote';
import { Field } from '../ui/Field';
import { offerUndo } from '../ui/offerUndo';
import { trans } from '../ui/words';
import { ToolList, type SectionProps } from './section';
import { pairsOf, wordsOf } from './words';

export function Servers(props: SectionProps): JSX.Element {
  const { state } = props;
  const [isAdding, setAdding] = React.useState(false);
  return (
    <section className="sp-Servers" aria-label={trans.__('MCP servers')}>
      <div className="sp-Servers-head">
        <h2>{trans.__('MCP servers')}</h2>
        {!isAdding && (
          <Button
            label={trans.__('Add a server…')}
            icon={addIcon}
            kind={state.servers.length ? 'plain' : 'accept'}
            onClick={() => setAdding(true)}
          />
        )}
      </div>
      <p className="sp-Quiet">
        {trans.__(
          'Programs of this machine, or addresses, that offer further tools over the Model Context Protocol. A program runs as you, with what you may do; add only those that you trust.'
        )}
      </p>
      {isAdding && <AddForm {...props} onEnd={() => setAdding(false)} />}
      <ul className="sp-Servers-list">
        {state.servers.map(one => (
          <ServerRow key={one.server.id} {...props} one={one} />
        ))}
      </ul>
    </section>
  );
}

function ServerRow(props: SectionProps & { one: ToolServerState }): JSX.Element {
  const { one, state } = props;
  const { server, status, failure } = one;
  const isBusy = state.busy.has(server.id);
  const [isOpen, setOpen] = React.useState(false);
  const tools = state.tools.filter(({ tool }) => tool.source === server.name);
  const remove = async (): Promise<void> => {
    if (await state.remove(server.id)) {
      offerUndo(trans.__('The MCP server %1 was removed.', server.name), () =>
        state.restore(server.id)
      );
    }
  };
  return (
    <li className="sp-Server" data-server={server.name} data-status={status}>
      <div className="sp-Server-head">
        <span className="sp-Server-name">{server.name}</span>
        <StatusChip one={one} />
        {server.source === 'configuration' && (
          <Chip
            label={trans.__('set by the operator')}
            title={trans.__('In jupyter_config.py: SpondeTools.mcp_servers')}
          />
        )}
        {server.source === 'project' && (
          <Chip
            label={trans.__('proposed by this project')}
            title={trans.__('In the file .sponde/mcp.json; it is off until you turn it on')}
          />
        )}
        <span className="sp-Server-actions">
          <Button
            label={server.is_on ? trans.__('Turn off') : trans.__('Turn on')}
            pressed={server.is_on}
            disabled={isBusy}
            onClick={() => void state.turn(server.id, !server.is_on)}
          />
          {server.is_on && (
            <Button
              label={trans.__('Start %1 again and ask what it offers', server.name)}
              icon={refreshIcon}
              iconOnly
              disabled={isBusy}
              onClick={() => void state.check(server.id)}
            />
          )}
          {server.source === 'person' && (
            <Button
              label={trans.__('Remove %1', server.name)}
              icon={deleteIcon}
              iconOnly
              disabled={isBusy}
              onClick={() => void remove()}
            />
          )}
        </span>
      </div>
      <code className="sp-Server-where">{server.url || server.command.join(' ')}</code>
      {server.secrets.length > 0 && (
        <div className="sp-Quiet">
          {server.url ? trans.__('Headers:') : trans.__('Environment:')} {server.secrets.join(', ')}
        </div>
      )}
      {failure && (
        <div className="sp-Server-failure" role={status === 'failed' ? 'alert' : undefined}>
          {failure}
        </div>
      )}
      {!server.is_on && server.source === 'project' && (
        <div className="sp-Quiet">
          {trans.__('Read what it would start before you turn it on: the file came with the project.')}
        </div>
      )}
      {tools.length > 0 && (
        <details open={isOpen} onToggle={event => setOpen(event.currentTarget.open)}>
          <summary>
            {trans._n('%1 tool', '%1 tools', tools.length)}
            {one.title && <span className="sp-Quiet"> · {one.title}</span>}
          </summary>
          {isOpen && <ToolList tools={tools} state={state} />}
        </details>
      )}
      {one.log && (
        <details>
          <summary>{trans.__('Log')}</summary>
          <pre className="sp-Server-log" tabIndex={0}>
            {one.log}
          </pre>
        </details>
      )}
    </li>
  );
}

function StatusChip({ one }: { one: ToolServerState }): JSX.Element {
  switch (one.status) {
    case 'ready':
      return <Chip label={trans.__('ready')} tone="good" />;
    case 'starting':
      return <Chip label={trans.__('starting…')} tone="busy" />;
    case 'failed':
      return <Chip label={trans.__('failed')} tone="bad" />;
    case 'off':
      return <Chip label={trans.__('off')} />;
    case 'waiting':
      return (
        <Chip label={trans.__('on')} title={trans.__('It is started when a model is asked.')} />
      );
  }
}

function AddForm(props: SectionProps & { onEnd: () => void }): JSX.Element {
  const { state, onEnd } = props;
  const [kind, setKind] = React.useState<'program' | 'address'>('program');
  const [name, setName] = React.useState('');
  const [where, setWhere] = React.useState('');
  const [secrets, setSecrets] = React.useState('');
  const [error, setError] = React.useState<unknown>(null);
  const [isBusy, setBusy] = React.useState(false);
  const { pairs, wrong } = pairsOf(secrets);
  const isProgram = kind === 'program';
  const first = React.useRef<HTMLInputElement>(null);
  React.useEffect(() => first.current?.focus(), []);
  const send = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await state.add({
        name: name.trim(),
        command: isProgram ? wordsOf(where) : [],
        url: isProgram ? '' : where.trim(),
        secrets: pairs
      });
      onEnd();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <form
      className="sp-Server-form"
      onSubmit={event => {
        event.preventDefault();
        void send();
      }}
      onKeyDown={event => event.key === 'Escape' && onEnd()}
    >
      <div className="sp-Server-kinds" role="radiogroup" aria-label={trans.__('What it is')}>
        {(['program', 'address'] as const).map(one => (
          <label key={one}>
            <input type="radio" name="kind" checked={one === kind} onChange={() => setKind(one)} />
            {one === 'program' ? trans.__('A program of this machine') : trans.__('An address')}
          </label>
        ))}
      </div>
      <Field label={trans.__('Name')} hint={trans.__('Its tools begin with it: letters, digits, - and _.')}>
        <input ref={first} value={name} onChange={event => setName(event.target.value)} required />
      </Field>
      <Field
        label={isProgram ? trans.__('Command') : trans.__('Address')}
        hint={
          isProgram
            ? trans.__('The program and its arguments; no shell runs them.')
            : trans.__('It often ends in /mcp.')
        }
      >
        <input
          className="sp-Server-command"
          value={where}
          placeholder={isProgram ? 'uvx mcp-server-git --repository .' : 'https://host/mcp'}
          onChange={event => setWhere(event.target.value)}
          spellCheck={false}
          required
        />
      </Field>
      <Field
        label={isProgram ? trans.__('Environment') : trans.__('Headers')}
        hint={trans.__('One a line; kept as keys are, never shown again. env:NAME reads a variable.')}
        error={wrong ? trans.__('“%1” is no name with a value.', wrong.slice(0, 40)) : undefined}
      >
        <textarea
          rows={2}
          value={secrets}
          placeholder={isProgram ? 'API_KEY=…' : 'Authorization: Bearer …'}
          onChange={event => setSecrets(event.target.value)}
          spellCheck={false}
        />
      </Field>
      <ErrorNote error={error} />
      <div className="sp-Server-buttons">
        <button
          type="submit"
          className="sp-Button jp-mod-styled jp-mod-accept"
          disabled={isBusy || !name.trim() || !where.trim() || wrong !== ''}
        >
          {isBusy ? trans.__('Starting it…') : trans.__('Add and start it')}
        </button>
        <Button label={trans.__('Cancel')} onClick={onEnd} />
      </div>
    </form>
  );
}
