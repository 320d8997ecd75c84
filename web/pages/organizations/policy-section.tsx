import type { Organization } from '#contracts/organizations.ts'
import { Section } from '../../ui/page.tsx'
import { AllowGuests } from './allow-guests.tsx'

export function PolicySection({ organization }: { readonly organization: Organization }) {
  return (
    <Section title="Authentication policy">
      <AllowGuests organization={organization} />
    </Section>
  )
}
