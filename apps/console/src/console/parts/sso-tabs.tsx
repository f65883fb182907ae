import { Link, useLocation } from 'wouter'

const tabs = [
  ['/console/single-sign-on', 'General'],
  ['/console/single-sign-on/provisioning', 'Provisioning'],
] as const

/** The parts of the Single Sign-On (SSO) page. */
export function SsoTabs() {
  const [location] = useLocation()
  return (
    <nav aria-label="Single Sign-On (SSO)" className="tabs">
      <ul>
        {tabs.map(([path, name]) => (
          <li key={path}>
            <Link href={path} aria-current={location === path ? 'page' : undefined}>
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
