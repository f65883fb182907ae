const form = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?$/

/**
 * An xsd:dateTime as `YYYY-MM-DDTHH:mm:ss.sssZ` (RFC 7643 §2.3.5), or undefined for anything else, impossible dates included. Finer than
 * a millisecond is cut off; a time without a zone is UTC. In this form the order of texts is the order of moments.
 */
export function canonicalDateTime(text: string): string | undefined {
  const match = form.exec(text)
  if (!match) return undefined
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = match
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`
  const wall = Date.parse(`${local}Z`)
  // The parser takes 31 February for 3 March.
  if (Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 19) !== local) return undefined
  const offset = offsetMs(zone)
  if (offset === undefined) return undefined
  const instant = new Date(wall - offset + Number(fraction.slice(0, 4).slice(1).padEnd(3, '0')))
  const canonical = instant.toISOString()
  return canonical.length === 24 && canonical > '0001' ? canonical : undefined
}

function offsetMs(zone: string): number | undefined {
  if (zone === 'Z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(4, 6))
  if (hours > 14 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
