/** The view as code, or a plot of it: looked at, copied, put into the notebook. */
import { Clipboard } from '@jupyterlab/apputils';
import * as React from 'react';
import type { CodeLanguage } from '../../api/schema';
import { Button } from '../../ui/Button';
import { ErrorNote } from '../../ui/ErrorNote';
import { trans } from '../../ui/words';
import { Popover } from './Popover';
import type { ViewState } from './view';

const LANGUAGES: Array<[CodeLanguage, string]> = [
  ['pandas', 'pandas'],
  ['sql', 'SQL'],
  ['polars', 'polars']
];
const MOST_OFFERED = 500;

interface CodePartProps {
  state: ViewState;
  at: { x: number; y: number };
  /** The columns to draw; null where rows are wanted. */
  plot: string[] | null;
  onClose: () => void;
  insert: (code: string) => void;
}

export function CodePart({ state, at, plot, onClose, insert }: CodePartProps): JSX.Element {
  const [language, setLanguage] = React.useState<CodeLanguage>('pandas');
  const [drawn, draw] = React.useState<string[] | null>(plot);
  const [code, setCode] = React.useState('');
  const [error, setError] = React.useState<unknown>(null);
  const [isCopied, setCopied] = React.useState(false);
  React.useEffect(() => {
    let isGone = false;
    state.code(drawn ? 'pandas' : language, drawn ?? []).then(
      found => !isGone && (setCode(found), setError(null)),
      problem => !isGone && setError(problem)
    );
    setCopied(false);
    return () => {
      isGone = true;
    };
  }, [language, drawn?.join('\n')]);
  const names = state.profile.columns.slice(0, MOST_OFFERED).map(column => column.name);
  const pick = (at_: number, label: string): JSX.Element => (
    <label>
      <span>{label}</span>
      <select
        value={drawn?.[at_] ?? ''}
        onChange={event => {
          const next = [drawn?.[0] ?? '', drawn?.[1] ?? ''];
          next[at_] = event.target.value;
          draw(next.filter(Boolean));
        }}
      >
        {at_ === 1 && <option value="">{trans.__('nothing')}</option>}
        {names.map(name => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  );
  return (
    <Popover
      title={drawn ? trans.__('This view as a plot') : trans.__('This view as code')}
      at={at}
      onClose={onClose}
      wide
    >
      {drawn ? (
        <div className="sp-ColumnMenu-form">
          {pick(0, trans.__('Draw'))}
          {pick(1, trans.__('against'))}
        </div>
      ) : (
        <div className="sp-Tabs" role="tablist" aria-label={trans.__('Language')}>
          {LANGUAGES.map(([id, label]) => (
            <button
              key={id}
              type="button"
              role="tab"
              aria-selected={id === language}
              onClick={() => setLanguage(id)}
            >
              {label}
            </button>
          ))}
        </div>
      )}
      <ErrorNote error={error} />
      <pre className="sp-CodePart-code" tabIndex={0} aria-label={trans.__('Code')}>
        {code}
      </pre>
      <div className="sp-ColumnMenu-deeds">
        <Button
          kind="accept"
          label={trans.__('Insert into the notebook')}
          disabled={!code}
          onClick={() => {
            insert(language === 'sql' && !drawn ? inPython(state.dataset.name, code) : code);
            onClose();
          }}
        />
        <Button
          label={isCopied ? trans.__('Copied') : trans.__('Copy')}
          disabled={!code}
          onClick={() => {
            Clipboard.copyToSystem(code);
            setCopied(true);
          }}
        />
      </div>
    </Popover>
  );
}

/** SQL in a cell of Python. */
export function inPython(name: string, sql: string): string {
  const quoted = sql.replaceAll('\\', '\\\\').replaceAll('"""', '\\"\\"\\"');
  return `import sponde\n\nview = sponde.dataset(${JSON.stringify(name)}).sql("""\n${quoted}\n""")\nview`;
}
