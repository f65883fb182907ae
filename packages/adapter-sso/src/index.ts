export type { SingleSignOnOptions } from './single-sign-on.ts'
export { singleSignOn } from './single-sign-on.ts'
