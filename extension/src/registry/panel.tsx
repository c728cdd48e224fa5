/** The section "On this machine": the registered models, and how to get one. */
import * as React from 'react';
import type { Model } from '../api/schema';
import { Busy } from '../ui/Busy';
import { Button } from '../ui/Button';
import { Empty } from '../ui/Empty';
import { ErrorNote } from '../ui/ErrorNote';
import { useSignal } from '../ui/useSignal';
import { AddModel } from './add';
import { ModelRow } from './row';
import type { Deleted, RegistryState } from './state';
import '../../style/registry.css';

export interface RegistryViewProps {
  state: RegistryState;
  onBrowse: () => Promise<string>;
  /** The models of connected providers, as they are now. */
  connected: () => readonly Model[];
  onRemove: (what: Deleted) => void;
}

export function RegistryView(props: RegistryViewProps): JSX.Element {
  const { state } = props;
  useSignal(state.changed);
  const isEmpty = state.isKnown && state.models.length === 0;
  return (
    <div className="sp-Registry">
      <div className="sp-Registry-head">
        <h1>On this machine</h1>
        {!isEmpty && !state.way && state.isKnown && (
          <Button label="Add a model…" kind="accept" onClick={() => state.begin('hub')} />
        )}
      </div>
      <ErrorNote error={state.error} onRetry={() => void state.load()} />
      {!state.isKnown && !state.error && <Busy label="Looking for models…" />}
      {isEmpty && !state.way && (
        <Empty
          title="No model is here yet"
          text="A model that runs on this machine answers without anything leaving it. Download one, or register a folder that you have; a model at another address is connected under “Connected”."
        />
      )}
      {(state.way || isEmpty) && (
        <AddModel state={state} onBrowse={props.onBrowse} connected={props.connected()} />
      )}
      {state.lostAliases.map(alias => (
        <div key={alias.name} className="sp-Registry-lost" role="status">
          <span>{alias.wrong}</span>
          {alias.history.length > 1 && (
            <Button
              label="Roll back"
              title={`Let ${alias.name} stand again for ${nameOf(alias.history[1].model_id)}`}
              onClick={() => void state.rollAliasBack('', alias.name)}
            />
          )}
          <Button
            label="Remove the alias"
            kind="quiet"
            onClick={() => void state.removeAlias('', alias.name)}
          />
        </div>
      ))}
      <ErrorNote error={state.failures.get('')} onDismiss={() => state.dismiss('')} />
      {state.models.map(model => (
        <ModelRow key={model.id} model={model} state={state} onRemove={props.onRemove} />
      ))}
    </div>
  );
}

function nameOf(modelId: string): string {
  return modelId.slice(modelId.indexOf('/') + 1);
}
