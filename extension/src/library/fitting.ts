/** Fits a block's code to a notebook: asks the kernel what is there, and a person what is meant. */
import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import * as React from 'react';
import type { CodeBlock } from '../api/schema';
import type { ISponde } from '../api/tokens';
import type { IKernels } from '../kernels/tokens';
import { trans } from '../ui/words';
import { FitForm } from './FitForm';
import { isEmpty, type CellRenames } from './marks';
import { Question } from './question';
import '../../style/fitting.css';

export interface Fitted {
  code: string;
  renames: CellRenames;
  /** The line that installs what is missing; empty where nothing is. */
  install: string;
  /** Whether a person wants that line in a cell above. */
  installs: boolean;
}

/** A block's code as this notebook needs it; null where a person does not want it any more. */
export async function fitted(
  sponde: ISponde,
  kernels: IKernels,
  panel: NotebookPanel,
  block: CodeBlock,
  runs: boolean
): Promise<Fitted | null> {
  const as_it_is = { code: block.code, renames: {}, install: '', installs: false };
  const around = block.language === 'python' ? await kernels.around(block.facts.imports, panel) : null;
  if (!around) {
    return as_it_is;
  }
  const question = new Question(
    await sponde.api.call('POST /code-blocks/{block_id}/fit', {
      path: { block_id: block.id },
      body: { names: around.variables, missing_imports: around.missing }
    })
  );
  const { install } = question;
  if (!question.isOpen && !(runs && install)) {
    return { ...as_it_is, install };
  }
  const answer = await ask(block.name, question, runs);
  if (answer === 'cancel') {
    return null;
  }
  const { renames } = question;
  const code = await renamed(sponde, block.code, renames, block.facts.needs);
  return { code, renames, install, installs: answer === 'install' };
}

/** Code under other names. */
export async function renamed(
  sponde: ISponde,
  code: string,
  { names = {}, columns = {} }: CellRenames,
  of: readonly string[]
): Promise<string> {
  if (isEmpty({ names, columns })) {
    return code;
  }
  const body = { code, names, columns, of: [...of] };
  return (await sponde.api.call('POST /code-names', { body })).code;
}

async function ask(
  name: string,
  question: Question,
  runs: boolean
): Promise<'take' | 'install' | 'cancel'> {
  const label = runs ? trans.__('Insert and run') : trans.__('Insert');
  const buttons = [Dialog.cancelButton({ label: trans.__('Cancel') })];
  if (question.install) {
    buttons.push(
      Dialog.createButton({
        label: trans.__('Insert “%1” first', question.install),
        actions: ['install'],
        accept: true
      })
    );
  }
  buttons.push(
    Dialog.okButton({ label: runs && question.install ? trans.__('Run anyway') : label })
  );
  const dialog = new Dialog({
    title: trans.__('Fit “%1” to this notebook', name),
    body: ReactWidget.create(React.createElement(FitForm, { question })),
    buttons,
    defaultButton: question.install ? 1 : buttons.length - 1,
    focusNodeSelector: '.sp-Fit select',
    hasClose: true
  });
  dialog.addClass('sp-FitDialog');
  const { button } = await dialog.launch();
  return !button.accept ? 'cancel' : button.actions.includes('install') ? 'install' : 'take';
}
