// Writes docs/reference and the providers' docs/guides from the code that the server runs. With --check it writes nothing, and fails where a page differs.
import { conformancePage, summary } from './conformance.mjs'
import { guidePages } from './guides.mjs'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'

const repository = new URL('../../', import.meta.url)
// Built code, found while running: this also works where nothing is built yet and only the tools look.
const built = (path) => import(new URL(path, repository).href)

const { settingsSchema } = await built('apps/server/dist/settings.js')
const { commonAttributes, limits, resourceTypes, rules, schemas } = await built('packages/scim/dist/index.js')
const domain = await built('packages/domain/dist/index.js')

const pages = {
  ...within('reference', {
    'configuration.md': configuration(),
    'scim-schemas.md': scimSchemas(),
    'provider-habits.md': providerHabits(),
    'limits.md': limitsPage(),
    'conformance.md': conformancePage({ page, table }),
  }),
  ...within('guides', guidePages({ page, table })),
}

const differing = Object.entries(pages).filter(([name, text]) => read(name) !== text)
const readme = new URL('README.md', repository)
const stated = readFileSync(readme, 'utf8')
const restated = stated.replace(/(<!-- conformance -->\n)[^\n]*\n/, (_, marker) => `${marker}${summary}\n`)
if (process.argv.includes('--check')) {
  if (stated !== restated || !stated.includes(summary)) {
    console.error('README.md states other counts than docs/reference/conformance.md; write it anew with: npx -y pnpm@12 run docs')
    process.exitCode = 1
  }
  for (const [name] of differing) console.error(`docs/${name} differs from the code; write it anew with: npx -y pnpm@12 run docs`)
  if (differing.length > 0) process.exitCode = 1
} else {
  for (const folder of ['reference', 'guides']) mkdirSync(new URL(`docs/${folder}/`, repository), { recursive: true })
  if (stated !== restated) writeFileSync(readme, restated)
  for (const [name, text] of differing) {
    writeFileSync(new URL(`docs/${name}`, repository), text)
    console.log(`docs/${name}`)
  }
}

function within(folder, named) {
  return Object.fromEntries(Object.entries(named).map(([name, text]) => [`${folder}/${name}`, text]))
}

function configuration() {
  const rows = Object.entries(settingsSchema.shape).map(([variable, schema]) => {
    const described = schema.description ?? missing(`a description of ${variable}`)
    // A default that depends on the machine or on other settings is told in words.
    const [, told] = / ?Default: (.*)\.$/.exec(described) ?? []
    const preset = schema.safeParse(undefined).data
    const standing = preset === undefined ? 'none' : code(preset)
    return [code(variable), told === undefined ? standing : prose(told), prose(described.replace(/ ?Default: .*$/, ''))]
  })
  return page(
    'Configuration',
    'apps/server/src/settings.ts',
    'Settings come from the environment. They are checked at the start, and everything that is wrong with them is named at once. An empty variable is as good as none.',
    table(['variable', 'default', 'what it is for'], rows),
  )
}

function scimSchemas() {
  const types = resourceTypes.map(({ name, endpoint, schema, extensions }) => [
    name,
    code(endpoint),
    code(schema.id),
    extensions.map((extension) => code(extension.schema.id)).join(', ') || 'none',
  ])
  return page(
    'SCIM schemas',
    'packages/scim/src/schema',
    'What `/ResourceTypes` and `/Schemas` answer (RFC 7643 §6, §7), to read. Texts are compared without regard to case unless they are case-exact. Suggested values are published and never enforced.',
    table(['resource type', 'endpoint', 'schema', 'extensions'], types),
    '## Common attributes',
    'Every resource has them (RFC 7643 §3.1).',
    attributes(commonAttributes),
    ...schemas.flatMap((schema) => [`## ${schema.name}`, code(schema.id), attributes(schema.attributes)]),
  )
}

function attributes(list) {
  const rows = list.flatMap((attribute) => [
    row(attribute.name, attribute),
    ...(attribute.subAttributes ?? []).map((part) => row(`${attribute.name}.${part.name}`, part)),
  ])
  return table(['attribute', 'type', 'characteristics', 'description'], rows)
}

function row(name, { type, multiValued, description, required, caseExact, mutability, returned, uniqueness, canonicalValues }) {
  const characteristics = [
    ...(required ? ['required'] : []),
    ...(mutability === 'readWrite' ? [] : [mutability]),
    ...(returned === 'default' ? [] : [`returned: ${returned}`]),
    ...(uniqueness === 'none' ? [] : ['unique in the organisation']),
    ...(caseExact ? ['case-exact'] : []),
  ].join(', ')
  const suggested = canonicalValues ? ` Suggested: ${canonicalValues.map(code).join(', ')}.` : ''
  return [code(name), multiValued ? `list of ${type}` : type, characteristics, prose(description) + suggested]
}

function providerHabits() {
  const sections = rules.flatMap(({ name, providers, sends, reads }) => [
    `## ${name}`,
    table(
      ['', ''],
      [
        ['sent by', prose(providers.join(', '))],
        ['what is sent', prose(sends)],
        ['what it is read as', prose(reads)],
      ],
    ),
  ])
  return page(
    "Providers' habits",
    'packages/scim/src/normaliser',
    'What identity providers send that RFC 7644 does not say, and what a token in tolerant mode reads it as. The rules are applied in this order. A token in strict mode applies none of them. Operators and names in any case need no rule: the RFCs allow them.',
    ...sections,
  )
}

function limitsPage() {
  const endpoint = {
    filterLengthInUrlMax: 'characters of a filter or path in a URL',
    filterLengthInBodyMax: 'characters of a filter or path in a body',
    filterDepthMax: 'nested parentheses, brackets and `not` in one filter',
    filterTermsMax: 'comparisons in one filter',
    bodyBytesMax: 'bytes of a body',
    groupBodyBytesMax: "bytes of a group's body",
    bulkBytesMax: 'bytes of a Bulk request',
    jsonDepthMax: 'nested objects and arrays in a body',
    jsonKeysMax: 'keys in a body; member lists are counted by members instead',
    patchOperationsMax: 'operations in one PATCH',
    membersMax: 'members that one operation or one group body names',
    bulkOperationsMax: 'operations in one Bulk request',
    pageSizeDefault: 'resources on a page, unless `count` says otherwise',
    pageSizeMax: 'resources on a page at most',
    cursorTimeoutSeconds: 'seconds for which a cursor can be continued',
  }
  const tokens = {
    scimTokensUsableMax: 'tokens of one organisation that are usable at once; successors do not count',
    scimTokenTtlDaysMax: "days of a token's life at most; 0 stands for never",
    scimTokenTtlDaysPreset: "days of a token's life, unless it is said otherwise",
    rotationOverlapHoursMax: 'hours for which a rotated token stays usable at most',
    rotationOverlapHoursPreset: 'hours for which a rotated token stays usable, unless it is said otherwise',
  }
  return page(
    'Limits',
    'packages/scim/src/limits.ts and packages/domain/src/scim-token.ts',
    'Whatever comes from outside has a limit. What `/ServiceProviderConfig` advertises is read from the same place. Requests per second are [a setting](configuration.md).',
    '## The SCIM endpoint',
    numbers(limits, endpoint, Object.keys(limits)),
    '## SCIM tokens',
    numbers(domain, tokens, Object.keys(tokens)),
  )
}

function numbers(values, meanings, names) {
  const rows = names.map((name) => {
    const value = values[name] ?? missing(`a value of ${name}`)
    return [code(name), value.toLocaleString('en-GB'), meanings[name] ?? missing(`the meaning of ${name}`)]
  })
  return table(['limit', 'value', 'of what'], rows)
}

function page(title, source, ...blocks) {
  return `${[`# ${title}`, `<!-- Written from ${source} by test/reference/write-reference.mjs; do not edit. -->`, ...blocks].join('\n\n')}\n`
}

function table(headings, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n')
}

function code(value) {
  return `\`${value}\``
}

/** Angle brackets would be read as HTML, but for those within code. */
function prose(text) {
  return text
    .split('`')
    .map((part, index) => (index % 2 === 0 ? part.replaceAll('<', '\\<') : part))
    .join('`')
}

function read(name) {
  try {
    return readFileSync(new URL(`docs/${name}`, repository), 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

function missing(what) {
  throw new Error(`The reference needs ${what}.`)
}
