/**
 * A libpq URL over the unix socket in `socketFolder`. Port and TLS are spelled out because clients otherwise take them
 * from PGPORT and PGSSLMODE, which are about some other server.
 */
export function connectionUrl(connection: { role: string; database: string; socketFolder: string }): string {
  const { role, database, socketFolder } = connection
  return `postgresql://${role}@/${database}?host=${encodeURIComponent(socketFolder)}&port=5432&sslmode=disable`
}
