import { usePlace } from '../../api/environment.tsx'

/** What is allowed here, before somebody is refused. */
export function RulesNote() {
  const { kind } = usePlace().environment
  return kind === 'production'
    ? 'Production: https, without wildcards and without a query.'
    : 'Staging: http is fine. A * may stand in the left-most part of the host (https://*.preview.acme.test/callback), or as the port of localhost; never in the default one.'
}
