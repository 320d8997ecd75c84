import { usePaths } from '../paths.ts'

export interface NavigationLink {
  readonly text: string
  readonly to: string
  /** Typed one after the other, such as `g o`. */
  readonly keys: string
}

export function useNavigationLinks(): readonly NavigationLink[] {
  const paths = usePaths()
  return [
    { text: 'Overview', to: paths.overview, keys: 'g h' },
    { text: 'Organizations', to: paths.organizations, keys: 'g o' },
  ]
}
