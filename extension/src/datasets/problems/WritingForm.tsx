/** How the file is written: every part can be said, the rest is as detected. Draws only. */
import * as React from 'react';
import type { ProblemKind, Writing } from '../../api/schema';
import { Field } from '../../ui/Field';
import { trans } from '../../ui/words';
import type { ReadingState } from './reading';
import { CAN_BE_LEFT_OUT, kindWord, signWord } from './words';

const DELIMITERS = [',', ';', '\t', '|', ' ', ':', '^', '~'];
const ENCODINGS = [
  'utf-8', 'cp1252', 'latin-1', 'iso8859-15', 'utf-16', 'utf-16-le', 'utf-16-be', 'cp1250', 'cp1251',
  'cp437', 'cp850', 'mac-roman', 'koi8-r', 'shift_jis', 'euc-jp', 'gb18030', 'big5', 'euc-kr'
]; // prettier-ignore

export function WritingForm({ reading }: { reading: ReadingState }): JSX.Element {
  const { draft, preview } = reading;
  const detected = preview?.detected ?? null;
  const set = (part: Partial<Writing>) => reading.set(part);
  return (
    <div className="sp-Writing" role="group" aria-label={trans.__('How the file is written')}>
      <Sign
        label={trans.__('Delimiter')}
        signs={DELIMITERS}
        value={draft.delimiter}
        detected={detected?.delimiter}
        onChange={delimiter => set({ delimiter })}
      />
      <Sign
        label={trans.__('Quote')}
        signs={['"', "'", '']}
        value={draft.quote}
        detected={detected?.quote}
        onChange={quote => set({ quote })}
      />
      <Sign
        label={trans.__('Escape in quotes')}
        signs={['"', '\\', "'"]}
        value={draft.escape}
        detected={detected?.escape}
        onChange={escape => set({ escape })}
      />
      <Count
        label={trans.__('Rows of names')}
        most={20}
        value={draft.header_rows}
        detected={detected?.header_rows}
        onChange={header_rows => set({ header_rows })}
      />
      <Count
        label={trans.__('Lines above to skip')}
        most={300}
        value={draft.skip_lines}
        detected={detected?.skip_lines}
        onChange={skip_lines => set({ skip_lines })}
      />
      <Sign
        label={trans.__('Comments begin with')}
        signs={['#', '%', '!', '//', '--', '']}
        longest={10}
        value={draft.comment}
        detected={detected?.comment}
        onChange={comment => set({ comment })}
      />
      <Words
        label={trans.__('Encoding')}
        value={draft.encoding}
        detected={detected?.encoding ?? ''}
        list={ENCODINGS}
        onChange={encoding => set({ encoding })}
      />
      <Choice
        label={trans.__('Decimal sign')}
        value={draft.decimal_comma}
        detected={preview?.used.decimal_comma}
        words={[trans.__('comma: 1,5'), trans.__('point: 1.5')]}
        onChange={decimal_comma => set({ decimal_comma })}
      />
      <Choice
        label={trans.__('01/02/2024 is')}
        value={draft.day_first}
        detected={preview?.used.day_first}
        words={[trans.__('1 February'), trans.__('January 2')]}
        onChange={day_first => set({ day_first })}
      />
      <Words
        label={trans.__('Words for missing')}
        hint={trans.__('with commas between')}
        value={draft.missing && draft.missing.join(', ')}
        detected={detected?.missing?.slice(0, 4).join(', ').concat(', …') ?? ''}
        onChange={text =>
          set({ missing: text === null ? null : text.split(',').map(one => one.trim()).filter(Boolean) })
        }
      />
      <LeftOut value={draft.left_out} onChange={left_out => set({ left_out })} />
    </div>
  );
}

function asDetected(word: string | undefined): string {
  return word ? trans.__('as detected: %1', word) : trans.__('as detected');
}

const look = (isSaid: boolean): string => (isSaid ? 'sp-mod-said' : '');

interface PartProps<T> {
  label: string;
  value: T | null;
  detected: T | null | undefined;
  onChange: (value: T | null) => void;
}

const DETECTED = 'detected';

function Sign(props: PartProps<string> & { signs: string[]; longest?: number }): JSX.Element {
  const { label, signs, value, detected, onChange, longest = 1 } = props;
  const [isOther, setOther] = React.useState(false);
  const isFree = isOther || (value !== null && !signs.includes(value));
  if (isFree) {
    return (
      <Field label={label} hint={trans.__('empty: as detected')}>
        <input
          className="jp-mod-styled sp-mod-said"
          maxLength={longest}
          value={value ?? ''}
          autoFocus={isOther}
          onChange={event => {
            setOther(Boolean(event.target.value));
            onChange(event.target.value || null);
          }}
        />
      </Field>
    );
  }
  return (
    <Field label={label}>
      <select
        className={`jp-mod-styled ${look(value !== null)}`}
        value={value ?? DETECTED}
        onChange={event => {
          if (event.target.value === 'other') {
            setOther(true);
          } else {
            onChange(event.target.value === DETECTED ? null : event.target.value);
          }
        }}
      >
        <option value={DETECTED}>{asDetected(detected === undefined ? undefined : signWord(detected))}</option>
        {signs.map(sign => (
          <option key={sign} value={sign}>
            {signWord(sign)}
          </option>
        ))}
        <option value="other">{trans.__('another…')}</option>
      </select>
    </Field>
  );
}

function Count(props: PartProps<number> & { most: number }): JSX.Element {
  const { label, value, detected, onChange, most } = props;
  return (
    <Field label={label}>
      <input
        type="number"
        className={`jp-mod-styled ${look(value !== null)}`}
        min={0}
        max={most}
        value={value ?? ''}
        placeholder={asDetected(detected === null || detected === undefined ? '' : String(detected))}
        onChange={event => {
          const given = event.target.valueAsNumber;
          onChange(Number.isNaN(given) ? null : Math.min(most, Math.max(0, Math.round(given))));
        }}
      />
    </Field>
  );
}

function Words(props: PartProps<string> & { hint?: string; list?: string[] }): JSX.Element {
  const { label, value, detected, onChange, hint, list } = props;
  const id = React.useId();
  // What is typed stays as it is typed, a comma at its end too.
  const [typed, setTyped] = React.useState(value ?? '');
  React.useEffect(() => {
    if (value === null) {
      setTyped('');
    }
  }, [value]);
  return (
    <>
      <Field label={label} hint={hint}>
        <input
          className={`jp-mod-styled ${look(value !== null)}`}
          list={list && id}
          value={typed || (value ?? '')}
          placeholder={asDetected(detected ?? '')}
          onChange={event => {
            setTyped(event.target.value);
            onChange(event.target.value || null);
          }}
        />
      </Field>
      {list && (
        <datalist id={id}>
          {list.map(one => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
    </>
  );
}

function Choice(props: PartProps<boolean> & { words: [string, string] }): JSX.Element {
  const { label, value, detected, onChange, words } = props;
  const [yes, no] = words;
  const found = detected === true ? yes : detected === false ? no : undefined;
  return (
    <Field label={label}>
      <select
        className={`jp-mod-styled ${look(value !== null)}`}
        value={value === null ? DETECTED : String(value)}
        onChange={event => onChange(event.target.value === DETECTED ? null : event.target.value === 'true')}
      >
        <option value={DETECTED}>{asDetected(value === null ? found : undefined)}</option>
        <option value="true">{yes}</option>
        <option value="false">{no}</option>
      </select>
    </Field>
  );
}

function LeftOut(props: {
  value: readonly ProblemKind[];
  onChange: (value: ProblemKind[]) => void;
}): JSX.Element {
  const { value, onChange } = props;
  return (
    <fieldset className="sp-Writing-leftOut">
      <legend>{trans.__('Leave out, and keep in a file, rows with')}</legend>
      {CAN_BE_LEFT_OUT.map(kind => (
        <label key={kind}>
          <input
            type="checkbox"
            checked={value.includes(kind)}
            onChange={event =>
              onChange(event.target.checked ? [...value, kind] : value.filter(one => one !== kind))
            }
          />
          {kindWord(kind)}
        </label>
      ))}
    </fieldset>
  );
}
