import { Badge } from '@radix-ui/themes'
import { Link } from 'react-router'
import { listExpiringConnections } from '#contracts/overview.ts'
import { useRead } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { Section } from '../../ui/page.tsx'
import { Time } from '../../ui/time.tsx'

/** Nothing where nothing is urgent. */
export function ExpiringConnections() {
  const paths = usePaths()
  const connections = useRead(listExpiringConnections, {}).data?.data ?? []
  if (connections.length === 0) return undefined
  return (
    <Section
      title="Certificates that end soon"
      lead="Nobody signs in through a connection once its last certificate has ended. Its identity provider has to make a new one; where there is a metadata URL, it is taken over by itself."
    >
      <ul className="notes">
        {connections.map(({ id, name, expires_at }) => {
          const isOver = new Date(expires_at).getTime() < Date.now()
          return (
            <li key={id}>
              <Link to={paths.connection(id)} className="breaks">
                {name}
              </Link>{' '}
              <Badge color={isOver ? 'red' : 'amber'}>
                {isOver ? 'ended' : 'ends'} <Time value={expires_at} />
              </Badge>
            </li>
          )
        })}
      </ul>
    </Section>
  )
}
