import { Flex, Spinner, Text } from '@radix-ui/themes'
import type { ReactNode } from 'react'
import type { ConfiguredConnection } from '#contracts/connections.ts'
import { ApiError } from '../../api/call.ts'
import { CheckIcon, CrossIcon, WaitIcon } from '../../ui/icons.tsx'
import type { Configuration, Way } from './configuration-fields.tsx'

/** Refusals that happened before anything could be read. */
const fetchFailures =
  /^(invalid_url|not_https|private_address|timeout|http_status|unreachable|unknown_host|tls_error|too_many_redirects)$/

interface Props {
  readonly way: Way
  readonly values: Configuration
  readonly pending: boolean
  readonly saved: ConfiguredConnection | undefined
  readonly error: Error | null
}

type Mark = 'done' | 'failed' | 'running' | 'waiting'

interface Step {
  readonly mark: Mark
  readonly text: string
}

/** What saving consists of, and how far it came. */
export function SaveSteps({ way, values, pending, saved, error }: Props) {
  if (!pending && !saved && !(error instanceof ApiError && error.code === 'invalid_idp_metadata')) return undefined
  const failed = error instanceof ApiError ? error.errors.map(({ code }) => code) : []
  const steps = saved ? savedSteps(way, values, saved) : openSteps(way, values, pending, failed)
  return (
    <ol className="progress" aria-label="Progress" aria-live="polite">
      {steps.map(({ mark, text }) => (
        <li key={text}>
          <Flex gap="2" align="center">
            <span data-mark={mark}>{icons[mark]}</span>
            <Text size="2">
              {mark === 'failed' && <span className="visually-hidden">Failed: </span>}
              {text}
            </Text>
          </Flex>
        </li>
      ))}
    </ol>
  )
}

const icons: Readonly<Record<Mark, ReactNode>> = {
  done: <CheckIcon />,
  failed: <CrossIcon />,
  running: <Spinner size="1" />,
  waiting: <WaitIcon />,
}

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? url
}

function openSteps(way: Way, values: Configuration, pending: boolean, failed: readonly string[]): readonly Step[] {
  const fetching = way === 'url'
  const stoppedFetching = failed.some((code) => fetchFailures.test(code))
  const stop = (first: boolean): Mark => (pending ? (first ? 'running' : 'waiting') : first ? 'failed' : 'waiting')
  return [
    ...(fetching
      ? [
          {
            mark: pending || stoppedFetching ? stop(true) : ('done' as const),
            text: `Fetch from ${hostOf(values.url)}`,
          },
        ]
      : []),
    { mark: stop(!fetching || (!pending && !stoppedFetching)), text: 'Read entity id, SSO URL and certificates' },
    { mark: 'waiting', text: 'Save' },
  ]
}

function savedSteps(way: Way, values: Configuration, saved: ConfiguredConnection): readonly Step[] {
  const last = saved.certificates.map(({ not_after }) => not_after).toSorted()[0]
  const count = `${saved.certificates.length} certificate${saved.certificates.length === 1 ? '' : 's'}`
  const until = last === undefined ? '' : `, the first expires on ${new Date(last).toLocaleDateString()}`
  return [
    ...(way === 'url' ? [{ mark: 'done' as const, text: `Fetched from ${hostOf(values.url)}` }] : []),
    { mark: 'done', text: `Entity id ${saved.idp_entity_id ?? ''}` },
    { mark: 'done', text: `SSO URL ${saved.idp_sso_url ?? ''}` },
    { mark: 'done', text: `${count}${until}` },
    { mark: 'done', text: 'Saved' },
    saved.state === 'active'
      ? { mark: 'done', text: 'Active' }
      : saved.state === 'validating'
        ? { mark: 'waiting', text: 'Ready, waiting for the first sign-in: it becomes Active by itself' }
        : { mark: 'waiting', text: 'Switched off: switch it on to let people sign in' },
  ]
}
