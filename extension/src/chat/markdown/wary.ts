/**
 * JupyterLab's renderers for text that a model wrote: it is shown, and it can do nothing else.
 *
 * JupyterLab's own sanitizer keeps scripts out. It leaves what a model could mislead or leak with:
 * pictures (whose address carries data, or is `/logout`), controls, commands, styles and classes
 * that lay a false button over a true one. Of those nothing is left here.
 */
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { trans } from '../../ui/words';

/** Elements that go with everything in them, or that load or send something. */
const GONE =
  'audio, base, button, embed, form, frame, iframe, input:not([type=checkbox]), link, map, meta, ' +
  'object, script, select, source, style, svg, template, textarea, track, video';
const KEPT = new Set([
  'align', 'alt', 'aria-hidden', 'aria-label', 'checked', 'class', 'colspan', 'dir', 'disabled',
  'href', 'lang', 'open', 'rel', 'reversed', 'role', 'rowspan', 'scope', 'span', 'src', 'start',
  'target', 'title', 'type', 'valign'
]);
/** Classes that colour code. */
const COLOURS = /^(?:cm-|tok-|language-|ͼ)/;

export function wary(rendermime: IRenderMimeRegistry): IRenderMimeRegistry {
  const { sanitizer } = rendermime;
  return rendermime.clone({
    sanitizer: {
      allowNamedProperties: false,
      getAutolink: () => sanitizer.getAutolink?.() ?? true,
      sanitize: (dirty: string, options?: IRenderMime.ISanitizerOptions) =>
        harmless(sanitizer.sanitize(dirty, options))
    }
  });
}

/** HTML in which nothing loads, sends, covers, or answers to a click but links to other places. */
function harmless(html: string): string {
  const template = document.createElement('template');
  template.innerHTML = html;
  const { content } = template;
  content.querySelectorAll(GONE).forEach(element => element.remove());
  content.querySelectorAll('img').forEach(image => disarm(image));
  content.querySelectorAll<HTMLInputElement>('input').forEach(box => box.setAttribute('disabled', ''));
  for (const element of content.querySelectorAll('*')) {
    for (const { name, value } of [...element.attributes]) {
      if (!KEPT.has(name)) {
        element.removeAttribute(name);
      } else if (name === 'class') {
        element.className = value.split(/\s+/).filter(word => COLOURS.test(word)).join(' ');
      }
    }
  }
  content.querySelectorAll('a').forEach(link => lead(link));
  return template.innerHTML;
}

/** A picture stays where it carries its own bytes; of another one its words and address stay. */
function disarm(image: HTMLImageElement): void {
  const source = image.getAttribute('src') ?? '';
  if (/^data:image\/(?:png|jpeg|gif|webp|avif);/i.test(source)) {
    return;
  }
  const note = document.createElement('em');
  const words = image.getAttribute('alt') || source;
  note.textContent = trans.__('Picture not loaded: %1', words.length > 200 ? `${words.slice(0, 199)}…` : words);
  note.title = source.slice(0, 500);
  image.replaceWith(note);
}

/** A link leads to another site in another tab, or nowhere. */
function lead(link: HTMLAnchorElement): void {
  const address = link.getAttribute('href') ?? '';
  if (!/^(?:https?:\/\/|mailto:)/i.test(address)) {
    link.removeAttribute('href');
    return;
  }
  link.setAttribute('rel', 'noopener noreferrer nofollow');
  link.setAttribute('target', '_blank');
  link.title = address.slice(0, 500);
}
