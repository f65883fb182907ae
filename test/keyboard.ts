import type { Page } from 'playwright-core'

/** A person without a pointer. */
export interface Keyboard {
  /** Moves on until this has the focus: a button, a link, a field, by what it is called. */
  tabTo(name: string): Promise<void>
  /** Moves there and presses Enter. */
  enter(name: string): Promise<void>
  /** Moves there and types, over what stands there. */
  type(name: string, text: string): Promise<void>
}

export function keyboardOf(page: Page): Keyboard {
  const { keyboard } = page
  const tabTo = async (name: string) => {
    const passed = []
    for (let steps = 0; steps < 150; steps += 1) {
      await keyboard.press('Tab')
      const focused = await page.evaluate<string>(focusedName)
      if (focused === name) return
      passed.push(focused)
    }
    throw new Error(`The keyboard does not reach “${name}”, only: ${[...new Set(passed)].join(' | ')}`)
  }
  return {
    tabTo,
    async enter(name) {
      await tabTo(name)
      await keyboard.press('Enter')
    },
    async type(name, text) {
      await tabTo(name)
      await keyboard.press('ControlOrMeta+a')
      await keyboard.type(text)
    },
  }
}

/** The text or label of what has the focus. */
export const focusedName = `(() => {
  const { activeElement: element } = document
  return (element.ariaLabel ?? element.labels?.[0]?.textContent ?? element.textContent).trim()
})()`
