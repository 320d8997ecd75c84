/** Where anybody gets a name of their own within minutes: hosting, previews and tunnels that the public suffix list names. */
const sharedHosts = [
  'a.run.app',
  'amplifyapp.com',
  'app.github.dev',
  'appspot.com',
  'azurestaticapps.net',
  'azurewebsites.net',
  'cloudfront.net',
  'deno.dev',
  'devtunnels.ms',
  'firebaseapp.com',
  'fly.dev',
  'github.io',
  'gitlab.io',
  'gitpod.io',
  'herokuapp.com',
  'koyeb.app',
  'loca.lt',
  'lovable.app',
  'netlify.app',
  'ngrok-free.app',
  'ngrok-free.dev',
  'ngrok.app',
  'ngrok.dev',
  'ngrok.io',
  'onrender.com',
  'pages.dev',
  'repl.co',
  'replit.app',
  'replit.dev',
  'run.app',
  'stackblitz.io',
  'surge.sh',
  'trycloudflare.com',
  'up.railway.app',
  'vercel.app',
  'web.app',
  'workers.dev',
]

/**
 * Below these anybody can have a name: `.co.uk` and its like, and hosts that give names away. A numeric end makes the
 * host an IPv4 address.
 *
 * @param domain what stands behind the star's label, without the dot before it.
 */
export function isPublicSuffix(domain: string): boolean {
  const name = domain.toLowerCase()
  return (
    /^(?:ac|co|com|edu|gob|gov|gv|go|mil|ne|net|nom|or|org|sch)\.[a-z]{2}$/.test(name) ||
    /(?:^|\.)\d+$/.test(name) ||
    sharedHosts.includes(name)
  )
}
