import { Snippet } from './copy.tsx'

/** What the API answers for an object, key by key. */
export function JsonView({ value, name = 'JSON' }: { readonly value: unknown; readonly name?: string }) {
  return <Snippet value={JSON.stringify(value, null, 2)} name={name} />
}
