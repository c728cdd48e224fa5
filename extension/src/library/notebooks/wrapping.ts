/** A block's code as a cell of a kernel runs it, and back. Pure. */
import { trans } from '../../ui/words';

/** What a Python kernel runs for us in other languages. */
const CELL_MAGICS: Record<string, string> = {
  bash: 'bash',
  html: 'html',
  javascript: 'javascript',
  latex: 'latex',
  perl: 'perl',
  ruby: 'ruby'
};
/** Languages of programs: where the kernel's is another one, nothing good comes of them. */
const PROGRAMS = new Set(['python', 'r', 'julia', 'rust', 'scala', 'java', 'typescript', 'c', 'c++', 'go']);
const SQL = /^import (?:sponde\n\nsponde\.dataset\("(?:[^"\\]|\\.)*"\)|duckdb\n\nduckdb)\.sql\(r?("""|''')\n([^]*?)\n\1\)(?:\.df\(\))?\s*$/;

/** Code as a cell of this kernel runs it: a Python kernel needs help for other languages. */
export function cellText(
  code: string,
  language: string,
  kernelLanguage: string,
  tables: readonly string[] = []
): string {
  if (kernelLanguage !== 'python' || /^\s*[%!]/.test(code)) {
    return code;
  }
  if (language === 'sql') {
    return sqlText(code, tables);
  }
  const magic = CELL_MAGICS[language];
  return magic ? `%%${magic}\n${code}` : code;
}

/** The code that `cellText` made a cell of. */
export function blockText(source: string, language: string): string {
  if (language === 'sql') {
    return SQL.exec(source)?.[2] ?? source;
  }
  const magic = CELL_MAGICS[language];
  const line = `%%${magic}\n`;
  return magic && source.startsWith(line) ? source.slice(line.length) : source;
}

/** Why a kernel cannot run this; empty where it can. */
export function cannotRun(code: string, language: string, kernelLanguage: string): string {
  const kernel = kernelLanguage.toLowerCase();
  const isForeign =
    PROGRAMS.has(language) && language !== kernel && !(kernel === 'python' && /^\s*[%!]/.test(code));
  const isMagic = kernel !== 'python' && (language in CELL_MAGICS || language === 'sql');
  if (!isForeign && !(isMagic && language !== kernel)) {
    return '';
  }
  return trans.__(
    'This code is %1, and this notebook’s kernel runs %2. Copy it, or open a notebook whose kernel runs %1.',
    word(language),
    word(kernel)
  );
}

function word(language: string): string {
  return language === 'sql' ? 'SQL' : language.charAt(0).toUpperCase() + language.slice(1);
}

function sqlText(code: string, tables: readonly string[]): string {
  const quotes = code.includes('"""') || code.endsWith('"') ? "'''" : '"""';
  const text = `${code.includes('\\') ? 'r' : ''}${quotes}\n${code}\n${quotes}`;
  if (!tables.length) {
    return `import duckdb\n\nduckdb.sql(${text}).df()`;
  }
  const name = tables[0].replace(/[\\"]/g, '\\$&');
  return `import sponde\n\nsponde.dataset("${name}").sql(${text})`;
}
