import type { ReactNode } from 'react'

/** A table that scrolls within itself where the screen is narrow, with the keyboard too. */
export function Table({
  label,
  heads,
  children,
}: {
  readonly label: string
  readonly heads: readonly string[]
  readonly children: ReactNode
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no pointer scrolls it with the arrow keys.
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be a part of a form, and a section a landmark.
    <div role="group" className="scrolls" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  )
}
