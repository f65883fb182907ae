import { expect, test } from 'vitest'
import { SharedAnswers } from './shared-answers.ts'

/** A question that is answered when the test says so, and how often it was put. */
function questions() {
  const put: { readonly answer: (answer: string) => void; readonly fail: (error: Error) => void }[] = []
  const shared = new SharedAnswers<string>()
  const ask = (name: string) => shared.ask(name, () => new Promise((answer, fail) => put.push({ answer, fail })))
  return { ask, put }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('whoever asks while an answer is on its way is told the next one, and that once for all of them', async () => {
  const { ask, put } = questions()
  const first = ask('count')
  const later = [ask('count'), ask('count'), ask('count')]
  expect(put).toHaveLength(1)
  put[0]?.answer('before')
  expect(await first).toBe('before')
  await settled()
  expect(put).toHaveLength(2)
  put[1]?.answer('after')
  expect(await Promise.all(later)).toEqual(['after', 'after', 'after'])
})

test('nothing is remembered', async () => {
  const { ask, put } = questions()
  const first = ask('count')
  put[0]?.answer('then')
  await first
  const second = ask('count')
  put[1]?.answer('now')
  expect(await second).toBe('now')
})

test('other questions wait for nothing', async () => {
  const { ask, put } = questions()
  const answers = [ask('one'), ask('another')]
  expect(put).toHaveLength(2)
  put[0]?.answer('1')
  put[1]?.answer('2')
  expect(await Promise.all(answers)).toEqual(['1', '2'])
})

test('a failure is told to those who asked before it, and the next are asked all the same', async () => {
  const { ask, put } = questions()
  const first = ask('count')
  const next = ask('count')
  put[0]?.fail(new Error('gone'))
  await expect(first).rejects.toThrow('gone')
  await settled()
  put[1]?.answer('here again')
  expect(await next).toBe('here again')
})
