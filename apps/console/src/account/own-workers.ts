import derivationUrl from './derivation.worker.ts?worker&url'
import sealingUrl from './seal-grants.worker.ts?worker&url'

const urls = { derivation: derivationUrl, sealing: sealingUrl }

// The scripts that this page may start, and the one policy that its response allows.
const policy = window.trustedTypes?.createPolicy('latchkey', {
  createScriptURL(url) {
    if (url !== urls.derivation && url !== urls.sealing) throw new TypeError('This page starts no other script.')
    return url
  },
})

/** Starts one of this page's own workers. Whoever starts it ends it: what it held is gone with it. */
export function startWorker(name: keyof typeof urls): Worker {
  return new Worker(policy?.createScriptURL(urls[name]) ?? urls[name], { type: 'module' })
}
