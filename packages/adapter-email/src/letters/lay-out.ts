import type { Letter } from '@latchkey/application'

/** What a letter is made of, so that its text and its HTML always say the same. Every text is plain; none is markup. */
export type Block =
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'steps'; readonly steps: readonly string[] }
  /** The one thing to do: a button in HTML, and the address in full. */
  | { readonly kind: 'action'; readonly label: string; readonly url: string }

/**
 * One letter, as text and as HTML without remote content, scripts or colours of its own beside the button's: the reader's light or dark
 * theme stays as it is. `subject` is a single line already.
 */
export function layOut(subject: string, blocks: readonly (Block | LaidOut)[]): Letter {
  const { text, html } = inOne(blocks)
  return { subject, text: `${text}\n`, html: page(subject, html) }
}

/** Blocks as they stand in both forms of a letter: what is the same in many letters need be laid out once. */
export interface LaidOut {
  readonly kind: 'laid-out'
  readonly text: string
  readonly html: string
}

export function inOne(blocks: readonly (Block | LaidOut)[]): LaidOut {
  return { kind: 'laid-out', text: blocks.map(textOf).join('\n\n'), html: blocks.map(htmlOf).join('\n') }
}

function textOf(block: Block | LaidOut): string {
  switch (block.kind) {
    case 'laid-out':
      return block.text
    case 'paragraph':
      return wrap(block.text, '')
    case 'steps':
      return block.steps.map((step, index) => wrap(`${index + 1}. ${step}`, '   ')).join('\n')
    case 'action':
      return `${block.label}:\n${block.url}`
  }
}

function htmlOf(block: Block | LaidOut): string {
  switch (block.kind) {
    case 'laid-out':
      return block.html
    case 'paragraph':
      return `<p>${escapeHtml(block.text)}</p>`
    case 'steps':
      return `<ol>\n${block.steps.map((step) => `<li>${escapeHtml(step)}</li>`).join('\n')}\n</ol>`
    case 'action': {
      const href = escapeHtml(block.url)
      return [
        `<p><a href="${href}" style="${button}">${escapeHtml(block.label)}</a></p>`,
        `<p>Or open this address: <a href="${href}" style="color:inherit;word-break:break-all">${href}</a></p>`,
      ].join('\n')
    }
  }
}

// White on this blue is 6.7 to 1, and the blue stands out from white and from black.
const button =
  'display:inline-block;padding:12px 24px;border-radius:6px;background-color:#1d4ed8;color:#ffffff;font-weight:bold;text-decoration:none'

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(title)}</title>
<style>:root { color-scheme: light dark }</style>
</head>
<body style="margin:0;padding:24px;font-family:system-ui,sans-serif;font-size:16px;line-height:1.5">
<div style="max-width:560px;margin:0 auto">
${body}
</div>
</body>
</html>
`
}

/** Breaks between words, at 72 columns where the words allow it, so that a plain letter needs no transfer encoding (RFC 5322 §2.1.1). */
function wrap(text: string, indent: string): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > 72) {
      lines.push(line)
      line = indent + word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line].join('\n')
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;')
}
