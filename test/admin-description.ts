import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Answer } from './scim-client.ts'

/** Something that can be asked of the admin API. */
export interface Operation {
  readonly method: string
  /** With `{id}` for what varies. */
  readonly path: string
  readonly operationId: string
  readonly least: 'member' | 'auditor' | 'admin' | 'owner'
  readonly hasBody: boolean
  /** Names of query parameters that take the id of something. */
  readonly idParameters: readonly string[]
}

/** The admin API's own word on itself, `/api/v1/openapi.json`. */
export interface AdminDescription {
  readonly document: Record<string, unknown>
  readonly operations: readonly Operation[]
  /** What is wrong with an answer; empty where it is as described. */
  readonly faults: (method: string, path: string, answer: Answer) => string
}

interface DescribedOperation {
  readonly operationId: string
  readonly 'x-least-role': Operation['least']
  readonly requestBody?: object
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly schema: { readonly format?: string } }[]
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>>
}

interface OpenApiDocument extends Record<string, unknown> {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>
  readonly components: { readonly schemas: { readonly Problem: object } }
}

const read = new Map<string, Promise<AdminDescription>>()

export function adminDescription(url: string): Promise<AdminDescription> {
  const description = read.get(url) ?? describe(url)
  read.set(url, description)
  return description
}

async function describe(url: string): Promise<AdminDescription> {
  const document: OpenApiDocument = await (await fetch(`${url}/api/v1/openapi.json`)).json()
  const ajv = new Ajv2020({ strict: false })
  addFormats.default(ajv)
  const isProblem = ajv.compile(document.components.schemas.Problem)
  const validators = new Map<object, ValidateFunction>()
  const validatorOf = (schema: object) => {
    const validator = validators.get(schema) ?? ajv.compile(schema)
    validators.set(schema, validator)
    return validator
  }
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )
  return {
    document,
    operations: all.map(({ path, method, operation }) => ({
      path,
      method,
      operationId: operation.operationId,
      least: operation['x-least-role'],
      hasBody: operation.requestBody !== undefined,
      idParameters: (operation.parameters ?? []).flatMap((one) => (one.in === 'query' && one.schema.format === 'uuid' ? [one.name] : [])),
    })),
    faults(asked, address, { status, headers, body }) {
      const [type = ''] = (headers.get('Content-Type') ?? '').split(';')
      if (status >= 400)
        return type === 'application/problem+json' && isProblem(body) ? '' : `no problem: ${ajv.errorsText(isProblem.errors)}`
      const [pathname = ''] = address.split('?')
      if (pathname === '/openapi.json') return ''
      const found = all.find(({ path, method }) => method === asked && patternOf(path).test(pathname))
      const response = found?.operation.responses[status]
      if (!response) return 'no such answer is described'
      if (!response.content) return body === undefined ? '' : 'no body is described'
      const schema = response.content[type]?.schema
      if (!schema) return `no ${type} is described`
      const validate = validatorOf(schema)
      return validate(body) ? '' : ajv.errorsText(validate.errors)
    },
  }
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`)
}
