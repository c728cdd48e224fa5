/** Datasets, kept code blocks and files, by their names. */
import type { MimeData } from '@lumino/coreutils';
import type { Reference } from '../../api/schema';
import { trans } from '../../ui/words';
import type { Nameable, ReferenceSource } from '../tokens';
import { baseName, folderOf, openPath, reference, settled, type NamingMeans } from './means';
import { notebookReference, panelOf } from './notebooks';

const LAB_FILES = 'application/x-jupyter-icontents';
/** Files of rows: they are named as datasets, whose policy says what a model may read. */
const ROWS =
  /\.((csv|tsv|jsonl|ndjson)(\.(gz|zst|bz2|xz|lz4))?|parquet|arrow|feather|xls[xmb]?|ods)$/i;
const MOST = 40;

export function datasetSource({ app, datasets }: NamingMeans): ReferenceSource {
  return {
    kind: 'dataset',
    label: trans.__('Datasets'),
    rank: 10,
    find: async () =>
      (datasets?.list() ?? []).map(({ id, name, rows }) => ({
        kind: 'dataset',
        name,
        id,
        detail: rows === null ? '' : trans._n('%2 row', '%2 rows', rows, rows.toLocaleString())
      })),
    take: async ({ name, id }) => reference('dataset', name, id),
    open: async ({ id, name }) => {
      const known = datasets?.list().find(dataset => dataset.id === id);
      await app.commands.execute('sponde:datasets:open-page', { id, name: known?.name ?? name });
    }
  };
}

export function blockSource({ app, sponde }: NamingMeans): ReferenceSource {
  return {
    kind: 'code_block',
    label: trans.__('Code library'),
    rank: 60,
    find: settled(async typed => {
      const { blocks } = await sponde.api.call('GET /found-blocks', {
        query: { query: typed, limit: MOST }
      });
      return blocks.map(
        ({ block: { id, name, language } }): Nameable => ({
          kind: 'code_block',
          name,
          id,
          detail: language
        })
      );
    }),
    take: async ({ name, id }) => reference('code_block', name, id),
    open: async ({ id }) => {
      await app.commands.execute('sponde:library:open', { block_id: id });
    }
  };
}

export function fileSource(means: NamingMeans): ReferenceSource {
  const { app, sponde } = means;
  const take = (path: string): Promise<Reference | null> => fileReference(means, path);
  return {
    kind: 'file',
    label: trans.__('Files'),
    rank: 70,
    find: settled(async typed => {
      const found = await sponde.api.call('GET /nameable-files', {
        query: { query: typed, limit: MOST }
      });
      return found
        .filter(({ path }) => !panelOf(means, path)) // offered as an open notebook
        .map(({ path, bytes }): Nameable => {
          const kind = path.endsWith('.ipynb') ? 'notebook' : 'file';
          const detail = [folderOf(path), kilobytes(bytes)].filter(Boolean).join(' · ');
          return { kind, name: baseName(path), id: path, detail };
        });
    }),
    take: ({ id }) => take(id),
    open: ({ path, id }) => openPath(app, path || id),
    dropped: (data: MimeData) => {
      if (!data.hasData(LAB_FILES)) {
        return null;
      }
      const paths = data.getData(LAB_FILES) as string[];
      return Promise.all(paths.map(take)).then(found => found.filter(one => one !== null));
    }
  };
}

function kilobytes(bytes: number): string {
  return `${Math.max(1, Math.round(bytes / 1000)).toLocaleString()} kB`;
}

/** A file as it is sent: rows as their dataset, notebooks as they stand open, others by path. */
async function fileReference(means: NamingMeans, path: string): Promise<Reference | null> {
  const { datasets, sponde } = means;
  const known = datasets?.list().find(dataset => dataset.path === path);
  if (known) {
    return reference('dataset', known.name, known.id);
  }
  if (ROWS.test(path)) {
    const { id, name } = await sponde.api.call('POST /datasets', { body: { path } });
    return reference('dataset', name, id);
  }
  if (path.endsWith('.ipynb')) {
    return notebookReference(means, path);
  }
  return reference('file', baseName(path), path, { path });
}
