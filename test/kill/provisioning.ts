import { AssertionError, deepStrictEqual } from 'node:assert'
import { isDeepStrictEqual } from 'node:util'
import { setTimeout as pause } from 'node:timers/promises'
import { Random } from '#protocols/scim/testdata/random.ts'
import { filtered, patch, person, type ScimAnswer, type ScimClient } from '../support/scim.ts'

/** What one writer's part of the directory looks like, by names. */
interface Holding {
  readonly people: Readonly<Record<string, { readonly title: string | undefined; readonly active: boolean }>>
  readonly members: readonly string[]
}

interface Call {
  readonly send: () => Promise<ScimAnswer>
  readonly after: Holding
}

const maxPeople = 8

/**
 * An identity provider that changes its own people and its own group, one call at a time, and knows what must be there.
 * A call that is cut off may have been carried out or not: it looks, as identity providers do, and finds one or the other.
 */
export class Writer {
  readonly #client: ScimClient
  readonly #group: string
  readonly #prefix: string
  readonly #random: Random
  readonly #ids = new Map<string, string>()
  #holding: Holding = { people: {}, members: [] }
  #inDoubt: Holding | undefined
  #made = 0
  /** Calls that were answered, and those that were cut off. */
  acknowledged = 0
  cutOff = 0

  constructor(client: ScimClient, group: string, number: number) {
    this.#client = client
    this.#group = group
    this.#prefix = `w${number}-`
    this.#random = new Random(number)
  }

  async write(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      try {
        await this.settle()
        await this.#step()
      } catch (error) {
        if (error instanceof AssertionError) throw error
        await pause(5)
      }
    }
  }

  /** Finds out what became of the call that was cut off. */
  async settle(): Promise<void> {
    if (!this.#inDoubt) return
    const found = await this.#look()
    // Whoever finds neither finds out what was before.
    if (!isDeepStrictEqual(found, this.#inDoubt)) deepStrictEqual(found, this.#holding)
    this.#holding = found
    this.#inDoubt = undefined
  }

  async expectHolding(): Promise<void> {
    deepStrictEqual(await this.#look(), this.#holding)
  }

  async #step(): Promise<void> {
    const { send, after } = this.#next()
    this.#inDoubt = after
    const answer = await send().catch((error: unknown) => {
      this.cutOff++
      throw error
    })
    // While the database is away the server says so, and has done nothing or everything.
    if (answer.status >= 500) throw new Error(`answered ${answer.status}`)
    if (answer.status >= 300) throw new AssertionError({ message: `${answer.status} ${JSON.stringify(answer.body)}` })
    this.acknowledged++
    if (answer.status === 201) this.#ids.set(answer.body.userName, answer.body.id)
    this.#holding = after
    this.#inDoubt = undefined
  }

  async #look(): Promise<Holding> {
    const users = await this.#client.send('GET', filtered('/Users', `userName sw "${this.#prefix}"`, '&count=1000'))
    const group = await this.#client.send('GET', `/Groups/${this.#group}`)
    if (users.status >= 500 || group.status >= 500) throw new Error('away')
    deepStrictEqual([users.status, group.status], [200, 200])
    const people: Record<string, Holding['people'][string]> = {}
    for (const { id, userName, title, active } of users.body.Resources) {
      this.#ids.set(userName, id)
      people[userName] = { title, active }
    }
    return { people, members: namesOf(group.body.members) }
  }

  #next(): Call {
    const { people, members } = this.#holding
    const names = Object.keys(people)
    const [name] = names.length === 0 ? [undefined] : [this.#random.pick(names as [string])]
    if (name === undefined || (names.length < maxPeople && this.#random.chance(0.3))) return this.#create()
    const somebody = people[name] ?? { title: undefined, active: true }
    const isMember = members.includes(name)
    const become = (changed: Partial<typeof somebody>): Holding => ({
      people: { ...people, [name]: { ...somebody, ...changed } },
      members,
    })
    const user = `/Users/${this.#ids.get(name)}`
    const change = (value: object) => () => this.#client.send('PATCH', user, patch({ op: 'replace', value }))
    switch (this.#random.below(6)) {
      case 0: {
        const { [name]: _gone, ...rest } = people
        const left = members.filter((member) => member !== name)
        return { send: () => this.#client.send('DELETE', user), after: { people: rest, members: left } }
      }
      case 1:
        return { send: change({ active: !somebody.active }), after: become({ active: !somebody.active }) }
      case 2: {
        const title = `t${++this.#made}`
        return { send: change({ title }), after: become({ title }) }
      }
      default: {
        const operation = {
          op: isMember ? 'remove' : 'add',
          path: 'members',
          value: [{ value: this.#ids.get(name) }],
        }
        const joined = isMember ? members.filter((member) => member !== name) : [...members, name].toSorted()
        return {
          send: () => this.#client.send('PATCH', `/Groups/${this.#group}`, patch(operation)),
          after: { people, members: joined },
        }
      }
    }
  }

  #create(): Call {
    const { people, members } = this.#holding
    const name = `${this.#prefix}${++this.#made}@corp.example`
    return {
      send: () => this.#client.send('POST', '/Users', person(name)),
      after: { people: { ...people, [name]: { title: undefined, active: true } }, members },
    }
  }
}

function namesOf(members: readonly { readonly display: string }[] = []): string[] {
  return members.map(({ display }) => display).toSorted()
}
