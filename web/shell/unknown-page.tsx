import { Text } from '@radix-ui/themes'
import { Link } from 'react-router'
import { usePaths } from '../paths.ts'
import { Page } from '../ui/page.tsx'

export function UnknownPage() {
  const paths = usePaths()
  return (
    <Page title="There is no such page">
      <Text as="p" size="2">
        The address may be misspelt. Start at the <Link to={paths.overview}>overview</Link>, or press ⌘K and paste an
        id.
      </Text>
    </Page>
  )
}
