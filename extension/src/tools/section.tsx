/** The section Tools of the Models page: what models may call, by whom it is offered; MCP servers. */
import * as React from 'react';
import type { Allowance, ToolState } from '../api/schema';
import type { ISponde } from '../api/tokens';
import { Busy } from '../ui/Busy';
import { Button } from '../ui/Button';
import { Chip } from '../ui/Chip';
import { ErrorNote } from '../ui/ErrorNote';
import { useSignal } from '../ui/useSignal';
import { trans } from '../ui/words';
import { Servers } from './Servers';
import { ToolsState } from './state';
import '../../style/tools.css';

/** Make the section over one state, which lives as long as the page. */
export function makeSection(sponde: ISponde): React.ComponentType<object> {
  const state = new ToolsState(sponde);
  return function Section(): JSX.Element {
    return <ToolsSection state={state} />;
  };
}

export interface SectionProps {
  state: ToolsState;
}

function ToolsSection(props: SectionProps): JSX.Element {
  const { state } = props;
  useSignal(state.changed);
  React.useEffect(() => state.watch(), [state]);
  const own = state.tools.filter(({ tool }) => tool.source === 'sponde');
  return (
    <div className="sp-Tools">
      <h1>{trans.__('Tools')}</h1>
      <p className="sp-Quiet">
        {trans.__(
          'What models may ask for while they answer. Each call stands in the answer and waits for you, unless you allowed its tool before. Nothing runs because a text says so.'
        )}
      </p>
      <ErrorNote
        error={state.error}
        onRetry={state.isKnown ? undefined : () => void state.load()}
        onDismiss={state.isKnown ? () => state.dismiss() : undefined}
      />
      {!state.isKnown && !state.error && <Busy label={trans.__('Looking…')} />}
      {state.isKnown && (
        <>
          <h2>{trans.__('Of the workbench')}</h2>
          <ToolList tools={own} state={state} />
          <Servers {...props} />
        </>
      )}
    </div>
  );
}

export function ToolList(props: { tools: readonly ToolState[]; state: ToolsState }): JSX.Element {
  return (
    <ul className="sp-ToolList">
      {props.tools.map(one => (
        <ToolRow key={one.tool.name} one={one} state={props.state} />
      ))}
    </ul>
  );
}

function ToolRow(props: { one: ToolState; state: ToolsState }): JSX.Element {
  const { one, state } = props;
  const { tool, allowance, always_in } = one;
  const [isSure, setSure] = React.useState(true);
  const choose = (wanted: Allowance): void => {
    if (wanted === 'always' && !tool.is_read_only) {
      setSure(false);
    } else {
      setSure(true);
      void state.allow(tool.name, wanted);
    }
  };
  return (
    <li className={`sp-ToolRow ${allowance === 'never' ? 'sp-mod-never' : ''}`}>
      <div className="sp-ToolRow-what">
        <span className="sp-ToolRow-label">{tool.label}</span>
        {tool.is_read_only ? (
          <Chip label={trans.__('reads')} title={trans.__('It changes nothing, says who offers it.')} />
        ) : (
          <Chip label={trans.__('changes or runs')} tone="warn" />
        )}
        <div className="sp-Quiet sp-ToolRow-about">{tool.description}</div>
        {always_in > 0 && (
          <div className="sp-Quiet">
            {trans._n(
              'Runs without a question in %1 conversation.',
              'Runs without a question in %1 conversations.',
              always_in
            )}{' '}
            <button type="button" className="sp-Link" onClick={() => void state.forget(tool.name)}>
              {trans.__('Ask again everywhere')}
            </button>
          </div>
        )}
        {!isSure && (
          <div className="sp-ToolRow-sure" role="alert">
            <span>
              {tool.code_argument
                ? trans.__('A model could then run or write any code here without asking you.')
                : trans.__('A model could then change things here without asking you.')}
            </span>
            <Button
              label={trans.__('Always allow it')}
              kind="warn"
              onClick={() => {
                setSure(true);
                void state.allow(tool.name, 'always');
              }}
            />
            <Button label={trans.__('Go on asking')} onClick={() => setSure(true)} />
          </div>
        )}
      </div>
      <select
        aria-label={trans.__('What is allowed of %1', tool.label)}
        value={isSure ? allowance : 'always'}
        onChange={event => choose(event.target.value as Allowance)}
      >
        <option value="ask">{trans.__('Ask each time')}</option>
        <option value="always">{trans.__('Always')}</option>
        <option value="never">{trans.__('Never')}</option>
      </select>
    </li>
  );
}
