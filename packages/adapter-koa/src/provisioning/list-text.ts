import { type JsonObject, listResponse } from '@latchkey/scim'

/** The JSON of a page whose resources are JSON already. */
export function listText(page: Omit<Parameters<typeof listResponse>[0], 'resources'> & { readonly resources: readonly string[] }): string {
  const placeholder: JsonObject = {}
  const { Resources: _resources, ...frame } = listResponse({ ...page, resources: page.resources.map(() => placeholder) })
  return `${JSON.stringify(frame).slice(0, -1)},"Resources":[${page.resources.join(',')}]}`
}
