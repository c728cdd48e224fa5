/** Which model answers, or which ones; without one, the way to connect one. */
import { caretDownEmptyThinIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { nameOf } from '../../models/names';
import type { IModels } from '../../models/tokens';
import { trans } from '../../ui/words';
import type { ChatState } from '../state';

export function ModelPicker(props: { state: ChatState; models: IModels }): JSX.Element {
  const { state, models } = props;
  const { chosen } = models;
  if (!models.isKnown) {
    return <span className="sp-ModelPicker" />;
  }
  if (!models.models.length) {
    return (
      <button
        type="button"
        className="sp-ModelPicker sp-mod-none"
        title={trans.__('Commands work without one. Connect a model to ask in your own words.')}
        onClick={() => models.open()}
      >
        {trans.__('No model: connect one…')}
      </button>
    );
  }
  const { picked } = state;
  const names = picked.map(id => nameOf(models, id));
  const only =
    picked.length === 1
      ? models.models.find(({ id, aliases }) => id === picked[0] || aliases.includes(picked[0]))
      : chosen;
  const isOpen = state.choosing?.kind === 'ask';
  const where = !only
    ? trans.__('Choose a model')
    : only.is_local
      ? trans.__('%1 at this machine: nothing leaves it', only.name)
      : trans.__('%1 at %2: leaves this machine', only.name, only.address);
  const list = names.join(', ');
  return (
    <button
      type="button"
      className="sp-ModelPicker"
      aria-label={trans.__('Model that answers')}
      aria-haspopup="dialog"
      aria-expanded={isOpen}
      title={picked.length > 1 ? trans.__('They answer side by side: %1', list) : where}
      onClick={() => state.openModels(isOpen ? null : { kind: 'ask' })}
      onKeyDown={event => {
        if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
          event.preventDefault();
          state.openModels({ kind: 'ask' });
        }
      }}
    >
      <span className="sp-ModelPicker-name">
        {picked.length > 1
          ? trans.__('%1 models: %2', picked.length, list)
          : (names[0] ?? chosen?.name ?? trans.__('Choose a model'))}
      </span>
      <caretDownEmptyThinIcon.react tag="span" width="14px" height="14px" />
    </button>
  );
}

/** From which of several answers the next question goes on, said while it is written. */
export function GoesOn(props: {
  state: ChatState;
  models: IModels;
  isTyping: boolean;
}): JSX.Element | null {
  const { state, models, isTyping } = props;
  const { ends, tip } = state.thread;
  const question = state.thread.get(tip?.parent_id ?? '');
  if (!isTyping || ends.length < 2 || !tip || question?.kept_id) {
    return null;
  }
  const at = state.thread.columns(tip).findIndex(({ id }) => id === tip.id);
  const said = question?.is_blind
    ? trans.__('Goes on from answer %1. Keep another one to change that.', 'ABCD'[at])
    : trans.__(
        'Goes on from the answer of %1. Keep another one to change that.',
        tip.receipt?.model ?? nameOf(models, tip.model_id)
      );
  return <div className="sp-Composer-note">{said}</div>;
}
