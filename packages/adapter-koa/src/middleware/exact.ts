/**
 * Options of every router: an address is served in its own letters. In others a route would be found and what stands before the routes would not, since
 * `use` compares the prefix letter by letter.
 */
export const exact = { sensitive: true } as const
