import { Link } from 'react-router'
import type { OrganizationId } from '#contracts/ids.ts'
import { getOrganization } from '#contracts/organizations.ts'
import { useRead } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'

/** By its name, once that is known; rows of one organization ask once. */
export function OrganizationLink({ id }: { readonly id: OrganizationId }) {
  const paths = usePaths()
  const name = useRead(getOrganization, { params: { id } }).data?.name
  return (
    <Link to={paths.organization(id)} className="breaks">
      {name ?? id}
    </Link>
  )
}
