/** Things that are dragged onto a chat: they hang on the question that is being written. */
import { MimeData } from '@lumino/coreutils';
import type { Reference } from '../../api/schema';
import { REFERENCE } from '../../ui/drag';
import { dropped } from '../../ui/dropped';

/** What JupyterLab's drags carry: files of the file browser, cells of notebooks, our own things. */
const KNOWN = ['application/x-jupyter-icontents', 'internal:cells', REFERENCE];

interface LabDragEvent extends Event {
  mimeData: MimeData;
  proposedAction: string;
  dropAction: string;
  source: unknown;
}

export interface Drops {
  /** Something of JupyterLab's or ours was dropped. */
  onThings: (data: MimeData, source: unknown) => void;
  /** Files and folders of the person's computer were dropped. */
  onFiles: (files: File[], folders: FileSystemEntry[]) => void;
}

/** Let a panel take what is dropped on it; shows the place while something hovers. */
export function takeDrops(node: HTMLElement, drops: Drops): void {
  let depth = 0;
  const light = (isOver: boolean): void => {
    node.classList.toggle('sp-mod-drop', isOver);
  };
  const isKnown = (data: MimeData | undefined): boolean =>
    data !== undefined && KNOWN.some(mime => data.hasData(mime));
  const onLab = (event: Event): void => {
    const drag = event as LabDragEvent;
    if (!isKnown(drag.mimeData)) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    light(event.type === 'lm-dragenter' || event.type === 'lm-dragover');
    if (event.type === 'lm-dragover') {
      drag.dropAction = drag.proposedAction;
    } else if (event.type === 'lm-drop') {
      drag.dropAction = drag.proposedAction;
      drops.onThings(copied(drag.mimeData), drag.source);
    }
  };
  ['lm-dragenter', 'lm-dragover', 'lm-dragleave', 'lm-drop'].forEach(kind =>
    node.addEventListener(kind, onLab)
  );
  const onNative = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes('Files')) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    depth += event.type === 'dragenter' ? 1 : event.type === 'dragleave' ? -1 : 0;
    if (event.type === 'drop') {
      depth = 0;
      drops.onFiles(...dropped(event.dataTransfer));
    }
    light(depth > 0);
  };
  (['dragenter', 'dragover', 'dragleave', 'drop'] as const).forEach(kind =>
    node.addEventListener(kind, onNative)
  );
}

/** What is dragged, kept beyond the drop: a drag forgets it when it ends. */
function copied(data: MimeData): MimeData {
  const kept = new MimeData();
  data.types().forEach(type => kept.setData(type, data.getData(type)));
  return kept;
}

/** Files that are read as text; others are taken in as datasets. */
const TEXTS: Record<string, string> = {
  py: 'python', r: 'r', jl: 'julia', sql: 'sql', js: 'javascript', ts: 'typescript', md: 'markdown',
  txt: 'text', log: 'text', yaml: 'yaml', yml: 'yaml', toml: 'toml', sh: 'bash', html: 'html',
  css: 'css', tex: 'latex', ini: 'ini', cfg: 'ini', ipynb: 'json'
};
const LONGEST = 150_000;

/** A text file of the person's computer, as it is sent; null where it is not text or too long. */
export async function textOf(file: File): Promise<Reference | null> {
  const language = TEXTS[file.name.slice(file.name.lastIndexOf('.') + 1).toLowerCase()];
  if (!language || file.size > LONGEST) {
    return null;
  }
  const text = await file.text();
  return { kind: 'file', name: file.name, id: `${file.name}:${file.lastModified}`, path: '', text, language };
}
