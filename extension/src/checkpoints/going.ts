/** Goes back to a checkpoint: what would change, and doing it. Fetched when first needed. */
import type { Checkpoint, FileStates, Given } from '../api/schema';
import type { ISponde } from '../api/tokens';
import type { Documents } from './documents';
import { changes, lines, target, text, type Change, type Line, type Mode, type NotebookText } from './plan';

/** What a turn did to a file, and what stands there now. */
export interface FilePlan {
  path: string;
  states: FileStates;
  /** The notebook's cells now; null for other files, and for notebooks that are not there. */
  now: NotebookText | null;
  changes: Change[];
  /** The lines that changed in a text. */
  lines: Line[];
  /** Whether the person changed it since (files that are no notebooks). */
  isTouched: boolean;
}

export async function look(
  sponde: ISponde,
  documents: Documents,
  checkpoint: Checkpoint
): Promise<FilePlan[]> {
  const files = checkpoint.files.filter(file => file.before !== null && file.before !== file.after);
  return Promise.all(files.map(file => lookAt(sponde, documents, checkpoint, file.path)));
}

async function lookAt(
  sponde: ISponde,
  documents: Documents,
  checkpoint: Checkpoint,
  path: string
): Promise<FilePlan> {
  const states = await sponde.api.call('GET /checkpoints/{checkpoint_id}/file', {
    path: { checkpoint_id: checkpoint.id },
    query: { path }
  });
  const before = bookOf(states.before);
  const after = bookOf(states.after);
  const open = documents.notebook(path);
  if (before && after) {
    const now = open ?? after;
    return {
      path,
      states,
      now,
      changes: changes(before, after, now),
      lines: [],
      isTouched: !open && states.is_changed
    };
  }
  const source = documents.text(path);
  const made = states.after?.text ?? null;
  return {
    path,
    states,
    now: null,
    changes: [],
    lines: lines(shownText(states.before), shownText(states.after)),
    isTouched:
      source !== null && made !== null ? source !== made : states.after !== null && states.is_changed
  };
}

/** How many things the person changed since, where the turn had changed them. */
export function touched(plans: readonly FilePlan[]): number {
  return plans.reduce(
    (sum, plan) => sum + Number(plan.isTouched) + plan.changes.filter(one => one.isTouched).length,
    0
  );
}

/** Go back; gives the checkpoint that undoes it. */
export async function goBack(
  sponde: ISponde,
  documents: Documents,
  checkpoint: Checkpoint,
  mode: Mode
): Promise<Checkpoint> {
  // A notebook that is only on the disk is opened: there the person sees what changes, and undoes it.
  for (const plan of await look(sponde, documents, checkpoint)) {
    if (plan.states.before?.notebook && plan.states.after?.notebook && !documents.find(plan.path)) {
      await documents.open(plan.path).catch(() => false);
    }
  }
  const plans = (await look(sponde, documents, checkpoint)).filter(
    plan => mode === 'everything' || !plan.isTouched
  );
  const inTab = plans.filter(plan => isInTab(plan, documents));
  const onDisk = plans.filter(plan => !inTab.includes(plan)).map(plan => plan.path);
  const path = { checkpoint_id: checkpoint.id };
  const back = await sponde.api.call('POST /checkpoints/{checkpoint_id}/back', {
    path,
    body: { files: plans.map(plan => documents.given(plan.path)), on_disk: onDisk }
  });
  for (const plan of inTab) {
    const before = bookOf(plan.states.before);
    if (before && plan.now) {
      const after = bookOf(plan.states.after) ?? plan.now;
      await documents.putCells(plan.path, target(before, after, plan.now, mode));
    } else {
      await documents.putText(plan.path, plan.states.before?.text ?? '');
    }
  }
  for (const one of plans.filter(plan => onDisk.includes(plan.path))) {
    await documents.reread(one.path, one.states.before?.exists === true);
  }
  const files: Given[] = plans.map(plan => documents.given(plan.path));
  return sponde.api.call('POST /checkpoints/{checkpoint_id}/made', {
    path: { checkpoint_id: back.id },
    body: { files }
  });
}

function isInTab(plan: FilePlan, documents: Documents): boolean {
  return plan.states.before?.notebook
    ? documents.notebook(plan.path) !== null
    : typeof plan.states.before?.text === 'string' && documents.text(plan.path) !== null;
}

function bookOf(state: FileStates['before']): NotebookText | null {
  return (state?.notebook as unknown as NotebookText | null | undefined) ?? null;
}

function shownText(state: FileStates['before']): string {
  const book = bookOf(state);
  return book ? book.cells.map(text).join('\n\n') : (state?.text ?? '');
}
