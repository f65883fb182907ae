import { type ReactNode, useEffect, useRef } from 'react'

/** A page or a step of one. Its heading takes the focus, so that a screen reader begins to read where the eye does. */
export function Page({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} – Latchkey`
    heading.current?.focus()
  }, [title])
  return (
    <main>
      <h1 tabIndex={-1} ref={heading}>
        {title}
      </h1>
      {children}
    </main>
  )
}
