const fallback = 'http://localhost:4100'
const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Where the SDK is to call: `GATEHOUSE_URL`, else the three `WORKOS_API_*` variables that the vendor's framework
 * libraries read, else a server started by `gatehouse dev`. A variable set to the empty text counts as unset.
 *
 * @param {Record<string, string | undefined>} env
 * @returns {string} an origin: scheme, host and port, no trailing slash
 * @throws {Error} that names the variable and says what it should look like
 */
export function destination(env) {
  const { GATEHOUSE_URL, WORKOS_API_HOSTNAME, WORKOS_API_PORT, WORKOS_API_HTTPS } = env
  if (GATEHOUSE_URL) return origin(GATEHOUSE_URL, 'GATEHOUSE_URL')
  if (!WORKOS_API_HOSTNAME && !WORKOS_API_PORT && !WORKOS_API_HTTPS) return fallback

  const host = WORKOS_API_HOSTNAME || 'localhost'
  const port = WORKOS_API_PORT ? `:${WORKOS_API_PORT}` : ''
  return origin(`${scheme(WORKOS_API_HTTPS, host)}://${host}${port}`, 'WORKOS_API_HOSTNAME and WORKOS_API_PORT')
}

/** Unset means https, as the SDK itself decides, except on this machine: a development server has no certificate. */
function scheme(https, host) {
  if (https === 'true') return 'https'
  if (https === 'false') return 'http'
  if (https) throw new Error(`gatehouse/register: WORKOS_API_HTTPS is "${https}"; write true or false.`)
  return loopback.has(host.replace(/:\d+$/, '')) ? 'http' : 'https'
}

function origin(text, name) {
  const url = URL.canParse(text) ? new URL(text) : undefined
  // The SDK joins paths to the root of the host, so a path in front would be dropped without a word.
  const plain = url && url.pathname === '/' && !url.search && !url.hash && !url.username && !url.password
  if (!plain || !/^https?:$/.test(url.protocol)) {
    throw new Error(`gatehouse/register: ${name} gives "${text}"; expected an origin such as ${fallback}.`)
  }
  return url.origin
}
