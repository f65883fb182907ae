import { generateKeyPairSync, sign } from 'node:crypto'

/** A key and a certificate of its own (RFC 5280 §4.1), as every provider has. */
export function selfSigned(): { readonly privateKey: string; readonly certificate: string } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const sequence = (...parts: readonly Buffer[]) => der(0x30, ...parts)
  const sha256WithRsa = sequence(der(0x06, Buffer.from('2a864886f70d01010b', 'hex')), der(0x05))
  const name = sequence(der(0x31, sequence(der(0x06, Buffer.from('550403', 'hex')), der(0x0c, Buffer.from('idp.example')))))
  const validity = sequence(der(0x17, Buffer.from('250101000000Z')), der(0x17, Buffer.from('450101000000Z')))
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const version = der(0xa0, der(0x02, Buffer.of(2)))
  const toBeSigned = sequence(version, der(0x02, Buffer.of(1)), sha256WithRsa, name, validity, name, spki)
  const signature = der(0x03, Buffer.of(0), sign('sha256', toBeSigned, privateKey))
  const body = sequence(toBeSigned, sha256WithRsa, signature).toString('base64').replaceAll(/.{64}/g, '$&\n')
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`,
  }
}

/** A value with its tag and its length. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts)
  const size = value.length
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255]
  return Buffer.concat([Buffer.of(tag, ...length), value])
}
