const lengthMax = 80

/** A piece of what was sent, for an error message: short, and never half a character. */
export function quote(text: string): string {
  const characters = Array.from(text.slice(0, lengthMax * 2))
  const shown = characters.slice(0, lengthMax).join('').toWellFormed()
  return JSON.stringify(shown.length < text.length ? `${shown}…` : shown)
}
