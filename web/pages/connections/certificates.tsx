import { Badge, Code, Flex, Text } from '@radix-ui/themes'
import type { ConfiguredConnection } from '#contracts/connections.ts'
import { Time } from '../../ui/time.tsx'

const dayMs = 86_400_000
const noticeDays = 90

type Certificate = ConfiguredConnection['certificates'][number]

export function Certificates({ certificates }: { readonly certificates: readonly Certificate[] }) {
  return (
    <Flex direction="column" gap="3">
      {certificates.map((certificate) => (
        <Flex key={certificate.fingerprint} direction="column" gap="1" align="start">
          <Text size="2">
            {certificate.subject} <ExpiryBadge certificate={certificate} />
          </Text>
          <Code variant="ghost" size="1" color="gray" className="breaks">
            {certificate.fingerprint}
          </Code>
        </Flex>
      ))}
    </Flex>
  )
}

function ExpiryBadge({ certificate }: { readonly certificate: Certificate }) {
  const left = new Date(certificate.not_after).getTime() - Date.now()
  const color = left < 0 ? 'red' : left < noticeDays * dayMs ? 'amber' : 'gray'
  return (
    <Badge color={color}>
      {left < 0 ? 'expired ' : 'expires '}
      <Time value={certificate.not_after} />
    </Badge>
  )
}
