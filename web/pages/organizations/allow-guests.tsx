import { type Organization, updateOrganization } from '#contracts/organizations.ts'
import { useChange } from '../../api/queries.ts'
import { SwitchInput } from '../../ui/fields.tsx'
import { Refusal } from '../../ui/refusal.tsx'

/** Takes effect at once: on the organization's page, and where it is tried out. */
export function AllowGuests({ organization }: { readonly organization: Organization }) {
  const update = useChange(updateOrganization)
  const shown = update.isPending
    ? (update.variables.body.allow_profiles_outside_organization ?? false)
    : organization.allow_profiles_outside_organization
  return (
    <>
      <SwitchInput
        label="Allow guests"
        hint="People whose e-mail is of none of this organization’s verified domains may sign in too. Off, your application receives profile_not_allowed_outside_organization for them."
        checked={shown}
        onChange={(allowed) =>
          update.mutate({ params: { id: organization.id }, body: { allow_profiles_outside_organization: allowed } })
        }
      />
      <Refusal error={update.error} />
    </>
  )
}
