/** Code in the colours of JupyterLab's theme, line by line. */
import { languageOf, type CodeMeans } from './CodeText';
import { linesOf, type Piece } from './letters';

/** Colour a text and give its lines. */
export async function colouredLines(
  means: CodeMeans,
  code: string,
  language: string
): Promise<Piece[][]> {
  const drawn = document.createElement('code');
  await means.languages.highlight(code, languageOf(means, language), drawn);
  return linesOf(
    [...drawn.childNodes].map(node => ({
      text: node.textContent ?? '',
      className: node instanceof Element ? node.className : ''
    }))
  );
}
