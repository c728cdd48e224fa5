/** Puts a block into a notebook under the names of a dataset, with the line that loads it. No React. */
import type { CodeBlock } from '../../api/schema';
import type { ISponde } from '../../api/tokens';
import type { IKernels } from '../../kernels/tokens';
import type { Cells } from '../notebooks/cells';
import type { CodeUse } from '../notebooks/use';

interface FitsMeans {
  sponde: ISponde;
  kernels: IKernels | null;
  use: CodeUse;
  cells: Cells;
}

/** One click: the renames are made, and the dataset is loaded where no variable holds it. */
export async function insertFitted(
  means: FitsMeans,
  block: CodeBlock,
  dataset: string,
  run: boolean
): Promise<void> {
  const { sponde, kernels, use, cells } = means;
  const panel = cells.notebook;
  const isPython = block.language === 'python';
  const around = panel && isPython && kernels ? await kernels.around(block.facts.imports, panel) : null;
  const wanted = { path: { block_id: block.id } };
  let fitted = await sponde.api.call('POST /code-blocks/{block_id}/fitted', {
    ...wanted,
    body: { dataset, loads: true, variable: '' }
  });
  // A variable that has all the columns is the dataset, or one made of it.
  const needed = Object.values(fitted.columns);
  const own = around?.variables.find(
    one => one.name === dataset && needed.every(column => one.columns.includes(column))
  );
  if (own) {
    fitted = { ...fitted, before: '' };
  }
  const { names, columns, before } = fitted;
  let { code } = fitted;
  let values: Record<string, string> | undefined;
  if (block.fields.length) {
    const [{ fillingOf }, { asked, renamed }] = await Promise.all([
      import('../fields/fields'),
      import('./fitting')
    ]);
    const filling = await fillingOf(sponde, block);
    filling.columnsHere = filling.asked.columns[dataset] ?? [];
    for (const { name, kind } of block.fields) {
      const here = columns[filling.values[name]];
      if (kind === 'column' && here) {
        filling.values[name] = here;
      } else if (kind === 'dataset') {
        filling.values[name] = dataset;
      }
    }
    const written = await asked(filling, run);
    if (written === null) {
      return;
    }
    values = { ...filling.values };
    code = isPython ? await renamed(sponde, written, { names, columns }, block.facts.needs) : written;
  }
  await use.insert(
    { code, language: block.language, blockId: block.id },
    {
      run,
      focus: true,
      before,
      fits: {
        code,
        renames: {
          ...(Object.keys(names).length ? { names } : {}),
          ...(Object.keys(columns).length ? { columns } : {})
        },
        install: around?.missing.length ? installLine(around.missing) : '',
        installs: false,
        values,
        tables: isPython ? undefined : [dataset]
      }
    }
  );
}

function installLine(missing: readonly string[]): string {
  return `%pip install ${missing.join(' ')}`;
}
