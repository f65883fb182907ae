/**
 * A host name with each label outside ASCII written as `xn--…` (RFC 5891 §4.4, Punycode of RFC 3492). The text is already folded and
 * in NFKC. Only for comparing: the address a person gave is kept and used as it was given.
 */
export function domainToAscii(domain: string): string {
  // U+3002 separates labels too, and NFKC leaves it (RFC 3490 §3.1).
  return domain
    .split(/[.\u3002]/)
    .map((label) => (/^[\0-\x7f]*$/.test(label) ? label : `xn--${punycode(label)}`))
    .join('.')
}

const base = 36
const tMin = 1
const tMax = 26
const skew = 38
const damp = 700

/** RFC 3492 §6.3. */
function punycode(label: string): string {
  const codePoints = Array.from(label, (character) => character.codePointAt(0)!)
  const basic = codePoints.filter((codePoint) => codePoint < 0x80)
  let output = String.fromCharCode(...basic)
  if (basic.length > 0) output += '-'

  let n = 0x80
  let delta = 0
  let bias = 72
  let handled = basic.length
  while (handled < codePoints.length) {
    const next = Math.min(...codePoints.filter((codePoint) => codePoint >= n))
    delta += (next - n) * (handled + 1)
    n = next
    for (const codePoint of codePoints) {
      if (codePoint < n) delta += 1
      if (codePoint !== n) continue
      output += variableLengthInteger(delta, bias)
      bias = adapt(delta, handled + 1, handled === basic.length)
      delta = 0
      handled += 1
    }
    delta += 1
    n += 1
  }
  return output
}

function variableLengthInteger(value: number, bias: number): string {
  let digits = ''
  let q = value
  for (let k = base; ; k += base) {
    const t = Math.min(Math.max(k - bias, tMin), tMax)
    if (q < t) return digits + digit(q)
    digits += digit(t + ((q - t) % (base - t)))
    q = Math.floor((q - t) / (base - t))
  }
}

function digit(value: number): string {
  return String.fromCharCode(value < 26 ? value + 0x61 : value - 26 + 0x30)
}

/** RFC 3492 §6.1. */
function adapt(delta: number, points: number, first: boolean): number {
  let rest = first ? Math.floor(delta / damp) : Math.floor(delta / 2)
  rest += Math.floor(rest / points)
  let k = 0
  for (; rest > ((base - tMin) * tMax) / 2; k += base) rest = Math.floor(rest / (base - tMin))
  return k + Math.floor(((base - tMin + 1) * rest) / (rest + skew))
}
