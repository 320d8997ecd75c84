import { useSyncExternalStore } from 'react'

export const appearances = ['system', 'light', 'dark'] as const
export type Appearance = (typeof appearances)[number]

const storageKey = 'gatehouse.appearance'
const system = globalThis.matchMedia('(prefers-color-scheme: dark)')
const listeners = new Set<() => void>()

let chosen: Appearance = appearances.find((each) => each === localStorage.getItem(storageKey)) ?? 'system'

export function chooseAppearance(appearance: Appearance): void {
  chosen = appearance
  localStorage.setItem(storageKey, appearance)
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  system.addEventListener('change', listener)
  return () => {
    listeners.delete(listener)
    system.removeEventListener('change', listener)
  }
}

/** What was chosen, and what that comes to on this machine now. */
export function useAppearance(): { readonly chosen: Appearance; readonly shown: 'light' | 'dark' } {
  const current = useSyncExternalStore(subscribe, () => chosen)
  const dark = useSyncExternalStore(subscribe, () => system.matches)
  return { chosen: current, shown: current === 'system' ? (dark ? 'dark' : 'light') : current }
}
