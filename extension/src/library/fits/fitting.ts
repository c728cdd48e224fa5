/** Fits a block's code to a notebook: asks the kernel what is there, and a person what is meant. */
import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import * as React from 'react';
import type { CodeBlock } from '../../api/schema';
import type { ISponde } from '../../api/tokens';
import type { IKernels } from '../../kernels/tokens';
import { trans } from '../../ui/words';
import type { Filling } from '../fields/fields';
import { FitForm } from './FitForm';
import { isEmpty, type CellRenames } from '../notebooks/marks';
import { Question } from './question';
import '../../../style/fitting.css';

export interface Fitted {
  code: string;
  renames: CellRenames;
  /** The line that installs what is missing; empty where nothing is. */
  install: string;
  /** Whether a person wants that line in a cell above. */
  installs: boolean;
  /** What was filled into the block's fields. */
  values?: Record<string, string>;
  /** The tables that its SQL names now. */
  tables?: string[];
}

/** A block's code as this notebook needs it; null where a person does not want it any more. */
export async function fitted(
  sponde: ISponde,
  kernels: IKernels | null,
  panel: NotebookPanel,
  block: CodeBlock,
  runs: boolean
): Promise<Fitted | null> {
  const as_it_is = { code: block.code, renames: {}, install: '', installs: false };
  const [around, filling] = await Promise.all([
    block.language === 'python' && kernels ? kernels.around(block.facts.imports, panel) : null,
    block.fields.length ? fieldsOf(sponde, block) : null
  ]);
  if (!around && !filling) {
    return as_it_is;
  }
  const question = around
    ? new Question(
        await sponde.api.call('POST /code-blocks/{block_id}/fit', {
          path: { block_id: block.id },
          body: { names: around.variables, missing_imports: around.missing }
        })
      )
    : new Question({ needs: [], missing_packages: [], install: '' });
  const { install } = question;
  if (!filling && !question.isOpen && !(runs && install)) {
    return { ...as_it_is, install };
  }
  for (;;) {
    const answer = await ask(block.name, question, runs, filling);
    if (answer === 'cancel') {
      return null;
    }
    const code = filling ? await filling.code() : block.code;
    if (code === null) {
      continue; // the form says which value does not fit
    }
    const { renames } = question;
    return {
      code: await renamed(sponde, code, renames, block.facts.needs),
      renames,
      install,
      installs: answer === 'install',
      ...(filling ? { values: { ...filling.values }, tables: filling.tables } : {})
    };
  }
}

/** The code with the values that a person fills in; null where they do not want it any more. */
export async function asked(filling: Filling, runs: boolean): Promise<string | null> {
  const nothing = new Question({ needs: [], missing_packages: [], install: '' });
  for (;;) {
    if ((await ask(filling.block.name, nothing, runs, filling)) === 'cancel') {
      return null;
    }
    const code = await filling.code();
    if (code !== null) {
      return code;
    }
  }
}

async function fieldsOf(sponde: ISponde, block: CodeBlock): Promise<Filling> {
  const { fillingOf } = await import('../fields/fields');
  return fillingOf(sponde, block);
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
  runs: boolean,
  filling: Filling | null
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
  const dialog = new CheckedDialog(filling, buttons, {
    title: filling ? trans.__('Insert “%1”', name) : trans.__('Fit “%1” to this notebook', name),
    body: ReactWidget.create(React.createElement(FitForm, { question, filling })),
    buttons,
    defaultButton: question.install ? 1 : buttons.length - 1,
    focusNodeSelector: '.sp-Fit input, .sp-Fit select',
    hasClose: true
  });
  dialog.addClass('sp-FitDialog');
  const { button } = await dialog.launch();
  return !button.accept ? 'cancel' : button.actions.includes('install') ? 'install' : 'take';
}

/** A dialog that is not left with a value that does not fit. */
class CheckedDialog extends Dialog<unknown> {
  constructor(
    private readonly _filling: Filling | null,
    private readonly _given: ReadonlyArray<Dialog.IButton>,
    options: Partial<Dialog.IOptions<unknown>>
  ) {
    super(options);
  }

  resolve(index?: number): void {
    const button = this._given[index ?? this._given.length - 1];
    if (button?.accept && this._filling && !this._filling.check()) {
      this.node.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
      return;
    }
    super.resolve(index);
  }
}
