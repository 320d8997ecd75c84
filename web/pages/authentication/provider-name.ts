/** What an OpenID provider is called in links, after its title: letters, digits and dashes, and nobody else's. */
export function nameFrom(title: string, taken: readonly string[]): string {
  const words = title
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 36)
    .replace(/-+$/, '')
  const base = words === '' ? 'provider' : words
  let name = base
  for (let i = 2; taken.includes(name); i++) name = `${base}-${i}`
  return name
}
