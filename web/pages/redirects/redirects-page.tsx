import {
  createLogoutUri,
  createRedirectUri,
  deleteLogoutUri,
  deleteRedirectUri,
  listLogoutUris,
  listRedirectUris,
  updateLogoutUri,
  updateRedirectUri,
} from '#contracts/redirects.ts'
import { useChange, useList } from '../../api/queries.ts'
import { Page, Section } from '../../ui/page.tsx'
import { HomepageSection } from './homepage-section.tsx'
import { OriginSection } from './origin-section.tsx'
import { SignInEndpointSection } from './sign-in-endpoint-section.tsx'
import { RedirectTester } from './redirect-tester.tsx'
import { RulesNote } from './rules-note.tsx'
import { UriList } from './uri-list.tsx'

export function RedirectsPage() {
  return (
    <Page
      title="Redirects"
      lead="Where people come back to after signing in and out. Whatever is not listed here is refused, so that nobody is sent to a stranger with a code in hand."
    >
      <RedirectUris />
      <RedirectTester />
      <LogoutUris />
      <HomepageSection />
      <SignInEndpointSection />
      <OriginSection />
    </Page>
  )
}

function RedirectUris() {
  const list = useList(listRedirectUris, { query: { limit: 100 } })
  const create = useChange(createRedirectUri)
  const update = useChange(updateRedirectUri)
  const remove = useChange(deleteRedirectUri)
  return (
    <Section title="Redirect URIs" lead="After signing in, with the code that your application exchanges.">
      <UriList
        list={list}
        noun="redirect URI"
        placeholder="http://localhost:3000/callback"
        hint={<RulesNote />}
        onAdd={(uri) => create.mutateAsync({ body: { uri } })}
        onDefault={(id) => update.mutateAsync({ params: { id }, body: { default: true } })}
        onRemove={(id) => remove.mutateAsync({ params: { id } })}
      />
    </Section>
  )
}

function LogoutUris() {
  const list = useList(listLogoutUris, { query: { limit: 100 } })
  const create = useChange(createLogoutUri)
  const update = useChange(updateLogoutUri)
  const remove = useChange(deleteLogoutUri)
  return (
    <Section title="Sign-out redirects" lead="After signing out. Without one people come to the homepage below.">
      <UriList
        list={list}
        noun="sign-out redirect"
        placeholder="http://localhost:3000/signed-out"
        onAdd={(uri) => create.mutateAsync({ body: { uri } })}
        onDefault={(id) => update.mutateAsync({ params: { id }, body: { default: true } })}
        onRemove={(id) => remove.mutateAsync({ params: { id } })}
      />
    </Section>
  )
}
