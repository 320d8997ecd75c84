import { Callout } from '@radix-ui/themes'
import type { UseQueryResult } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { type Edit, meet, typedOn } from './shared-edit.ts'

/** How a thing is read while it is edited: of most changes no event tells. */
export const whileEdited = { refetchEveryMs: 3000 } as const

/** Null, or left out, while it is being made: then it is nobody else's. */
type Edited = { readonly updated_at: string | null } | null | undefined

interface Source<T extends Edited, D> {
  /** As the page has it. */
  readonly thing: T
  /** Reads the same thing alone. */
  readonly query: Pick<UseQueryResult<NonNullable<T>>, 'data' | 'refetch'>
  /** Everything that the form would overwrite, in plain values. */
  readonly draftOf: (thing: T) => D
}

interface Draft<T, D> {
  readonly draft: D
  /** What is there, as far as the person knows. */
  readonly base: D
  readonly set: (part: Partial<D>) => void
  readonly reset: () => void
  readonly isSaving: boolean
  /** Why it was not saved the last time: what the look before it threw, or the verb. */
  readonly error: Error | null
  /** For the form to show above its fields. */
  readonly notice: ReactNode
  /** Why it cannot be saved before somebody decides. */
  readonly undecided: string | undefined
  /**
   * Looks once more, and saves unless that would overwrite what somebody else changed; false is then the answer, and the
   * notice asks. Throws what the verb throws.
   */
  readonly save: (verb: Verb<T, D>) => Promise<boolean>
}

/** Where it takes several calls, `went` is told of each: what went through is no change of somebody else. */
type Verb<T, D> = (draft: D, went: (thing: NonNullable<T>) => void) => Promise<NonNullable<T>>

/** The values of a form about something that several people may edit at once. */
export function useDraft<T extends Edited, D extends object>({ thing, query, draftOf }: Source<T, D>): Draft<T, D> {
  const theirs = draftOf(newest(thing, query.data))
  const [edit, setEdit] = useState<Edit<D>>({ base: theirs, mine: theirs })
  const [isSaving, setSaving] = useState(false)
  const [error, setError] = useState<Error | null>(null)
  // What is seen to change while it is being saved is our own.
  const met = isSaving ? edit : meet(edit, theirs)
  if (met !== undefined && met !== edit) setEdit(met)
  const { base, mine } = met ?? edit
  async function look(): Promise<NonNullable<T> | undefined> {
    // The reading that the form began with may be on its way still: asked again, that one would answer.
    if (query.data === undefined) await query.refetch({ throwOnError: true })
    return (await query.refetch({ throwOnError: true })).data
  }
  async function save(verb: Verb<T, D>): Promise<boolean> {
    setSaving(true)
    setError(null)
    try {
      const looked = thing && (await look())
      const agreed = meet({ base, mine }, draftOf(newest(thing, looked)))
      if (!agreed) return false
      setEdit((now) => ({ ...agreed, mine: typedOn(mine, now.mine, agreed.mine) }))
      const saved = await verb(agreed.mine, (part) => setEdit((now) => ({ ...now, base: draftOf(part) })))
      setEdit((now) => ({ base: draftOf(saved), mine: typedOn(agreed.mine, now.mine, draftOf(saved)) }))
      return true
    } catch (thrown) {
      setError(thrown as Error) // calls throw nothing else
      throw thrown
    } finally {
      setSaving(false)
    }
  }
  return {
    draft: mine,
    base,
    set: (part) => setEdit((before) => ({ ...before, mine: { ...before.mine, ...part } })),
    reset: () => setEdit({ base: theirs, mine: theirs }),
    isSaving,
    error,
    notice: !met && (
      <ChangedNotice
        onTakeTheirs={() => setEdit({ base: theirs, mine: theirs })}
        onKeepMine={() => setEdit({ base: theirs, mine })}
      />
    ),
    undecided: met ? undefined : 'Choose theirs or yours first.',
    save,
  }
}

/** The page may have read it before or after the form did. */
function newest<T extends Edited>(one: T, other: NonNullable<T> | undefined): T {
  if (!one || !other) return one
  return (other.updated_at ?? '') >= (one.updated_at ?? '') ? other : one
}

interface NoticeProps {
  readonly onTakeTheirs: () => void
  readonly onKeepMine: () => void
}

/** Two people edit one thing: whoever saves second should know what they overwrite. */
function ChangedNotice({ onTakeTheirs, onKeepMine }: NoticeProps) {
  return (
    <Callout.Root color="amber" role="alert" size="1">
      <Callout.Text>
        Somebody changed this while you were editing. Saving overwrites what is different in your form.{' '}
        <button type="button" className="link" onClick={onTakeTheirs}>
          Load their values
        </button>{' '}
        or{' '}
        <button type="button" className="link" onClick={onKeepMine}>
          keep mine
        </button>
      </Callout.Text>
    </Callout.Root>
  )
}
