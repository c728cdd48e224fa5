/** Draws what code showed, by JupyterLab's own renderers: never trusted, so sanitized. */
import { MimeModel, type IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import * as React from 'react';
import { trans } from '../../ui/words';

interface BundleProps {
  rendermime: IRenderMimeRegistry;
  data: Record<string, string>;
  /** What a picture is called where it cannot be seen. */
  label: string;
}

/** The richest of its types that can be drawn safely. */
export const Bundle = React.memo(function Bundle(props: BundleProps): JSX.Element {
  const { rendermime, data, label } = props;
  const host = React.useRef<HTMLDivElement>(null);
  const held = React.useRef<{ mime: string; renderer: IRenderMime.IRenderer } | null>(null);
  const mime = rendermime.preferredMimeType(data as never, 'ensure') ?? '';
  React.useLayoutEffect(() => {
    if (!mime) {
      return;
    }
    const renderer = rendermime.createRenderer(mime);
    held.current = { mime, renderer };
    if (host.current) {
      Widget.attach(renderer, host.current);
    }
    return () => {
      held.current = null;
      renderer.dispose();
    };
  }, [rendermime, mime]);
  React.useLayoutEffect(() => {
    const model = new MimeModel({ data: data as never, trusted: false });
    void held.current?.renderer.renderModel(model).then(() => {
      host.current?.querySelectorAll('img:not([alt])').forEach(image => image.setAttribute('alt', label));
    });
  }, [rendermime, mime, data, label]);
  if (!mime) {
    return (
      <div className="sp-Quiet">
        {trans.__('An output of type %1, which JupyterLab cannot draw.', Object.keys(data).join(', '))}
      </div>
    );
  }
  return <div ref={host} className="sp-Bundle" data-mime={mime} />;
});
