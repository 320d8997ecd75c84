import type { DirectoryType } from '#contracts/directories.ts'

export interface Asked {
  readonly type: DirectoryType
  readonly method: string
  readonly path: string
  readonly status: number
  readonly scim_type: string | null
  readonly rejected_token: string | null
}

interface Hint {
  readonly when: (asked: Asked) => boolean
  readonly text: string | ((asked: Asked) => string)
}

const isOkta = ({ type }: Asked) => type.startsWith('okta')
const isEntra = ({ type }: Asked) => type.startsWith('azure')
const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'

/** What a request means to people, the first that fits. */
const hints: readonly Hint[] = [
  {
    when: ({ status, rejected_token }) => status === 401 && rejected_token === null,
    text: 'It came without a bearer token. Choose "HTTP Header" or "OAuth Bearer Token" for the authentication there, and paste the token.',
  },
  {
    when: ({ status }) => status === 401,
    text: ({ rejected_token }) =>
      `It brought a token that ends with ${rejected_token}, which opens nothing here. Compare it with the tokens of the directory, or make a new one and paste that.`,
  },
  {
    when: ({ status, path }) => status === 404 && /^\/(?:Users|Groups)\/(?:Users|Groups)\b/.test(path),
    text: 'The endpoint was pasted with /Users or /Groups at its end. Leave that off: the identity provider adds it.',
  },
  {
    when: ({ status, path }) => status === 404 && path.startsWith('//'),
    text: 'The endpoint was pasted with a slash at its end. Leave it off.',
  },
  {
    when: ({ status, scim_type }) => status === 409 && scim_type === 'uniqueness',
    text: 'Somebody with that name is in the directory already. Identity providers look for them first; one that does not will succeed once the other is gone or renamed.',
  },
  {
    when: ({ status }) => status === 412,
    text: 'It changed something that had changed meanwhile. Identity providers read it again and repeat.',
  },
  {
    when: ({ status }) => status === 429,
    text: 'It asks faster than one directory may. Identity providers wait and go on by themselves.',
  },
  {
    when: ({ status, method, path }) => status === 404 && method !== 'POST' && /^\/(?:Users|Groups)\/./.test(path),
    text: 'It asks for somebody who is not here any more. Most identity providers create them anew; some need the assignment taken away and given again.',
  },
  {
    when: (asked) => isOkta(asked) && asked.status === 200 && /^\/Users\?startIndex=1&count=\d+$/.test(asked.path),
    text: 'Okta’s "Test API Credentials": address and token are right.',
  },
  {
    when: (asked) =>
      isEntra(asked) && asked.status === 200 && new RegExp(`filter=\\w+.*eq.*${uuid}`, 'i').test(asked.path),
    text: 'Entra ID’s "Test Connection" looks for somebody who cannot exist: address and token are right.',
  },
]

export function hintFor(asked: Asked): string | null {
  const hint = hints.find(({ when }) => when(asked))
  if (!hint) return null
  return typeof hint.text === 'string' ? hint.text : hint.text(asked)
}
