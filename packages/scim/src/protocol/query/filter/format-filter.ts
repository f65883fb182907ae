import type { AttributePath, Filter } from './filter.ts'

/** A filter as text. Reading it again gives the same filter, positions aside. */
export function formatFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.filters
        .map((inner) => (inner.kind === 'and' || inner.kind === 'or' ? `(${formatFilter(inner)})` : formatFilter(inner)))
        .join(` ${filter.kind} `)
    case 'not':
      return `not (${formatFilter(filter.filter)})`
    case 'present':
      return `${formatPath(filter.path)} pr`
    case 'comparison':
      return `${formatPath(filter.path)} ${filter.operator} ${JSON.stringify(filter.value)}`
    case 'element':
      return `${formatPath(filter.path)}[${formatFilter(filter.filter)}]`
  }
}

export function formatPath({ schema, name, subName }: Omit<AttributePath, 'position'>): string {
  return `${schema === null ? '' : `${schema}:`}${name}${subName === null ? '' : `.${subName}`}`
}
