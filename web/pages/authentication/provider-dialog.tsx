import { useState } from 'react'
import {
  getOAuthProvider,
  type OAuthProvider,
  type OAuthProviderInput,
  oauthProviders,
  setOAuthProvider,
} from '#contracts/oauth-providers.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange, useRead } from '../../api/queries.ts'
import { useDraft, whileEdited } from '../../ui/changed-meanwhile.tsx'
import { CopyField } from '../../ui/copy.tsx'
import { SwitchInput, TextInput } from '../../ui/fields.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { Picker } from '../../ui/picker.tsx'
import { refusalOf } from '../../ui/refusal.tsx'
import { nameFrom } from './provider-name.ts'

const own = 'own'

/** Apple wants a key file and two ids besides, which the API takes. */
const options = [
  { value: own, text: 'Any OpenID provider', aliases: ['OIDC', 'Keycloak', 'Auth0', 'generic', 'custom'] },
  ...oauthProviders
    .filter((name) => name !== 'AppleOAuth')
    .map((name) => ({ value: name, text: name.replace(/OAuth$/, '') })),
]

interface Draft {
  readonly title: string
  readonly issuer: string
  readonly clientId: string
  readonly secret: string
  readonly scopes: string
  readonly trusts: boolean | undefined
  /** Of another secret nothing else tells. */
  readonly asOf: string | undefined
}

function draftOf(provider: OAuthProvider | undefined): Draft {
  return {
    title: provider?.title ?? '',
    issuer: provider?.issuer ?? '',
    clientId: provider?.client_id ?? '',
    secret: '',
    scopes: provider?.scopes.join(' ') ?? '',
    trusts: provider?.trusts_email,
    asOf: provider?.updated_at,
  }
}

interface Props {
  /** What is there already; without one, a new one is set up. */
  readonly provider: OAuthProvider | undefined
  /** Names that are taken. */
  readonly taken: readonly string[]
  readonly onClose: () => void
}

export function ProviderDialog({ provider, taken, onClose }: Props) {
  const { session } = usePlace()
  const change = useChange(setOAuthProvider)
  const [kind, setKind] = useState<string>(own)
  const query = useRead(
    getOAuthProvider,
    { params: { name: provider?.provider ?? '' } },
    { ...whileEdited, enabled: provider !== undefined },
  )
  const { draft, set, notice, undecided, save } = useDraft({ thing: provider, query, draftOf })
  const { title, issuer, clientId, secret, scopes, trusts } = draft
  const isOwn = provider ? !isKnown(provider.provider) : kind === own
  const name = provider?.provider ?? (isOwn ? nameFrom(title, taken) : kind)
  const reason =
    isOwn && title.trim() === ''
      ? 'It needs a name.'
      : isOwn && issuer.trim() === ''
        ? 'It needs an issuer.'
        : clientId.trim() === '' || (!provider && secret === '')
          ? 'It needs a client id and a secret.'
          : undefined
  async function submit(): Promise<void> {
    const isSaved = await save((agreed) => change.mutateAsync({ params: { name }, body: bodyOf(agreed) }))
    if (isSaved) onClose()
  }
  function bodyOf({ title, issuer, clientId, secret, scopes, trusts }: Draft): OAuthProviderInput {
    const list = scopes.split(/\s+/).filter(Boolean)
    return {
      client_id: clientId.trim(),
      ...(secret !== '' && { client_secret: secret }),
      ...(isOwn && { title: title.trim() }),
      ...(issuer.trim() === '' ? provider && { issuer: null } : { issuer: issuer.trim() }),
      ...(list.length > 0 && { scopes: list }),
      ...(trusts !== undefined && { trusts_email: trusts }),
    }
  }
  return (
    <FormDialog
      title={provider ? `Change ${provider.title}` : 'Add a provider'}
      lead="Register an application there, with this redirect URI:"
      action={provider ? 'Save' : 'Add Provider'}
      reason={undecided ?? reason}
      fields={['title', 'issuer', 'client_id', 'client_secret', 'scopes']}
      onSubmit={submit}
      onClose={onClose}
    >
      {(error) => (
        <>
          {notice}
          <CopyField name="Redirect URI" value={`${session.base_url}/sso/oauth/callback`} />
          {!provider && (
            <Picker label="Provider" options={options} value={kind} placeholder="Choose one" onChange={setKind} />
          )}
          {isOwn && (
            <TextInput
              label="Name"
              hint={`Its button says “Continue with ${title.trim() || '…'}”.`}
              value={title}
              onChange={(next) => set({ title: next })}
              error={refusalOf(error, 'title')}
            />
          )}
          <TextInput
            label="Issuer"
            hint={isOwn ? 'Its address before /.well-known/openid-configuration.' : 'Empty: the provider’s own.'}
            placeholder="https://login.example.com"
            type="url"
            value={issuer}
            onChange={(next) => set({ issuer: next })}
            error={refusalOf(error, 'issuer')}
          />
          <TextInput
            label="Client id"
            value={clientId}
            onChange={(next) => set({ clientId: next })}
            error={refusalOf(error, 'client_id')}
          />
          <TextInput
            label="Client secret"
            type="password"
            {...(provider && { hint: 'Empty: the one it has. It is never shown.' })}
            value={secret}
            onChange={(next) => set({ secret: next })}
            error={refusalOf(error, 'client_secret')}
          />
          <TextInput
            label="Scopes"
            hint="Empty: openid, email and profile, or what the provider needs."
            value={scopes}
            onChange={(next) => set({ scopes: next })}
            error={refusalOf(error, 'scopes')}
          />
          <SwitchInput
            label="Addresses it has verified count as proven"
            hint="Then whoever runs it can open the account of any address here. Off, the inbox is asked once."
            checked={trusts ?? !isOwn}
            onChange={(next) => set({ trusts: next })}
          />
        </>
      )}
    </FormDialog>
  )
}

export function isKnown(name: string): boolean {
  return oauthProviders.some((known) => known === name)
}
