const again = 'Sign in again.'
const admin = 'Ask the administrator who set up single sign-on for your organization.'

/** Codes that the redirect back may carry in `error`, for people who know neither OAuth nor SAML. */
const redirectErrors = {
  access_denied: ['Your identity provider did not let you in.', admin],
  signin_consent_denied: ['You chose not to continue.', 'Sign in again and continue when asked.'],
  profile_not_allowed_outside_organization: [
    'Your email address is outside the domains of this organization.',
    'Sign in with your work address, or ask for guests to be allowed on this connection.',
  ],
  idp_initiated_sso_disabled: [
    'This connection does not accept sign-ins that start at the identity provider.',
    'Start here instead: sign in from this page.',
  ],
  organization_invalid: [
    'This organization has no working connection to an identity provider.',
    'Check WORKOS_ORGANIZATION_ID, and that the organization has an active connection.',
  ],
  invalid_request: ['This app started the sign-in with a request the server does not accept.', 'Look at the address.'],
  connection_invalid: ['The connection is unknown or switched off.', admin],
  connection_unlinked: ['The connection is not set up yet.', admin],
  ambiguous_connection_selector: ['More than one connection fits this sign-in.', admin],
  server_error: ['The sign-in server failed.', 'Try again; if it fails again, look at its log.'],
}

/** What the code exchange may answer, by OAuth code. */
const exchangeErrors = {
  invalid_grant: ['The code from the sign-in server was already used, or is too old.', again],
  invalid_client: ['The sign-in server does not accept this app.', 'Check WORKOS_API_KEY and WORKOS_CLIENT_ID.'],
  unauthorized_client: ['The sign-in server does not accept this app.', 'Check WORKOS_API_KEY and WORKOS_CLIENT_ID.'],
}

/**
 * @param {unknown} code as it came in the query: anyone may have written it
 * @param {string | undefined} detail words of the sign-in server, only when the redirect answers a sign-in of ours
 */
exports.explainRedirect = function explainRedirect(code, detail) {
  const name = typeof code === 'string' && Object.hasOwn(redirectErrors, code) ? code : undefined
  const [cause, next] = name ? redirectErrors[name] : ['The sign-in ended with an error this app does not know.', again]
  return { title: 'You are not signed in', cause, next, code: name, detail }
}

exports.explainNoCode = function explainNoCode() {
  const cause = 'This address is where a sign-in ends, and it was opened without one.'
  return { title: 'You are not signed in', cause, next: 'Start from this page.' }
}

exports.explainForeignAnswer = function explainForeignAnswer() {
  return {
    title: 'You are not signed in',
    cause:
      'This answer does not belong to a sign-in that was started in this browser, or took longer than ten minutes.',
    next: again,
  }
}

exports.explainNoPage = function explainNoPage(path) {
  return { title: 'No such page', cause: `There is nothing at ${path}.`, next: 'Go to the start page.' }
}

/** For what the SDK throws. `server` is the address it called. */
exports.explainFailure = function explainFailure(error, server) {
  const title = 'Something went wrong'
  if (refused(error))
    return { title, cause: `Nothing is listening on ${server}.`, next: 'Run gatehouse dev, then sign in again.' }
  if (error.status === 401)
    return { title, cause: 'The sign-in server does not know this API key.', next: 'Check WORKOS_API_KEY.' }
  if (Object.hasOwn(exchangeErrors, error.error ?? '')) {
    const [cause, next] = exchangeErrors[error.error]
    return { title, cause, next, code: error.error }
  }
  return { title, cause: 'The sign-in could not be completed.', next: 'Look at the output of this app for the reason.' }
}

function refused(error) {
  for (let cause = error; cause; cause = cause.cause) if (cause.code === 'ECONNREFUSED') return true
  return false
}
