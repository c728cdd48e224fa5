/** Draws an empty block to type or paste code into. Fetches nothing. */
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Field } from '../../ui/Field';
import { trans } from '../../ui/words';
import { CodeField, type CodeMeans } from '../code/CodeText';

export interface NewText {
  code: string;
  description: string;
}

export class NewBlockBody extends ReactWidget {
  private _text: NewText = { code: '', description: '' };

  constructor(private readonly _means: CodeMeans) {
    super();
    this.addClass('sp-NewBlock');
  }

  getValue(): NewText {
    return this._text;
  }

  protected render(): JSX.Element {
    return (
      <>
        <div className="sp-Field" onKeyDown={keepEnter}>
          <label>{trans.__('Code')}</label>
          <CodeField
            means={this._means}
            label={trans.__('Code of the new block')}
            code={this._text.code}
            language="python"
            onChange={code => {
              this._text = { ...this._text, code };
            }}
          />
        </div>
        <Field
          label={trans.__('Description')}
          hint={trans.__('Its name is made from it, or from the code. The language is recognised.')}
        >
          <input
            placeholder={trans.__('What it does')}
            onChange={event => {
              this._text = { ...this._text, description: event.target.value };
            }}
          />
        </Field>
      </>
    );
  }
}

/** In the code Enter is a new line: the dialog would take it for Save. */
function keepEnter(event: React.KeyboardEvent): void {
  if (event.key === 'Enter' && !(event.ctrlKey || event.metaKey)) {
    event.stopPropagation();
  }
}
