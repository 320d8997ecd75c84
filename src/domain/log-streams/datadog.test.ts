import { expect, test } from 'vitest'
import { datadogIntake, explainDatadog } from './datadog.ts'

test.each([
  ['US1', 'https://http-intake.logs.datadoghq.com'],
  ['US3', 'https://http-intake.logs.us3.datadoghq.com'],
  ['US5', 'https://http-intake.logs.us5.datadoghq.com'],
  ['EU1', 'https://http-intake.logs.datadoghq.eu'],
  ['AP1', 'https://http-intake.logs.ap1.datadoghq.com'],
  ['US1-FED', 'https://http-intake.logs.ddog-gov.com'],
] as const)('site %s takes logs at %s', (site, origin) => expect(datadogIntake(site)).toBe(origin))

test.each([
  ['US1', 'app.datadoghq.eu is EU1.'],
  ['EU1', 'app.datadoghq.com is US1.'],
  ['AP1', 'app.datadoghq.eu is EU1, app.datadoghq.com is US1.'],
] as const)('a key refused at %s is told where else it may belong', (site, hint) => {
  const explain = explainDatadog({ site, api_key_last_four: '', service: '', source: '', tags: [] })
  expect(explain(403, '')).toContain(hint)
  expect(explain(500, '')).toBeUndefined()
})
