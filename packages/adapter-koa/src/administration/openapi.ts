import { z } from 'zod'
import type { Endpoint } from './endpoint.ts'

const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe('What happened and what to do, for a person.'),
  code: z.string().describe('The same for a program.'),
})

const refused = {
  description: 'Refused (RFC 9457).',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
}

/** The admin API as OpenAPI 3.1, from the very schemas that requests are checked with. */
export function openApi(endpoints: readonly Endpoint[], server: string): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const endpoint of endpoints) {
    const { path, method } = endpoint
    paths[path] = { ...paths[path], [method]: operation(endpoint) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Latchkey admin API',
      version: '1',
      description:
        'What owners, administrators and auditors of an organisation ask for. The organisation comes from the credential. Times are ISO 8601, UTC.',
    },
    servers: [{ url: server }],
    security: [{ apiToken: [] }, { session: [], csrf: [] }],
    paths,
    components: {
      schemas: { Problem: schemaOf(problem, 'output') },
      securitySchemes: {
        apiToken: { type: 'http', scheme: 'bearer', description: 'Made with `latchkey api-token create`.' },
        session: { type: 'apiKey', in: 'cookie', name: '__Host-latchkey-session' },
        csrf: { type: 'apiKey', in: 'header', name: 'X-CSRF-Token', description: 'With a session, for whatever changes something.' },
      },
    },
  }
}

function operation({ name, summary, least, params, query, body, answer, status, mediaTypes }: Endpoint): object {
  const parameters = [...parametersOf(params, 'path'), ...parametersOf(query, 'query')]
  return {
    operationId: name,
    summary,
    'x-least-role': least,
    description: `For ${least === 'owner' ? 'owners' : least === 'admin' ? 'administrators and owners' : 'auditors, administrators and owners'}.`,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: { required: true, content: json(schemaOf(body, 'input')) } } : {}),
    responses: {
      [status]: answer ? { description: 'Done.', content: contentOf(mediaTypes, schemaOf(answer, 'output')) } : { description: 'Done.' },
      default: refused,
    },
  }
}

function parametersOf(schema: z.ZodType, place: 'path' | 'query'): readonly object[] {
  const { properties = {}, required = [] } = schemaOf(schema, 'input')
  return Object.entries(properties).map(([name, one]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: one,
  }))
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output') {
  const { $schema: _dialect, ...described } = z.toJSONSchema(schema, { io })
  return described
}

/** Text of another type than JSON is described as text. */
function contentOf(mediaTypes: readonly string[], schema: object) {
  return Object.fromEntries(mediaTypes.map((type) => [type, { schema: type === 'application/json' ? schema : { type: 'string' } }]))
}

function json(schema: object) {
  return { 'application/json': { schema } }
}
