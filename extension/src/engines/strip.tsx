/** The engine's part of a model's row: how it is, what it does, and what can be done with it. */
import { listIcon, refreshIcon, settingsIcon, stopIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Engine, ModelVersion, RegisteredModel } from '../api/schema';
import { Busy } from '../ui/Busy';
import { Button } from '../ui/Button';
import { Chip } from '../ui/Chip';
import { ErrorNote } from '../ui/ErrorNote';
import { monitorIcon, pinIcon } from '../ui/icons';
import { useSignal } from '../ui/useSignal';
import { LogView } from './log';
import { MonitorView } from './monitor';
import { SettingsView } from './settings';
import type { EnginesState } from './state';
import { isOn } from './state';
import { STATUS_WORDS, TONES, doing, howItRuns, mainAction, smaller } from './words';
import '../../style/engines.css';
import '../../style/monitor.css';

interface StripProps {
  state: EnginesState;
  model: RegisteredModel;
  version: ModelVersion;
  /** Leads to how vLLM is installed. */
  onHelp: () => void;
}

export function EngineStrip(props: StripProps): JSX.Element | null {
  const { state, model, version } = props;
  useSignal(state.changed);
  if (!state.isLoaded) {
    return null;
  }
  const engine = state.find(model, version);
  return (
    <section className="sp-Engine" aria-label={`Engine of ${model.name}`}>
      {model.kind === 'adapter' ? (
        <AdapterLine {...props} engine={engine} />
      ) : (
        <EngineLine {...props} engine={engine} />
      )}
      <ErrorNote error={state.errors.get(model.name)} onDismiss={() => state.dismiss(model.name)} />
      {model.kind !== 'adapter' && <Details {...props} engine={engine} />}
    </section>
  );
}

type LineProps = StripProps & { engine: Engine | undefined };

function EngineLine(props: LineProps): JSX.Element {
  const { state, model, version, engine } = props;
  const name = model.name;
  const status = engine?.status ?? 'stopped';
  const isMissing = state.installation?.is_found === false && !engine?.address;
  return (
    <div className="sp-Engine-line">
      <Chip label={STATUS_WORDS[status]} tone={TONES[status]} />
      <div className="sp-Engine-what">
        {engine && (status === 'starting' || status === 'stopping' || engine.doing) ? (
          <Busy label={doing(engine)} progress={engine.progress ?? undefined} />
        ) : isMissing ? (
          <span className="sp-Engine-noVllm">
            <span>vLLM is not found.</span>
            <Button label="How to get it" kind="quiet" onClick={props.onHelp} />
          </span>
        ) : (
          <span className="sp-Quiet">{engine ? howItRuns(engine) : ''}</span>
        )}
      </div>
      <div className="sp-Engine-actions">
        <MainButton {...props} />
        {engine?.status === 'ready' && engine.can_sleep && (
          <Button
            label="Sleep"
            title="Free the GPU's memory; the next question wakes it"
            onClick={() => void state.sleep(name, engine)}
          />
        )}
        {engine && engine.status === 'asleep' && (
          <Button
            label="Stop"
            icon={stopIcon}
            iconOnly
            onClick={() => void state.act(name, engine, 'stop')}
          />
        )}
        {engine && engine.status === 'ready' && (
          <Button
            label="Restart"
            icon={refreshIcon}
            iconOnly
            onClick={() => void state.act(name, engine, 'restart')}
          />
        )}
        {engine && (
          <Button
            label={engine.settings.is_pinned ? 'Unpin' : 'Pin'}
            title={
              engine.settings.is_pinned
                ? 'Pinned: it stays when it is idle. Click to let it be unloaded.'
                : 'Keep it when it is idle, and never unload it to make room'
            }
            icon={pinIcon}
            iconOnly
            pressed={engine.settings.is_pinned}
            onClick={() => void state.pin(name, engine)}
          />
        )}
        {engine?.status === 'ready' && (
          <Button
            label="Monitor"
            icon={monitorIcon}
            iconOnly
            pressed={state.monitors.has(engine.id)}
            onClick={() => state.toggleMonitor(engine)}
          />
        )}
        {engine && (
          <Button
            label="Log"
            icon={listIcon}
            iconOnly
            pressed={state.logs.has(engine.id)}
            onClick={() => void state.toggleLog(engine)}
          />
        )}
        <Button
          label="Settings"
          icon={settingsIcon}
          iconOnly
          pressed={state.forms.has(name)}
          onClick={() => state.toggleForm(name, version.number, engine)}
        />
      </div>
    </div>
  );
}

function MainButton({ state, model, version, engine }: LineProps): JSX.Element | null {
  const name = model.name;
  const isMissing = state.installation?.is_found === false;
  switch (mainAction(engine)) {
    case 'start':
      return (
        <Button
          label="Start"
          disabled={isMissing}
          title={isMissing ? state.installation?.message : undefined}
          onClick={() => void state.start(name, version.number)}
        />
      );
    case 'retry':
      return (
        <Button
          label="Start again"
          disabled={isMissing}
          onClick={() => void state.start(name, version.number)}
        />
      );
    case 'wake':
      return (
        <Button
          label="Wake"
          onClick={() => engine && void state.act(name, engine, 'wake')}
        />
      );
    case 'stop':
      return (
        <Button label="Stop" onClick={() => engine && void state.act(name, engine, 'stop')} />
      );
    default:
      return null;
  }
}

function Details(props: LineProps): JSX.Element {
  const { state, model, version, engine } = props;
  const form = state.forms.get(model.name);
  const log = engine && state.logs.get(engine.id);
  return (
    <>
      {engine?.status === 'failed' && <Failure state={state} name={model.name} engine={engine} />}
      {engine && engine.adapters.length > 0 && (
        <div className="sp-Engine-adapters">
          <span className="sp-Quiet">Adapters</span>
          {engine.adapters.map(name => (
            <Chip
              key={name}
              label={name}
              onRemove={() => void state.removeAdapter(engine, name)}
            />
          ))}
        </div>
      )}
      {form && (
        <SettingsView
          state={state}
          form={form}
          name={model.name}
          version={version.number}
          engine={engine}
        />
      )}
      {engine && state.monitors.has(engine.id) && engine.status === 'ready' && (
        <MonitorView ask={() => state.monitor(engine)} />
      )}
      {log !== undefined && <LogView text={log} name={model.name} />}
    </>
  );
}

function Failure(props: { state: EnginesState; name: string; engine: Engine }): JSX.Element | null {
  const { state, name, engine } = props;
  const failure = engine.failure;
  if (!failure || (failure.kind === 'no_vllm' && state.installation?.is_found === false)) {
    return null;
  }
  const offered = failure.try_settings;
  return (
    <div className="sp-Engine-failure" role="alert">
      <div>{failure.message}</div>
      <div className="sp-Quiet">{failure.hint}</div>
      <div className="sp-Engine-failureActions">
        {offered && (
          <Button
            label={`Start with ${smaller(offered)[0] ?? 'smaller settings'}`}
            title={smaller(offered).join(', ')}
            kind="accept"
            onClick={() => void state.startSmaller(name, engine, offered)}
          />
        )}
        {failure.kind === 'does_not_fit' && (
          <Button
            label="Start anyway"
            onClick={() => void state.start(name, engine.version, undefined, true)}
          />
        )}
        {!state.logs.has(engine.id) && (
          <Button label="Show its log" onClick={() => void state.toggleLog(engine)} />
        )}
      </div>
    </div>
  );
}

function AdapterLine({ state, model, engine }: LineProps): JSX.Element {
  const isServed = engine?.adapters.includes(model.name) ?? false;
  const runs = engine !== undefined && isOn(engine);
  return (
    <div className="sp-Engine-line">
      <Chip
        label={isServed ? 'Loaded' : 'Not loaded'}
        tone={isServed ? 'good' : 'plain'}
        title={`It is served by the engine of ${model.base}.`}
      />
      <div className="sp-Engine-what sp-Quiet">
        {isServed ? `Beside ${model.base}` : runs ? '' : `Loaded with ${model.base} when it is asked`}
      </div>
      <div className="sp-Engine-actions">
        {isServed && engine && (
          <Button label="Unload" onClick={() => void state.removeAdapter(engine, model.name)} />
        )}
        {!isServed && runs && engine?.status === 'ready' && (
          <Button
            label="Load"
            onClick={() => void state.addAdapter(engine, model.name)}
          />
        )}
        {!isServed && !runs && (
          <Button
            label="Start"
            disabled={state.installation?.is_found === false}
            onClick={() => void state.start(model.name)}
          />
        )}
      </div>
    </div>
  );
}
