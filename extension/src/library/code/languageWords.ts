/** The words of languages that an editor offers; fetched when a person first asks. Pure. */

const PYTHON =
  'and as assert async await break case class continue def del elif else except False finally for ' +
  'from global if import in is lambda match None nonlocal not or pass raise return True try while ' +
  'with yield enumerate filter isinstance len list dict map max min open print range reversed ' +
  'round set sorted str sum tuple zip int float bool';
const SQL =
  'SELECT FROM WHERE GROUP BY ORDER HAVING LIMIT OFFSET JOIN LEFT RIGHT INNER OUTER FULL CROSS ON ' +
  'USING AS AND OR NOT IN IS NULL LIKE BETWEEN CASE WHEN THEN ELSE END DISTINCT UNION ALL WITH ' +
  'INSERT INTO VALUES UPDATE SET DELETE CREATE TABLE VIEW DROP ALTER COUNT SUM AVG MIN MAX COALESCE ' +
  'CAST OVER PARTITION DESC ASC EXISTS';
const R =
  'function if else for while repeat break next return TRUE FALSE NULL NA library data.frame c list ' +
  'lapply sapply apply mean sum paste print';
const JAVASCRIPT =
  'async await break case catch class const continue default delete do else export extends finally ' +
  'for from function if import in instanceof let new null of return static super switch this throw ' +
  'true false try typeof undefined var void while yield';

/** The words that begin so; of SQL in the case in which a person writes. */
export function wordsOf(mimeType: string, begun: string): string[] {
  const text = /python/.test(mimeType)
    ? PYTHON
    : /sql/.test(mimeType)
      ? SQL
      : /rsrc/.test(mimeType)
        ? R
        : /javascript|typescript/.test(mimeType)
          ? JAVASCRIPT
          : '';
  const isLower = begun !== '' && begun === begun.toLowerCase();
  return text
    .split(' ')
    .map(word => (text === SQL && isLower ? word.toLowerCase() : word))
    .filter(word => word && word !== begun && word.startsWith(begun));
}
