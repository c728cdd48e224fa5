/** The instructions of a project, to read and to write: a file that every model reads first. */
import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import * as React from 'react';
import { Refusal } from '../../api/client';
import type { ProjectInstructions } from '../../api/schema';
import type { ISponde } from '../../api/tokens';
import { trans } from '../../ui/words';
import '../../../style/receipt.css';

/** Let a person write what models read in this project; the file is made where there is none. */
export async function writeInstructions(sponde: ISponde, notebook: string): Promise<void> {
  const files = await sponde.api.call('GET /instructions', { query: { notebook } });
  const body = new Editor(sponde, files);
  const dialog = new Dialog({
    title: trans.__('Project Instructions'),
    body,
    hasClose: true,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Save') })
    ],
    // Enter is a line here.
    defaultButton: -1,
    checkbox: null
  });
  const { button } = await dialog.launch();
  if (button.accept) {
    await body.save();
  }
}

class Editor extends ReactWidget {
  private _at: number;
  private readonly _texts: string[];

  constructor(
    private readonly _sponde: ISponde,
    private readonly _files: ProjectInstructions[]
  ) {
    super();
    this._texts = _files.map(({ text }) => text);
    // The nearest that is there, else the root folder's.
    this._at = this._texts.reduce((last, text, at) => (text ? at : last), 0);
  }

  /** Write what was changed; gives a sentence in an error where that could not be done. */
  async save(): Promise<void> {
    for (const [at, file] of this._files.entries()) {
      if (this._texts[at] !== file.text) {
        try {
          await this._sponde.api.call('PUT /instructions', {
            body: { path: file.path, text: this._texts[at], left_out: 0 }
          });
        } catch (error) {
          const { message, hint } = Refusal.from(error);
          throw new Error(`${message} ${hint}`);
        }
      }
    }
  }

  render(): JSX.Element {
    const file = this._files[this._at];
    return (
      <div className="sp-Instructions">
        {this._files.length > 1 && (
          <select
            aria-label={trans.__('File')}
            value={this._at}
            onChange={event => {
              this._at = Number(event.target.value);
              this.update();
            }}
          >
            {this._files.map(({ path }, at) => (
              <option key={path} value={at}>
                {at ? trans.__('The open notebook’s folder: %1', path) : trans.__('The whole project: %1', path)}
              </option>
            ))}
          </select>
        )}
        <textarea
          key={file.path}
          autoFocus
          readOnly={file.left_out > 0}
          aria-label={trans.__('Instructions in %1', file.path)}
          placeholder={trans.__('For example: Use polars, not pandas. Prices are in euros. Answer briefly.')}
          defaultValue={this._texts[this._at]}
          onChange={event => {
            this._texts[this._at] = event.target.value;
          }}
          onKeyDown={event => {
            if (event.key === 'Enter') {
              event.stopPropagation();
            }
          }}
        />
        <div className="sp-Quiet">
          {trans.__(
            'Every model reads this with every question here; the receipt shows it. It is kept in %1 and can allow nothing: tools still ask you.',
            file.path
          )}
        </div>
        {file.left_out > 0 && (
          <div className="sp-Quiet">
            {trans.__('The file is too long to be changed here: its last %1 characters are not shown and not sent.', file.left_out.toLocaleString())}
          </div>
        )}
      </div>
    );
  }
}
