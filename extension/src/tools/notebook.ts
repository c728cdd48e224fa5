/** What tools do in the notebook that was used last: run a cell, insert one, look at a variable. */
import type { CodeCell } from '@jupyterlab/cells';
import { NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import { Refusal } from '../api/client';
import type { ToolCall, ToolResult } from '../api/schema';
import type { ICheckpoints } from '../checkpoints/tokens';
import type { IKernels } from '../kernels/tokens';
import { trans } from '../ui/words';
import { asText } from './outputs';

export interface Means {
  kernels: IKernels;
  checkpoints: ICheckpoints | null;
}

/** Add a code cell after the active one, run it, and give its outputs as text. */
export async function run_cell(call: ToolCall, means: Means): Promise<ToolResult> {
  const panel = await notebookOf(means);
  const { sessionContext } = panel;
  await sessionContext.ready;
  if (!sessionContext.session?.kernel) {
    throw refusal(
      trans.__('The notebook %1 has no kernel.', name(panel)),
      trans.__('Choose a kernel in the notebook, and ask again.')
    );
  }
  const done = await means.checkpoints?.before(call.message_id, [panel.context.path]);
  const cell = insert(panel, String(call.arguments.code), 'code');
  try {
    await NotebookActions.runCells(panel.content, [cell], sessionContext);
  } finally {
    await done?.();
  }
  const outputs = (cell as CodeCell).model.sharedModel.getOutputs();
  const isFailure = outputs.some(({ output_type }) => output_type === 'error');
  const text = asText(outputs);
  return {
    text: text || 'The cell ran and gave no output.',
    shown: '',
    outputs: [],
    is_failure: isFailure
  };
}

/** Add a cell after the active one, and leave it to the person. */
export async function insert_cell(call: ToolCall, means: Means): Promise<ToolResult> {
  const panel = await notebookOf(means);
  const done = await means.checkpoints?.before(call.message_id, [panel.context.path]);
  insert(panel, String(call.arguments.text), call.arguments.kind === 'markdown' ? 'markdown' : 'code');
  await done?.();
  return {
    text: `The cell stands in ${name(panel)}; it was not run.`,
    shown: '',
    outputs: [],
    is_failure: false
  };
}

/** Describe a variable, or list those that are there. */
export async function look_at_variable(call: ToolCall, means: Means): Promise<ToolResult> {
  const panel = await notebookOf(means);
  const wanted = String(call.arguments.name ?? '').trim();
  let text: string;
  if (wanted) {
    const rows = typeof call.arguments.rows === 'number' ? call.arguments.rows : 5;
    text = await means.kernels.look(wanted, rows, panel);
  } else {
    const list = await means.kernels.variables(panel);
    text = list.map(one => `${one.name}: ${one.type} ${one.shape}`.trim()).join('\n');
    text ||= 'The kernel has no variables yet.';
  }
  return { text, shown: '', outputs: [], is_failure: false };
}

async function notebookOf(means: Means): Promise<NotebookPanel> {
  const panel = means.kernels.notebook;
  if (!panel) {
    throw refusal(
      trans.__('No notebook is open.'),
      trans.__('Open one, or make a new one, and ask again.')
    );
  }
  await panel.context.ready;
  await panel.revealed;
  return panel;
}

/** Insert a cell after the active one; the keyboard stays where it is. */
function insert(panel: NotebookPanel, source: string, kind: 'code' | 'markdown') {
  const { content } = panel;
  const shared = content.model?.sharedModel;
  if (!shared || content.model?.readOnly) {
    throw refusal(
      trans.__('The notebook %1 cannot be changed.', name(panel)),
      trans.__('Save it under another name, or open another one.')
    );
  }
  const active = content.activeCell?.model.sharedModel;
  const isEmpty =
    active !== undefined && active.cell_type === kind && !active.getSource().trim();
  let index = content.activeCellIndex;
  if (isEmpty) {
    active.setSource(source);
  } else {
    index = Math.min(index + 1, shared.cells.length);
    shared.insertCell(index, { cell_type: kind, source, metadata: kind === 'code' ? { trusted: true } : {} });
    content.activeCellIndex = index;
  }
  void content.scrollToItem(index, 'smart');
  return content.widgets[index];
}

function name(panel: NotebookPanel): string {
  return panel.context.path.split('/').pop() ?? panel.context.path;
}

function refusal(message: string, hint: string): Refusal {
  return new Refusal(409, 'conflict', message, hint);
}
