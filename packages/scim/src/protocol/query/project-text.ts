import { isArray, isObject, type Json } from '../../json.ts'
import type { ResourceType } from '../../schema/schema.ts'
import { type Projection, project } from './projection.ts'

/**
 * What a projection leaves of the elements of a multi-valued attribute, where they are text: JSON with commas between. Elements that it leaves as they are are
 * not looked at.
 */
export function elementProjection(type: ResourceType, projection: Projection, name: string): (elements: string) => string {
  const projected = (elements: readonly Json[]) => project(type, projection, { [name]: elements })[name]
  const sample: readonly Json[] = [{}]
  if (projected(sample) === sample) return (elements) => elements
  return (elements) => {
    const kept = projected(JSON.parse(`[${elements}]`) as readonly Json[])
    return isArray(kept)
      ? kept
          .filter(isObject)
          .map((element) => JSON.stringify(element))
          .join(',')
      : ''
  }
}
