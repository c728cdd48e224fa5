/** A Lumino widget around a React tree, with our styles and without Lab's one-key shortcuts. */
import { ReactWidget } from '@jupyterlab/apputils';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

interface PanelOptions {
  id: string;
  title: string;
  icon: LabIcon;
  /** Closable main-area pages show their title; side bars show it as a tooltip. */
  place: 'side' | 'main';
}

export class Panel extends ReactWidget {
  constructor(
    options: PanelOptions,
    private readonly _draw: () => JSX.Element
  ) {
    super();
    this.id = options.id;
    this.title.icon = options.icon;
    this.title.caption = options.title;
    if (options.place === 'main') {
      this.title.label = options.title;
      this.title.closable = true;
    }
    this.addClass('sp-Panel');
    this.addClass(`sp-mod-${options.place}`);
    this.node.dataset.lmSuppressShortcuts = 'true';
    this.node.tabIndex = -1;
  }

  protected render(): JSX.Element {
    return <>{this._draw()}</>;
  }

  /** A page that is shown is also the one that the keyboard speaks to. */
  protected onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    if (this.hasClass('sp-mod-main') && !this.node.contains(document.activeElement)) {
      this.node.focus();
    }
  }
}

/** The line on top of a side panel: its name and what can be done. */
export function PanelHeader(props: { title: string; children?: React.ReactNode }): JSX.Element {
  return (
    <div className="sp-PanelHeader">
      <h2>{props.title}</h2>
      <div className="sp-PanelHeader-actions">{props.children}</div>
    </div>
  );
}
