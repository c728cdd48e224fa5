/** Holds the folder that keeps the library as files, and what git does there. No React. */
import { ISignal, Signal } from '@lumino/signaling';
import type { FolderConflict, FolderPlan, FolderState, GitDone, Side } from '../../api/schema';
import type { ISponde } from '../../api/tokens';

type GitDeed = 'pull' | 'push' | 'abort';

export class FilesOfLibrary {
  readonly changed: ISignal<this, void>;
  state: FolderState | null = null;
  plan: FolderPlan | null = null;
  /** What is being done, as a word for the screen; empty where nothing is. */
  doing = '';
  /** What came of it, in a sentence. */
  said = '';
  error: unknown = null;

  private readonly _changed = new Signal<this, void>(this);
  private _isShown = false;

  constructor(private readonly _sponde: ISponde) {
    this.changed = this._changed;
    const again = (): void => void (this._isShown && !this.doing && this._fetch());
    _sponde.feed.on('FolderChanged', again);
    _sponde.feed.reset.connect(again);
    // A person who comes back may have changed files elsewhere.
    window.addEventListener('focus', () => void (this._isShown && this.state?.path && this.look()));
  }

  /** Whether it is on the screen: what is not seen is not asked for. */
  set isShown(isShown: boolean) {
    this._isShown = isShown;
  }

  /** Compare both sides now. */
  look(): Promise<void> {
    return this._do('', async () => {
      this.state = await this._sponde.api.call('POST /library-folder/look');
    });
  }

  /** Say what would happen if a folder were set. */
  async ask(path: string): Promise<void> {
    await this._do('', async () => {
      this.plan = await this._sponde.api.call('POST /library-folder/plan', { body: { path } });
    });
  }

  forgetPlan(): void {
    this.plan = null;
    this.error = null;
    this._changed.emit();
  }

  set(path: string): Promise<void> {
    return this._do('set', async () => {
      this.state = await this._sponde.api.call('PUT /library-folder', { body: { path } });
      this.plan = null;
    });
  }

  leave(): Promise<void> {
    return this._do('leave', async () => {
      this.state = await this._sponde.api.call('DELETE /library-folder');
    });
  }

  resolve(conflict: FolderConflict, side: Side, text = ''): Promise<void> {
    return this._do('resolve', async () => {
      const body = { path: conflict.path, side, text };
      this.state = await this._sponde.api.call('POST /library-folder/resolve', { body });
    });
  }

  beginGit(): Promise<void> {
    return this._git('git', () => this._sponde.api.call('POST /library-folder/git'));
  }

  setRemote(url: string): Promise<void> {
    return this._git('remote', () =>
      this._sponde.api.call('PUT /library-folder/git/remote', { body: { url } })
    );
  }

  commit(message: string): Promise<void> {
    return this._git('commit', () =>
      this._sponde.api.call('POST /library-folder/git/commit', { body: { message } })
    );
  }

  run(deed: GitDeed): Promise<void> {
    return this._git(deed, () => {
      switch (deed) {
        case 'pull':
          return this._sponde.api.call('POST /library-folder/git/pull');
        case 'push':
          return this._sponde.api.call('POST /library-folder/git/push');
        default:
          return this._sponde.api.call('POST /library-folder/git/abort');
      }
    });
  }

  // -- inside --------------------------------------------------------------------------------

  private _git(doing: string, work: () => Promise<GitDone>): Promise<void> {
    return this._do(doing, async () => {
      const done = await work();
      this.state = done.state;
      this.said = done.said;
    });
  }

  private _fetch(): Promise<void> {
    return this._do('', async () => {
      this.state = await this._sponde.api.call('GET /library-folder');
    });
  }

  private async _do(doing: string, work: () => Promise<void>): Promise<void> {
    this.doing = doing;
    this.said = doing ? '' : this.said;
    this._changed.emit();
    try {
      await work();
      this.error = null;
    } catch (error) {
      this.error = error;
    }
    this.doing = '';
    this._changed.emit();
  }
}
