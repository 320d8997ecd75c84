import { Box, Card, Flex, Heading, Text } from '@radix-ui/themes'
import { useEffect, type ReactNode } from 'react'
import { Link } from 'react-router'

export interface Crumb {
  readonly text: string
  readonly to: string
}

interface PageProps {
  readonly title: string
  /** Where it lies, outermost first. */
  readonly within?: readonly Crumb[]
  readonly badge?: ReactNode
  readonly lead?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}

export function Page({ title, within = [], badge, lead, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} – Gatehouse`
  }, [title])
  return (
    <Flex direction="column" gap="5">
      <header>
        {within.length > 0 && (
          <nav aria-label="Breadcrumb" className="crumbs">
            <ol>
              {within.map(({ text, to }) => (
                <li key={to}>
                  <Link to={to}>{text}</Link>
                </li>
              ))}
            </ol>
          </nav>
        )}
        <Flex justify="between" align="center" gap="3" wrap="wrap">
          <Flex align="center" gap="3" wrap="wrap">
            <Heading as="h1" size="6" className="breaks">
              {title}
            </Heading>
            {badge}
          </Flex>
          {actions !== undefined && (
            <Flex gap="2" wrap="wrap">
              {actions}
            </Flex>
          )}
        </Flex>
        {lead !== undefined && (
          <Text as="p" size="2" mt="1" className="soft lead">
            {lead}
          </Text>
        )}
      </header>
      {children}
    </Flex>
  )
}

interface SectionProps {
  readonly title: string
  readonly lead?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}

export function Section({ title, lead, actions, children }: SectionProps) {
  return (
    <Card size="3" asChild>
      <section aria-label={title}>
        <Flex justify="between" align="start" gap="3" wrap="wrap" mb="3">
          <Box className="section-head">
            <Heading as="h2" size="4">
              {title}
            </Heading>
            {lead !== undefined && (
              <Text as="p" size="2" mt="1" className="soft">
                {lead}
              </Text>
            )}
          </Box>
          {actions !== undefined && (
            <Flex gap="2" wrap="wrap">
              {actions}
            </Flex>
          )}
        </Flex>
        {children}
      </section>
    </Card>
  )
}

interface EmptyProps {
  readonly title: string
  readonly children: ReactNode
}

/** Nothing is there yet: what it would be, and how to get the first one. */
export function Empty({ title, children }: EmptyProps) {
  return (
    <Flex direction="column" gap="3" className="empty">
      <Heading as="h2" size="3">
        {title}
      </Heading>
      {children}
    </Flex>
  )
}
