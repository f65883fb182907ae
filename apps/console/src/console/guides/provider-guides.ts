/** A value that an administrator carries over to the provider, as it is here. */
export interface OurValues {
  readonly scimUrl: string
}

/** One field to fill in on the provider's side. */
export interface GuideField {
  /** As it is called there. */
  readonly name: string
  /** What goes in: a text of ours, the SCIM token, or what to choose. */
  readonly value:
    | { readonly kind: 'text'; of(ours: OurValues): string }
    | { readonly kind: 'token' }
    | { readonly kind: 'choice'; readonly text: string }
}

/** A place on the provider's side, and what to do there. */
export interface GuideStep {
  readonly where: string
  readonly todo: string
  readonly fields: readonly GuideField[]
  /** Attribute there, attribute here. */
  readonly mappings?: readonly (readonly [string, string])[]
}

export interface ProviderGuide {
  readonly id: 'microsoft-entra-id' | 'okta' | 'jumpcloud' | 'pingone'
  readonly name: string
  readonly steps: readonly GuideStep[]
  /** What to know of this provider when something does not work, or takes its time. */
  readonly notes: readonly string[]
}

const text = (of: (ours: OurValues) => string): GuideField['value'] => ({ kind: 'text', of })
const exactly = (value: string) => text(() => value)
const choose = (what: string): GuideField['value'] => ({ kind: 'choice', text: what })
const token: GuideField['value'] = { kind: 'token' }
const scimUrl = text((ours) => ours.scimUrl)

/** The set-up of each provider, field by field. The console shows it with our values, and docs/guides is written from it. */
export const providerGuides: readonly ProviderGuide[] = [
  {
    id: 'microsoft-entra-id',
    name: 'Microsoft Entra ID',
    steps: [
      {
        where: 'Enterprise application → Users and groups',
        todo: 'Assign the people and groups who shall have an account.',
        fields: [],
      },
      {
        where: 'Provisioning → Overview → Get started',
        todo: 'Fill in the connection, press Test Connection, then Save.',
        fields: [
          { name: 'Provisioning Mode', value: choose('Automatic') },
          { name: 'Tenant URL', value: text((ours) => `${ours.scimUrl}?aadOptscim062020`) },
          { name: 'Secret Token', value: token },
        ],
      },
      {
        where: 'Provisioning → Mappings → Provision Microsoft Entra ID Users',
        todo: 'Keep these mappings and remove the others, or keep those too: what Latchkey does not know it leaves out.',
        fields: [],
        mappings: [
          ['userPrincipalName', 'userName'],
          ['Switch([IsSoftDeleted], , "False", "True", "True", "False")', 'active'],
          ['displayName', 'displayName'],
          ['mail', 'emails[type eq "work"].value'],
          ['givenName', 'name.givenName'],
          ['surname', 'name.familyName'],
          ['objectId', 'externalId'],
          ['jobTitle', 'title'],
          ['department', 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department'],
          ['manager', 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager'],
        ],
      },
      {
        where: 'Provisioning → Mappings → Provision Microsoft Entra ID Groups',
        todo: 'Keep these.',
        fields: [],
        mappings: [
          ['displayName', 'displayName'],
          ['objectId', 'externalId'],
          ['members', 'members'],
        ],
      },
      {
        where: 'Provisioning → Overview',
        todo: 'Press Start provisioning, or set Provisioning Status to On. To see one person at once, use Provision on demand.',
        fields: [],
      },
    ],
    notes: [
      'Entra works in cycles of about 40 minutes; Provision on demand does not wait.',
      '?aadOptscim062020 asks Entra for its dialect that keeps to the RFC. Without it everything works too.',
    ],
  },
  {
    id: 'okta',
    name: 'Okta',
    steps: [
      {
        where: 'Application → General → App Settings → Edit',
        todo: 'Enable SCIM provisioning, and save.',
        fields: [{ name: 'Provisioning', value: choose('Enable SCIM provisioning') }],
      },
      {
        where: 'Application → Provisioning → Integration → Edit',
        todo: 'Fill in the connection, press Test Connector Configuration, then Save.',
        fields: [
          { name: 'SCIM connector base URL', value: scimUrl },
          { name: 'Unique identifier field for users', value: exactly('email') },
          { name: 'Supported provisioning actions', value: choose('Push New Users, Push Profile Updates, Push Groups') },
          { name: 'Authentication Mode', value: choose('HTTP Header') },
          { name: 'HTTP Header: Authorization: Bearer', value: token },
        ],
      },
      {
        where: 'Application → Provisioning → To App → Edit',
        todo: 'Enable all three, and save.',
        fields: [
          { name: 'Create Users', value: choose('Enable') },
          { name: 'Update User Attributes', value: choose('Enable') },
          { name: 'Deactivate Users', value: choose('Enable') },
        ],
      },
      {
        where: 'Application → Assignments, then Push Groups',
        todo: 'Assign people. Under Push Groups choose the groups that shall be here as well.',
        fields: [],
      },
    ],
    notes: [
      'Okta never deletes people: whom you remove from the application is deactivated here.',
      'A group that is pushed must also be assigned, or its members are not here yet when it comes.',
    ],
  },
  {
    id: 'jumpcloud',
    name: 'JumpCloud',
    steps: [
      {
        where: 'Application → Identity Management → Configuration settings',
        todo: 'Fill in the connection and press Test Connection: it creates and deletes a real user and a real group. Then press Activate.',
        fields: [
          { name: 'API Type', value: choose('SCIM API') },
          { name: 'SCIM Version', value: choose('SCIM 2.0') },
          { name: 'Base URL', value: scimUrl },
          { name: 'Token Key', value: token },
          { name: 'Test User Email', value: choose('an address of your domain that nobody uses') },
          { name: 'HTTP Header: Authorization: Bearer', value: token },
        ],
      },
      {
        where: 'Application → User Groups',
        todo: 'Choose the groups whose members shall have an account, and turn on the management of groups.',
        fields: [],
      },
    ],
    notes: ['The test user is deleted at once; it stays in the audit trail here, and under deleted members for 30 days.'],
  },
  {
    id: 'pingone',
    name: 'PingOne',
    steps: [
      {
        where: 'Directory → Users',
        todo: 'Add the people and groups who shall have an account.',
        fields: [],
      },
      {
        where: 'Integrations → Provisioning → + → New Connection → Identity Store → SCIM Outbound',
        todo: 'Name the connection, fill it in, and press Test Connection: it says Connection Successful.',
        fields: [
          { name: 'SCIM BASE URL', value: scimUrl },
          { name: 'Users Resource', value: exactly('/Users') },
          { name: 'Groups Resource', value: exactly('/Groups') },
          { name: 'SCIM Version', value: choose('2.0') },
          { name: 'Authentication Method', value: choose('OAuth 2 Bearer Token') },
          { name: 'OAuth Access Token', value: token },
          { name: 'Auth Type Header', value: choose('Bearer') },
        ],
      },
      {
        where: 'The connection → Preferences',
        todo: 'Fill these in, and save.',
        fields: [
          { name: 'User Filter Expression', value: exactly('email.value Eq "%s"') },
          { name: 'User Identifier', value: exactly('workEmail') },
          { name: 'Deprovision on Rule Deletion', value: choose('Enable') },
        ],
      },
      {
        where: 'Integrations → Provisioning → Rules → New Rule',
        todo: 'Enable the connection, choose it in the rule, set the user filter (for example enabled users), add groups under Group Provisioning, and enable the rule.',
        fields: [],
      },
    ],
    notes: ['Nothing happens until both the connection and the rule are enabled.'],
  },
]
