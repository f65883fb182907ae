/** Who may import whom (docs/decisions/0001). The same table is held by test/architecture.test.ts against each package.json. */
const inside = (name) => `^(packages|apps)/${name}/`
const only = (name, ...others) => ({
  name: `${name}-imports-only-what-it-may`,
  severity: 'error',
  from: { path: inside(name), pathNot: '\\.test\\.ts$|test-support' },
  to: { path: '^(packages|apps)/', pathNot: [name, ...others].map((other) => inside(other)).join('|') },
})

export default {
  forbidden: [
    only('domain'),
    only('scim'),
    only('application', 'domain', 'scim'),
    only('adapter-koa', 'application', 'domain', 'scim'),
    only('adapter-knex', 'application', 'domain', 'scim'),
    only('adapter-email', 'application', 'domain'),
    only('adapter-memory', 'application', 'domain', 'scim'),
    only('adapter-sso', 'application', 'domain'),
    only('embedded-postgres'),
    only('client-crypto'),
    only('console', 'client-crypto', 'domain'),
    { name: 'console-stands-alone', severity: 'error', from: { pathNot: inside('console') }, to: { path: inside('console') } },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    {
      name: 'inversify-only-in-the-composition-root',
      severity: 'error',
      from: { pathNot: '^apps/server/' },
      to: { path: 'node_modules/(inversify|reflect-metadata)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Its swc cannot be told of JSX; what components import is held by their package.json and by test/architecture.test.ts.
    exclude: { path: 'dist/|\\.tsx$' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['@latchkey/source', 'import', 'node', 'default'] },
  },
}
