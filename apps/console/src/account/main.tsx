import { createRoot } from 'react-dom/client'
import { AccountApi } from './account-api.ts'
import { AccountApp, placeOf } from './account-app.tsx'
import { AccountKeys } from './account-keys.ts'
import { deriveInWorker } from './derive-in-worker.ts'
import { GroupKeys } from './group-keys.ts'
import { browserPins } from './pin-store.ts'
import { sealInWorker } from './seal-in-worker.ts'

const place = placeOf(location)
// The secret of an owner's link stays neither in the address bar nor in the history.
if (place.name === 'owner-link') history.replaceState(null, '', location.pathname)

const api = new AccountApi()
const pins = browserPins()
const keys = new AccountKeys({ api, pins, deriveRoot: deriveInWorker })
const groupKeys = new GroupKeys({ api, pins, seal: sealInWorker })
createRoot(document.querySelector('#page')!).render(<AccountApp api={api} keys={keys} groupKeys={groupKeys} place={place} />)
