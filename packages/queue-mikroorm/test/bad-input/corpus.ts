/** Text that breaks programs which paste it into SQL, paths, formats or logs. */
export const hostileTexts: readonly string[] = [
  "'; drop table job; --",
  '" or 1=1 --',
  "\\'; select pg_sleep(10); --",
  '$1',
  '$$; delete from job; $$',
  '?',
  '??',
  ':name',
  '%',
  '_%_',
  '{"$ne":null}',
  '[1,2]',
  'null',
  'undefined',
  'NaN',
  '-1',
  '1e400',
  '12345678901234567890',
  '__proto__',
  'constructor',
  'a\nb\rc\td',
  '\u001b[31mred\u001b[0m',
  '<script>alert(1)</script>',
  '../../etc/passwd',
  'Ä ö ü ß 漢字 😀 ‮rtl‬',
  'x'.repeat(10_000),
  '\u0001\u0002\u007f\u0085\u2028\u2029\ufeff\uffff',
]

/** Not names: everything hostile that is not accidentally a plain word, and shapes that are no text at all. */
export const badNames: readonly unknown[] = [
  ...hostileTexts.filter((text) => !/^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,62}$/.test(text)),
  '',
  ' ',
  'a b',
  '-a',
  'x'.repeat(64),
  'ａ', // full-width
  'раypal', // Cyrillic
  null,
  7,
  true,
  {},
  [],
  ['default'],
  { toString: () => 'default' },
  () => 'default',
  Object('default'), // a boxed string
]
