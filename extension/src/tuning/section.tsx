/** What the section of training does: its state, undo, and the experiment against the base. */
import { Notification } from '@jupyterlab/apputils';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import { Refusal } from '../api/client';
import type { Training, TrainingSet } from '../api/schema';
import type { ISponde } from '../api/tokens';
import { TuningView } from './panel';
import { TuningState } from './state';
import { offerUndo } from '../ui/offerUndo';
import { trans } from '../ui/words';

const JOBS = 'sponde:jobs:open';
const COMPARE = 'sponde:experiments:compare';

/** Make the section; its state lives as long as the page. */
export function sectionOf(
  sponde: ISponde,
  commands: CommandRegistry,
  showModel: (name: string) => void
): React.ComponentType {
  const state = new TuningState(sponde);

  async function remove(made: TrainingSet): Promise<void> {
    if (await state.remove(made.id)) {
      offerUndo(trans.__('Deleted “%1”.', made.name), () => state.restore(made.id));
    }
  }

  async function compare(training: Training): Promise<void> {
    try {
      const plan = await sponde.api.call('GET /trainings/{training_id}/comparison', {
        path: { training_id: training.id }
      });
      await commands.execute(COMPARE, { ...plan });
    } catch (error) {
      const { message, hint } = Refusal.from(error);
      Notification.error(`${message} ${hint}`.trim());
    }
  }

  return function Section(): JSX.Element {
    return (
      <TuningView
        state={state}
        onRemove={made => void remove(made)}
        onOpenRun={() => void commands.execute(JOBS)}
        onCompare={training => void compare(training)}
        onShowModel={showModel}
      />
    );
  };
}
