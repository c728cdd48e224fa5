/** The places of a template as fields: Tab goes to the next, Enter puts the text into the composer. */
import { closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { IDatasets } from '../datasets/tokens';
import type { IKernels } from '../kernels/tokens';
import { Button } from '../ui/Button';
import { trans } from '../ui/words';
import { filled, places } from './places';
import type { FillProps } from './tokens';
import '../../style/personas.css';

interface Props extends FillProps {
  datasets: IDatasets | null;
  kernels: IKernels | null;
}

export function Fill(props: Props): JSX.Element {
  const { template, datasets, kernels, onDone, onCancel } = props;
  const fields = React.useMemo(() => places(template.text), [template]);
  const [values, setValues] = React.useState(
    () => new Map(fields.map(({ name, default: standard }) => [name, standard || first(name, props)]))
  );
  const [columns, setColumns] = React.useState<readonly string[]>([]);
  const form = React.useRef<HTMLFormElement>(null);
  const listId = React.useId();

  React.useEffect(() => {
    if (!fields.length) {
      onDone(template.text);
      return;
    }
    const inputs = [...(form.current?.querySelectorAll<HTMLInputElement>('input, textarea') ?? [])];
    const empty = inputs.find(({ value }) => !value) ?? inputs[0];
    empty?.focus();
    empty?.select();
  }, []);

  const dataset = (values.get('dataset') ?? '').replace(/^@/, '');
  React.useEffect(() => {
    const known = datasets?.list().find(({ name }) => name === dataset);
    let isHere = true;
    setColumns([]);
    if (known) {
      datasets?.profile(known.id).then(
        found => isHere && setColumns(found.columns.map(({ name }) => name)),
        () => undefined // its panel says why it cannot be read
      );
    }
    return () => {
      isHere = false;
    };
  }, [dataset, datasets]);

  const offered = (name: string): readonly string[] => {
    if (/^dataset/.test(name)) {
      return (datasets?.list() ?? []).map(one => one.name);
    }
    if (/^column/.test(name)) {
      return columns;
    }
    return name === 'notebook' && kernels?.notebook ? [kernels.notebook.context.path] : [];
  };
  const set = (name: string, value: string): void =>
    setValues(before => new Map(before).set(name, value));
  const done = (): void => onDone(filled(template.text, values));

  return (
    <form
      ref={form}
      className="sp-Fill"
      aria-label={trans.__('Fill in /%1', template.name)}
      onSubmit={event => {
        event.preventDefault();
        done();
      }}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.preventDefault();
          event.stopPropagation();
          onCancel();
        } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          done();
        }
      }}
    >
      <div className="sp-Fill-head">
        <strong>/{template.name}</strong>
        <span className="sp-Quiet">{template.summary}</span>
        <Button label={trans.__('Leave the template')} icon={closeIcon} iconOnly onClick={onCancel} />
      </div>
      <div className="sp-Fill-text" aria-hidden="true">
        {preview(template.text, values)}
      </div>
      {fields.map(({ name }) => (
        <label key={name} className="sp-Fill-field">
          <span>{label(name)}</span>
          {name === 'selection' || name === 'cell' ? (
            <textarea rows={3} value={values.get(name)} onChange={event => set(name, event.target.value)} />
          ) : (
            <input
              type="text"
              list={offered(name).length ? `${listId}-${name}` : undefined}
              value={values.get(name)}
              onChange={event => set(name, event.target.value)}
            />
          )}
          <datalist id={`${listId}-${name}`}>
            {offered(name).map(one => (
              <option key={one} value={one} />
            ))}
          </datalist>
        </label>
      ))}
      <div className="sp-Fill-foot">
        <button type="submit" className="sp-Button jp-mod-styled jp-mod-accept">
          {trans.__('Put into the question')}
        </button>
      </div>
    </form>
  );
}

/** What a place is filled with at first: what the tab sees. */
function first(name: string, { datasets, kernels }: Props): string {
  const panel = kernels?.notebook ?? null;
  const cell = panel?.content.activeCell ?? null;
  switch (name) {
    case 'date':
      return new Date().toLocaleDateString('sv');
    case 'dataset': {
      const known = datasets?.list() ?? [];
      return known.length === 1 ? known[0].name : '';
    }
    case 'notebook':
      return panel?.context.path ?? '';
    case 'cell':
      return cell?.model.sharedModel.getSource() ?? '';
    case 'selection': {
      const editor = cell?.editor;
      if (!editor) {
        return '';
      }
      const { start, end } = editor.getSelection();
      const [from, to] = [editor.getOffsetAt(start), editor.getOffsetAt(end)].sort((a, b) => a - b);
      return editor.model.sharedModel.getSource().slice(from, to);
    }
    default:
      return '';
  }
}

function label(name: string): string {
  switch (name) {
    case 'dataset':
      return trans.__('Dataset');
    case 'column':
      return trans.__('Column');
    case 'selection':
      return trans.__('Selection');
    case 'cell':
      return trans.__('Cell');
    case 'notebook':
      return trans.__('Notebook');
    case 'date':
      return trans.__('Date');
    default:
      return name.replace(/_/g, ' ');
  }
}

/** The text on the way: places that are filled stand out, those that are not stand in braces. */
function preview(text: string, values: ReadonlyMap<string, string>): React.ReactNode[] {
  const shown: React.ReactNode[] = [];
  let at = 0;
  for (const found of text.matchAll(/\{\{[ \t]*([A-Za-z_]\w*)[^{}\n]*\}\}/g)) {
    const value = (values.get(found[1]) ?? '').split('\n')[0];
    shown.push(text.slice(at, found.index));
    shown.push(
      <mark key={found.index} className={value ? '' : 'sp-mod-empty'}>
        {value || label(found[1])}
      </mark>
    );
    at = (found.index ?? 0) + found[0].length;
  }
  return [...shown, text.slice(at)];
}
