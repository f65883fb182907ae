import { Page } from '../../design/page.tsx'
import { useConsole } from '../console-context.ts'
import { ActivityList } from '../provisioning/activity-list.tsx'
import { GuidedSetUp } from '../provisioning/guided-set-up.tsx'
import { ProvisioningSwitch } from '../provisioning/provisioning-switch.tsx'
import { RoleMappings } from '../provisioning/role-mappings.tsx'
import { SsoTabs } from '../parts/sso-tabs.tsx'
import { Tokens } from '../provisioning/tokens.tsx'

/** The Provisioning tab of the Single Sign-On (SSO) page: everything between an identity provider and this organisation. */
export function Provisioning() {
  const { me } = useConsole()
  return (
    <Page title="Single Sign-On (SSO)">
      <SsoTabs />
      <ProvisioningSwitch />
      <Tokens />
      <GuidedSetUp scimUrl={me.organization.scimUrl} />
      <RoleMappings />
      <ActivityList />
    </Page>
  )
}
