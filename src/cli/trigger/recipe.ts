import type { EventName } from '#contracts/events.ts'
import type { Sandbox } from './sandbox.ts'

/** Makes something happen, for real, so that its event is written. */
export type Recipe = (sandbox: Sandbox) => Promise<unknown>

export type Recipes = { readonly [Name in EventName]?: Recipe }
