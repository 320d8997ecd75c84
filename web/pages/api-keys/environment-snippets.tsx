import { Box, Tabs } from '@radix-ui/themes'
import { usePlace } from '../../api/environment.tsx'
import { Snippet } from '../../ui/copy.tsx'
import { Section } from '../../ui/page.tsx'

/** How an application is told where the server is: the SDK takes that from options alone. */
export function EnvironmentSnippets({ apiKey }: { readonly apiKey: string | undefined }) {
  const { environment, session } = usePlace()
  const { hostname, port, protocol } = new URL(session.base_url)
  const https = protocol === 'https:'
  const variables = [
    ['WORKOS_API_KEY', apiKey ?? 'sk_…'],
    ['WORKOS_CLIENT_ID', environment.client_id],
    ['WORKOS_API_HOSTNAME', hostname],
    ...(port === '' ? [] : [['WORKOS_API_PORT', port]]),
    ['WORKOS_API_HTTPS', String(https)],
  ] as const
  const options = [
    `clientId: process.env.WORKOS_CLIENT_ID`,
    `apiHostname: '${hostname}'`,
    ...(port === '' ? [] : [`port: ${port}`]),
    ...(https ? [] : ['https: false']),
  ]
  const snippets = [
    ['.env', variables.map(([name, value]) => `${name}=${value}`).join('\n')],
    ['Shell', variables.map(([name, value]) => `export ${name}=${value}`).join('\n')],
    ['Docker', `docker run \\\n${variables.map(([name, value]) => `  -e ${name}=${value} \\`).join('\n')}\n  your-app`],
    ['Constructor', `const workos = new WorkOS(process.env.WORKOS_API_KEY, {\n  ${options.join(',\n  ')},\n})`],
    ['No code change', `GATEHOUSE_URL=${session.base_url} node --import gatehouse/register server.js`],
  ] as const
  return (
    <Section
      title="In your application"
      lead="The Node SDK does not read host, port and https from the environment: give them to the constructor, or start your application with our loader."
    >
      <Tabs.Root defaultValue=".env">
        <Tabs.List wrap="wrap">
          {snippets.map(([name]) => (
            <Tabs.Trigger key={name} value={name}>
              {name}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <Box pt="3">
          {snippets.map(([name, text]) => (
            <Tabs.Content key={name} value={name}>
              <Snippet value={text} name={name} />
            </Tabs.Content>
          ))}
        </Box>
      </Tabs.Root>
    </Section>
  )
}
