/** Draws two blocks that are nearly the same, side by side. Fetches nothing. */
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { CodeBlock } from '../../api/schema';
import type { CodeMeans } from '../code/CodeText';
import { Difference } from '../code/Difference';

export class CompareBody extends ReactWidget {
  constructor(
    private readonly _means: CodeMeans,
    private readonly _before: CodeBlock,
    private readonly _after: CodeBlock
  ) {
    super();
    this.addClass('sp-Compare');
  }

  protected render(): JSX.Element {
    return (
      <Difference
        means={this._means}
        language={this._after.language}
        before={this._before.code}
        after={this._after.code}
        names={[this._before.name, this._after.name]}
      />
    );
  }
}
