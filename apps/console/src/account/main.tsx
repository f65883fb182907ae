import { createRoot } from 'react-dom/client'
import { AccountApi } from './account-api.ts'
import { AccountApp, placeOf } from './account-app.tsx'
import { AccountKeys } from './account-keys.ts'
import { deriveInWorker } from './derive-in-worker.ts'
import { browserPins } from './pin-store.ts'

const place = placeOf(location)
// The secret of an owner's link stays neither in the address bar nor in the history.
if (place.name === 'owner-link') history.replaceState(null, '', location.pathname)

const api = new AccountApi()
const keys = new AccountKeys({ api, pins: browserPins(), deriveRoot: deriveInWorker })
createRoot(document.querySelector('#page')!).render(<AccountApp api={api} keys={keys} place={place} />)
