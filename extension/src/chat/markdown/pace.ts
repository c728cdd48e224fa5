/**
 * Redraws at once where nothing was drawn lately, else at most once a frame, and never before as
 * long as the last redraw took has passed. Pure.
 */

const QUIET_MS = 700;

export class Pace {
  private _next: (() => Promise<void> | void) | null = null;
  private _isBusy = false;
  private _isDrawing = false;
  private _isEnded = false;
  private _quiet: ReturnType<typeof setTimeout> | undefined;

  /** Whether what was last to be drawn is on its way and not there. */
  get isBehind(): boolean {
    return this._isDrawing || this._next !== null;
  }

  /** Draw soon; where another drawing waits already it is replaced. */
  draw(draw: () => Promise<void> | void): void {
    clearTimeout(this._quiet);
    this._next = draw;
    if (!this._isBusy) {
      this._isBusy = true;
      void this._run();
    }
  }

  /** Draw once nothing has been asked for a moment. */
  drawInQuiet(draw: () => Promise<void> | void): void {
    clearTimeout(this._quiet);
    this._quiet = setTimeout(() => this.draw(draw), QUIET_MS);
  }

  /** Draw nothing more. */
  end(): void {
    clearTimeout(this._quiet);
    this._isEnded = true;
  }

  private async _run(): Promise<void> {
    while (this._next && !this._isEnded) {
      const draw: (() => Promise<void> | void) | null = this._next;
      this._next = null;
      if (!draw || this._isEnded) {
        break;
      }
      const began = performance.now();
      this._isDrawing = true;
      try {
        await draw();
      } catch (error) {
        console.error('A part of an answer could not be drawn.', error);
      }
      this._isDrawing = false;
      const took = performance.now() - began;
      if (took > 4) {
        await new Promise(resolve => setTimeout(resolve, took));
      }
      await frame();
    }
    this._isBusy = false;
  }
}

/** When what was changed now is on the screen; a tab in the background does not wait for that. */
export async function painted(): Promise<void> {
  if (typeof requestAnimationFrame === 'function') {
    await frame();
    await new Promise(resolve => setTimeout(resolve));
  }
}

/** The next frame; a tab in the background has none, so a moment at the latest. */
function frame(): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(go, 100);
    const request = requestAnimationFrame(go);
    function go(): void {
      clearTimeout(timer);
      cancelAnimationFrame(request);
      resolve();
    }
  });
}
