/** Server settings, by PostgreSQL's names. They are given on the command line, where no file in the data folder overrides them. */
export type ServerSettings = Readonly<Record<string, string | number>>

const common: ServerSettings = {
  // Reachable through the socket folder and nothing else, which is what makes `trust` in pg_hba.conf right.
  listen_addresses: '',
  unix_socket_permissions: '0700',
  port: 5432,

  timezone: 'UTC',
  log_timezone: 'UTC',

  // The log is for the server's own life. What a client did wrong is told to the client, and its text may hold personal
  // data: no statements, parameters or details of errors are written (AUD-3), so the log does not grow with traffic either.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
}

/** For a data folder that is kept. An acknowledged commit survives a crash of the process, of the machine, and a power failure (REL-1). */
export const durableSettings: ServerSettings = {
  ...common,
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',

  // PostgreSQL's own defaults, said aloud: initdb lowers them silently where the machine is tight.
  // 128 MB holds a directory of a few hundred thousand users; beyond that, an own PostgreSQL is the better home.
  shared_buffers: '128MB',
  // Several times what one process's pool takes; commands connect beside it.
  max_connections: 100,
}

/** For a server that tests throw away: nothing needs to outlive it, and many test files share it. */
export const throwawaySettings: ServerSettings = {
  ...common,
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  shared_buffers: '128MB',
  max_connections: 300,
}

export function settingArguments(settings: ServerSettings): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}
