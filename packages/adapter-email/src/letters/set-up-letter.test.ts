import fc from 'fast-check'
import { expect, test } from 'vitest'
import { letters } from './letters.ts'

const facts = {
  organizationName: 'Acme',
  recipientName: 'Ada Lovelace',
  signInUrl: 'https://keys.acme.example/account/sign-in?organization=acme',
}

test('the set-up letter says who set up the account, what to do, why, and that it may be ignored', () => {
  const { subject, text } = letters.setUp(facts)
  expect(subject).toBe('Finish setting up your Acme account')
  expect(text).toMatchInlineSnapshot(`
    "Hello Ada Lovelace,

    Acme has set up an account for you through its identity provider. To
    finish:

    1. Open the link below.
    2. Sign in through the single sign-on of Acme.
    3. Make your master encryption key, in your own browser.

    Finish setting up:
    https://keys.acme.example/account/sign-in?organization=acme

    The link only leads to the sign-in page: it carries no secret and signs
    nobody in.

    Why a key of your own? What is shared with you is encrypted from end to
    end, and only your key opens it. Nobody else can decrypt it: not the
    identity provider, not the administrators of Acme, and not this server.

    If you did not expect this mail, you may ignore it. Nothing happens
    until you sign in.
    "
  `)
})

test('the HTML says what the text says, shows the address in full, and loads nothing', () => {
  const { subject, text, html } = letters.setUp(facts)
  const words = (letter: string) => letter.replace(/\s+/g, ' ').trim()
  const body = words(html.slice(html.indexOf('<body')).replace(/<[^>]*>/g, ' '))
  for (const sentence of words(text.replace(/^\d\. /gm, '')).split(/(?<=[.?,]) |: /)) expect(body).toContain(sentence)

  expect(html).toContain(`<title>${subject}</title>`)
  expect(html).toContain('<meta name="color-scheme" content="light dark">')
  expect([...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)).toEqual([facts.signInUrl, facts.signInUrl])
  expect(html).toContain(`>${facts.signInUrl}</a>`)
  expect(html).not.toMatch(/<(img|script|link|iframe|object|form|svg)\b|\bsrc=|url\(|@import/i)
})

test('supplied texts are text in HTML, never markup', () => {
  const { html } = letters.setUp({
    organizationName: `<script>alert("1")</script> & 'Sons'`,
    recipientName: '<b>Ada',
    signInUrl: 'https://keys.acme.example/sign-in?a="b"&c=\'d\'',
  })
  expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;Sons&#39; has set up an account for you')
  expect(html).toContain('Hello &lt;b&gt;Ada,')
  expect(html).toContain('href="https://keys.acme.example/sign-in?a=&quot;b&quot;&amp;c=&#39;d&#39;"')
})

test('a name can begin no other header', () => {
  const { subject } = letters.setUp({ ...facts, organizationName: 'Acme\r\nBcc: eve@evil.example\r\n\r\n<h1>Hi' })
  expect(subject).toBe('Finish setting up your Acme Bcc: eve@evil.example <h1>Hi account')
})

test.each([[null], [''], [' \u200b\n'], ['see https://evil.example'], ['evil.example'], ['eve@evil.example'], ['call us: evil']])(
  'a person called %j is greeted without the name',
  (recipientName) => {
    expect(letters.setUp({ ...facts, recipientName }).text).toMatch(/^Hello,\n\n/)
  },
)

test.each([['J. R. R. Tolkien'], ['J.R.R. Tolkien'], ['Renée O’Connor-Łukasz'], ['山田 太郎'], ['علی‌رضا'], ['Martin Luther King Jr.']])(
  '%s is greeted by name',
  (recipientName) => {
    expect(letters.setUp({ ...facts, recipientName }).text).toMatch(`Hello ${recipientName},\n\n`)
  },
)

test('very long names are shortened, in the subject too', () => {
  const { subject, text } = letters.setUp({ ...facts, organizationName: 'Acme '.repeat(5_000), recipientName: 'A'.repeat(100_000) })
  expect(subject.length).toBeLessThan(120)
  expect(subject).toMatch(/^Finish setting up your (Acme )+Acme… account$/)
  expect(text).toContain(`Hello ${'A'.repeat(59)}…,`)
  expect(text.length).toBeLessThan(2_000)
})

test('whatever the names and the link are, the letter keeps its tags, its lines and its one address', () => {
  const anyText = fc.string({ unit: 'binary', maxLength: 300 })
  const pieces = fc
    .array(fc.constantFrom('<', '>', '"', "'", '&', '</p>', '\r\n', '\n.\n', '-->', '<a href=x>', 'Ada', ' '), { maxLength: 12 })
    .map((all) => all.join(''))
  const name = fc.oneof(anyText, pieces)
  const tags = (html: string) => html.match(/<[^>]*>/g)?.map((tag) => tag.replace(/href="[^"]*"/, 'href'))
  const usual = letters.setUp(facts)

  fc.assert(
    fc.property(name, fc.option(name), fc.webUrl({ withQueryParameters: true }), (organizationName, recipientName, signInUrl) => {
      const { subject, text, html } = letters.setUp({ organizationName, recipientName, signInUrl })
      expect(subject).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u)
      expect(tags(html)).toEqual(tags(usual.html))
      expect(text.split('\n\n')).toHaveLength(usual.text.split('\n\n').length)
      expect(text.split('\n').filter((line) => line === signInUrl)).toHaveLength(1)
    }),
  )
})
