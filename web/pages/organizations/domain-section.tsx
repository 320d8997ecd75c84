import { Button, Flex, Table, Text } from '@radix-ui/themes'
import { type FormEvent, useState } from 'react'
import {
  createOrganizationDomain,
  deleteOrganizationDomain,
  type OrganizationDomain,
  verifyOrganizationDomain,
} from '#contracts/organization-domains.ts'
import type { Organization } from '#contracts/organizations.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange } from '../../api/queries.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { ConfirmDelete } from '../../ui/confirm-delete.tsx'
import { CopyField } from '../../ui/copy.tsx'
import { TextInput } from '../../ui/fields.tsx'
import { Section } from '../../ui/page.tsx'
import { Refusal, refusalOf } from '../../ui/refusal.tsx'
import { RowAction } from '../../ui/row-action.tsx'
import { Rows } from '../../ui/rows.tsx'
import { clearedOf } from '../../ui/shared-edit.ts'
import { StateBadge } from '../../ui/state-badge.tsx'

export function DomainSection({ organization }: { readonly organization: Organization }) {
  const { readOnly } = usePlace()
  const [removing, setRemoving] = useState<OrganizationDomain>()
  const remove = useChange(deleteOrganizationDomain)
  return (
    <Section
      title="Domains"
      lead="E-mail domains of this customer. Whoever has an address of a verified one is sent to its connection."
    >
      <Flex direction="column" gap="4">
        {organization.domains.length > 0 && (
          <Rows>
            {organization.domains.map((domain) => (
              <DomainRow key={domain.id} domain={domain} onRemove={() => setRemoving(domain)} />
            ))}
          </Rows>
        )}
        {readOnly === undefined && <AddDomain organization={organization} />}
      </Flex>
      {removing && (
        <ConfirmDelete
          noun="domain"
          name={removing.domain}
          verb="Remove"
          breaks="People with such an address count as guests from then on, and another organization can claim the domain."
          onConfirm={() => remove.mutateAsync({ params: { id: removing.id } })}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </Section>
  )
}

interface RowProps {
  readonly domain: OrganizationDomain
  readonly onRemove: () => void
}

function DomainRow({ domain, onRemove }: RowProps) {
  const { readOnly } = usePlace()
  const verify = useChange(verifyOrganizationDomain)
  const isOpen = domain.state === 'pending' || domain.state === 'failed' || domain.state === 'unverified'
  const { verification_prefix: prefix, verification_token: token } = domain
  return (
    <Table.Row>
      <Table.RowHeaderCell>
        {domain.domain}
        {isOpen && token !== undefined && (
          <Flex direction="column" gap="2" mt="3" maxWidth="520px">
            <Text as="p" size="1" className="soft">
              Add this TXT record to the DNS of {domain.domain}, then look for it.
            </Text>
            <CopyField name="Name" value={`${prefix ?? ''}.${domain.domain}`.replace(/^\./, '')} />
            <CopyField name="Value" value={token} />
            <Refusal error={verify.error} />
          </Flex>
        )}
      </Table.RowHeaderCell>
      <Table.Cell>
        <StateBadge state={domain.state} />
      </Table.Cell>
      <Table.Cell align="right">
        <Flex gap="2" justify="end" wrap="wrap">
          {isOpen && (
            <ActionButton
              size="1"
              variant="soft"
              reason={readOnly}
              loading={verify.isPending}
              onClick={() => verify.mutate({ params: { id: domain.id } })}
            >
              Look for the record
            </ActionButton>
          )}
          <RowAction onClick={onRemove}>Remove</RowAction>
        </Flex>
      </Table.Cell>
    </Table.Row>
  )
}

function AddDomain({ organization }: { readonly organization: Organization }) {
  const add = useChange(createOrganizationDomain)
  const [domain, setDomain] = useState('')
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (domain.trim() === '') return
    const body = { organization_id: organization.id, domain: domain.trim() }
    await add.mutateAsync({ body }).then(
      () => setDomain(clearedOf(domain)),
      () => undefined, // shown below the field
    )
  }
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Flex gap="3" align="end" wrap="wrap">
        <TextInput
          label="Add a domain"
          value={domain}
          onChange={setDomain}
          placeholder="acme.com"
          error={refusalOf(add.error, 'domain')}
        />
        <Button type="submit" variant="soft" disabled={domain.trim() === '' || add.isPending} loading={add.isPending}>
          Add domain
        </Button>
      </Flex>
      <Refusal error={add.error} fields={['domain']} />
    </form>
  )
}
