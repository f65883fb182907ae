/** Somebody ended the benchmark before it was over. */
export class Interrupted extends Error {
  constructor(signal: NodeJS.Signals) {
    super(`Ended by ${signal}.`)
    this.name = 'Interrupted'
  }
}

/** Rejects when somebody does; until then it waits. The servers are processes of their own, and would outlive whoever started them. */
export const interrupted = new Promise<never>((_resolve, reject) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => reject(new Interrupted(signal)))
})
interrupted.catch(() => {})
