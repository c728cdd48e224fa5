/** The library's panel, which a person moves between the side and the main area. */
import type { LabShell, JupyterFrontEnd } from '@jupyterlab/application';
import type { Message } from '@lumino/messaging';
import * as React from 'react';
import { libraryIcon } from '../ui/icons';
import { Panel } from '../ui/Panel';
import { trans } from '../ui/words';

export const PANEL = 'sponde-library';
const RANK = 220;

export class LibraryPanel extends Panel {
  readonly search = React.createRef<HTMLInputElement>();
  isMain = false;
  private _isMoving = false;

  constructor(
    private readonly _shell: JupyterFrontEnd.IShell | LabShell,
    private readonly _start: () => void,
    draw: (panel: LibraryPanel) => JSX.Element
  ) {
    super({ id: PANEL, title: trans.__('Code library'), icon: libraryIcon, place: 'side' }, () =>
      draw(this)
    );
  }

  /** Stand in the main area, or at the side again. */
  move(toMain: boolean): void {
    this._isMoving = true;
    this._dress(toMain);
    this._shell.add(this, toMain ? 'main' : 'left', { rank: RANK, type: 'Sponde' });
    this._isMoving = false;
    (this._shell as LabShell).activateById(PANEL);
  }

  protected onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._start();
  }

  protected onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    // A layout that is restored puts the panel where it was.
    this._dress(Boolean(this.node.closest('#jp-main-dock-panel')));
    if (this.isVisible) {
      this._start();
    }
  }

  /** Closed in the main area, it is at the side again. */
  protected onCloseRequest(message: Message): void {
    if (this.isMain) {
      this.move(false);
    } else {
      super.onCloseRequest(message);
    }
  }

  private _dress(isMain: boolean): void {
    if (this.isMain === isMain) {
      return;
    }
    this.isMain = isMain;
    this.toggleClass('sp-mod-main', isMain);
    this.toggleClass('sp-mod-side', !isMain);
    // The side bar has coloured its own; a layout that is restored colours none.
    this.title.icon = isMain ? libraryIcon.bindprops({ stylesheet: 'mainAreaTab' }) : libraryIcon;
    this.title.label = isMain ? trans.__('Code library') : '';
    this.title.closable = isMain;
    if (!this._isMoving) {
      this.update();
    }
  }
}
