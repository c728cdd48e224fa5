/** Writes the files that a collection becomes, beside what the file browser shows. No React. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { Contents } from '@jupyterlab/services';
import type { CollectionFile } from '../../api/schema';

/** A file that was made. */
export interface Made {
  path: string;
  /** What a person should know of it. */
  notes: readonly string[];
}

interface Notebook {
  cells: Array<{ cell_type: string; source: string | string[] }>;
  metadata: Record<string, unknown>;
}

/** Write a notebook; one of the same cells that is there already is that one. */
export async function saveNotebook(app: JupyterFrontEnd, file: CollectionFile): Promise<Made> {
  const content = JSON.parse(file.text) as Notebook;
  const { kernelspecs } = app.serviceManager;
  const name = kernelspecs.specs?.default ?? '';
  const spec = kernelspecs.specs?.kernelspecs[name];
  if (spec?.language === 'python') {
    const { display_name, language } = spec;
    content.metadata.kernelspec = { name, display_name, language };
  }
  return save(app, file, 'notebook', content, other =>
    sources(other as Notebook) === sources(content)
  );
}

/** Write a module; one of the same text that is there already is that one. */
export async function saveModule(app: JupyterFrontEnd, file: CollectionFile): Promise<Made> {
  return save(app, file, 'file', file.text, other => other === file.text);
}

async function save(
  app: JupyterFrontEnd,
  file: CollectionFile,
  type: 'notebook' | 'file',
  content: unknown,
  isSame: (other: unknown) => boolean
): Promise<Made> {
  const { contents } = app.serviceManager;
  const folder = folderOf(app);
  const there = await contents.get(folder, { content: true });
  const names = new Set((there.content as Contents.IModel[]).map(one => one.name));
  const { notes } = file;
  for (let number = 1; ; number += 1) {
    const name = numbered(file.name, number);
    const path = folder ? `${folder}/${name}` : name;
    if (!names.has(name)) {
      await contents.save(path, { type, format: type === 'notebook' ? 'json' : 'text', content });
      return { path, notes };
    }
    const known = await contents.get(path, { type, content: true }).catch(() => null);
    if (known && isSame(known.content)) {
      return { path, notes };
    }
  }
}

/** `report.py`, `report_2.py`, …: names that can be imported. */
export function numbered(name: string, number: number): string {
  return number === 1 ? name : name.replace(/(\.\w+)$/, `_${number}$1`);
}

/** The folder that the file browser shows. */
function folderOf(app: JupyterFrontEnd): string {
  for (const area of ['left', 'right'] as const) {
    for (const widget of app.shell.widgets(area)) {
      const { model } = widget as { model?: { path?: unknown } };
      if (widget.id === 'filebrowser' && typeof model?.path === 'string') {
        return app.serviceManager.contents.localPath(model.path);
      }
    }
  }
  return '';
}

function sources({ cells }: Notebook): string {
  return JSON.stringify(cells.map(({ source }) => (typeof source === 'string' ? source : source.join(''))));
}
