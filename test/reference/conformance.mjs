// The page that says, row by row of the checklist, what this server does. The tests beside the rows hold it to that.
import { readFileSync } from 'node:fs'

const read = (name) => JSON.parse(readFileSync(new URL(`../conformance/rfc/${name}`, import.meta.url), 'utf8'))
const sections = read('rows.json')
const decisions = read('decisions.json')
const rows = sections.flatMap((section) => section.rows)

const decided = rows.filter(({ decision }) => decision !== undefined).length
const notOffered = rows.filter((row) => row.notOffered !== undefined).length

/** What the README states, so that it cannot say anything else than the page. */
export const summary = `${rows.length} requirements of RFC 7643, 7644 and 9865: ${rows.length - decided - notOffered} hold as they are written, ${decided} hold by a decision that is written down, and ${notOffered === 0 ? 'none' : notOffered} of them is not offered.`

export function conformancePage({ page, table }) {
  return page(
    'Conformance',
    'test/conformance/rfc',
    `${summary} Every row has a test of its number against the running server on PostgreSQL: \`R-41\` is tested by \`row(41, …)\` in the file of its section.`,
    'A row **holds** as it is written, or holds **by** the decision named beside it: where the RFCs leave a choice, contradict one another or contradict what the product promises. *Strict* and *tolerant* are the modes of a token; rows that name neither hold in both. What each mode makes of the habits of providers (P) is tested beside the rows, in `test/conformance/annex-2-modes.test.ts`, and where the RFCs contradict themselves (D) in `annex-3-decisions.test.ts`.',
    ...sections.flatMap(({ letter, title, rows: own }) => [
      `## ${letter}. ${title}`,
      table(['#', 'level', 'source', 'situation', 'expected', 'here'], own.map(line)),
    ]),
    '## Decisions',
    'Numbers with D and P are those of the checklist up to D-20 and P-20; later ones are ours. X-1 is a rule of an end-to-end encrypted service.',
    table(['decision', 'what this server does'], Object.entries(decisions)),
  )
}

function line({ number, level, source, situation, expected, decision, notOffered: status }) {
  const here = status === undefined ? (decision === undefined ? 'holds' : `holds by ${decision}`) : `not offered: ${status}`
  return [`R-${number}`, level, source, text(situation), text(expected), here]
}

/** Angle brackets and braces would be read as markup, but for those within code. */
function text(words) {
  return words
    .split('`')
    .map((part, index) => (index % 2 === 0 ? part.replaceAll('<', '\\<').replaceAll('{', '\\{') : part))
    .join('`')
}
