/** The library's gate: whether what comes in and goes out is shown in the panel. No React. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ISignal, Signal } from '@lumino/signaling';
import type * as React from 'react';
import type { ISponde } from '../../api/tokens';
import { trans } from '../../ui/words';
import type { FilesOfLibrary } from '../folder/folder';
import { carryIcon } from '../icons';
import type { Many } from '../bulk/many';
import type { Transfers } from './transfers';

interface Means {
  app: JupyterFrontEnd;
  sponde: ISponde;
}

export class Gate {
  readonly changed: ISignal<this, void>;
  isShown = false;
  /** Made when something is first brought in or out. */
  transfers: Transfers | null = null;
  files: FilesOfLibrary | null = null;
  /** The blocks that are chosen in the list, to be exported. */
  chosen: readonly string[] = [];
  private readonly _changed = new Signal<this, void>(this);
  private _offers: Many | null = null;

  constructor(private readonly _means: Means) {
    this.changed = this._changed;
  }

  /** Offer the export of chosen blocks. */
  join(many: Many): this {
    if (this._offers !== many) {
      this._offers = many;
      many.add({
        id: 'export',
        label: trans.__('Export the chosen blocks'),
        icon: carryIcon,
        run: blockIds => this.open(blockIds)
      });
    }
    return this;
  }

  async open(chosen: readonly string[] = []): Promise<void> {
    this.chosen = chosen;
    this.isShown = true;
    this._changed.emit();
    const [{ Transfers }, { FilesOfLibrary }] = await Promise.all([
      import('./transfers'),
      import('../folder/folder')
    ]);
    this.transfers ??= new Transfers(this._means.sponde);
    this.files ??= new FilesOfLibrary(this._means.sponde);
    this._changed.emit();
    void this.transfers.list();
    void this.files.look();
  }

  close(): void {
    this.isShown = false;
    this._changed.emit();
  }

  /** Read a file that was chosen or dropped; it is shown before anything is kept. */
  async bring(file: File, others = 0): Promise<void> {
    await this.open();
    if (others) {
      Notification.info(
        trans.__('%1 is read; one file is imported at a time. Many go in as one zip.', file.name),
        { autoClose: 8000 }
      );
    }
    await this.transfers?.send(file);
  }

  /** Read a file that lies in the folder that JupyterLab serves. */
  async bringPath(path: string): Promise<void> {
    await this.open();
    await this.transfers?.take(path);
  }
}

const gates = new WeakMap<object, Gate>();

/** The one gate of an application. */
export function gateOf(means: Means): Gate {
  const gate = gates.get(means.app) ?? new Gate(means);
  gates.set(means.app, gate);
  return gate;
}

/** What lets files be dropped on the panel. */
export function dropsOn(
  gate: Gate
): Pick<React.HTMLAttributes<HTMLElement>, 'onDragOver' | 'onDragLeave' | 'onDrop'> & {
  'data-drop': string;
} {
  const mark = (event: React.DragEvent, isOver: boolean): void =>
    void event.currentTarget.classList.toggle('sp-mod-dropping', isOver);
  return {
    'data-drop': trans.__('Drop it to look at its blocks'),
    onDragOver: event => {
      if (event.dataTransfer.types.includes('Files')) {
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
        mark(event, true);
      }
    },
    onDragLeave: event => mark(event, false),
    onDrop: event => {
      mark(event, false);
      const [file, ...others] = [...event.dataTransfer.files];
      if (file) {
        event.preventDefault();
        event.stopPropagation();
        void gate.bring(file, others.length);
      }
    }
  };
}
