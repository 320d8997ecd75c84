import { Badge, Button, DropdownMenu } from '@radix-ui/themes'
import { useLocation, useNavigate } from 'react-router'
import { usePlace } from '../api/environment.tsx'
import { ChevronIcon } from '../ui/icons.tsx'

/** Says where one is, and changes it. Lists have a counterpart over there; a single object has none. */
export function EnvironmentMenu() {
  const { environment, session } = usePlace()
  const { pathname } = useLocation()
  const navigate = useNavigate()
  const [, , section = ''] = pathname.split('/')
  const target = /^(connections|directories|directory-users|directory-groups|sign-in-attempts)$/.test(section)
    ? 'organizations'
    : section
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger>
        <Button variant="ghost" color="gray" className="environment-button">
          <span className="visually-hidden">Environment: </span>
          {environment.name}
          <KindBadge kind={environment.kind} />
          <ChevronIcon />
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Content>
        <DropdownMenu.Label>Environment</DropdownMenu.Label>
        {session.environments.map(({ id, name, kind }) => (
          <DropdownMenu.Item key={id} onSelect={() => void navigate(`/${id}/${target}`)}>
            {name} <KindBadge kind={kind} />
          </DropdownMenu.Item>
        ))}
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  )
}

function KindBadge({ kind }: { readonly kind: 'staging' | 'production' }) {
  return (
    <Badge color={kind === 'production' ? 'red' : 'amber'} variant="soft">
      {kind}
    </Badge>
  )
}
