/**
 * One answer for all who ask the same while it is still to be asked. Whoever comes while a question is under way waits for the next one, so that nobody is told what
 * was so before they asked.
 */
export class SharedAnswers<Answer> {
  readonly #underWay = new Map<string, Promise<Answer>>()
  readonly #next = new Map<string, Promise<Answer>>()

  /** `put` puts the question that is called `name`. */
  ask(name: string, put: () => Promise<Answer>): Promise<Answer> {
    const before = this.#underWay.get(name)
    if (!before) return this.#begin(name, put)
    const waiting = this.#next.get(name)
    if (waiting) return waiting
    const begin = () => {
      this.#next.delete(name)
      return this.#begin(name, put)
    }
    const next = before.then(begin, begin)
    this.#next.set(name, next)
    return next
  }

  #begin(name: string, put: () => Promise<Answer>): Promise<Answer> {
    const end = () => {
      if (this.#underWay.get(name) === answer) this.#underWay.delete(name)
    }
    const answer = put()
    this.#underWay.set(name, answer)
    answer.then(end, end)
    return answer
  }
}
