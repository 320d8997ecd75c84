import type { AuthenticationSettings } from '#contracts/authentication-settings.ts'
import type { Environment } from '#contracts/environments.ts'
import {
  type TestSsoFlow,
  testSsoFlows,
  testSsoGuides,
  type TestSsoScenario,
  testSsoScenarios,
} from '#contracts/test-sso.ts'
import { nearest } from '#domain/nearest.ts'
import { type Command, type Invocation, textOption } from './command.ts'
import { exitCodes, Failure } from './failure.ts'
import { findSource } from './follow-log.ts'
import type { Terminal } from './terminal.ts'
import { askApi, type Trial, tryScenario } from './try-scenario.ts'

export const testSso: Command = {
  name: 'test-sso',
  usage: '--all | SCENARIO',
  summary:
    'Signs in through the test identity provider as a browser and an application would, and says whether each scenario ended as it should.',
  notes: [
    'Scenarios:',
    ...testSsoScenarios.map((scenario) => `  ${nameOf(scenario).padEnd(20)} ${testSsoGuides[scenario].title}`),
    '',
    'Needs a server that "gatehouse dev" runs, with its Test Organization. The application itself is not called: the',
    'code is taken from the redirect and exchanged here.',
    'Exits with 1 when a scenario did not end as it should.',
  ],
  words: [0, 1],
  settings: ['baseUrl', 'apiKey', 'data', 'json'],
  options: {
    all: { doc: 'Every scenario in every flow' },
    flow: { value: 'FLOW', doc: 'standalone (/sso/authorize) or authkit (the login box); both unless given' },
  },
  run: runTestSso,
}

async function runTestSso(invocation: Invocation): Promise<void> {
  const { config, terminal } = invocation
  const asked = readWanted(invocation)
  const source = await findSource(config)
  const { sign_in_endpoint: endpoint } = await askApi<AuthenticationSettings>(source, 'GET', '/authentication_settings')
  // A sign-in that nobody asked for ends in one of the two flows, which the environment decides.
  const wanted = asked.filter(
    ([scenario, flow]) =>
      scenario !== 'idp_initiated' ||
      flow === textOption(invocation, 'flow') ||
      flow === (endpoint === null ? 'standalone' : 'authkit'),
  )
  const { client_id: clientId } = await askApi<Environment>(source, 'GET', '/environments/current')
  const trials: Trial[] = []
  // One after the other: an unasked sign-in is told from the next one by time alone.
  for (const [scenario, flow] of wanted) {
    const trial = await tryScenario(source, clientId, scenario, flow)
    trials.push(trial)
    if (!config.json) show(terminal, trial)
  }
  const failed = trials.filter(({ passed }) => !passed).length
  if (config.json) terminal.line(JSON.stringify({ url: source.url, passed: failed === 0, trials }, null, 2))
  if (failed > 0)
    throw new Failure(exitCodes.userError, `${failed} of ${trials.length} scenarios did not end as they should.`)
}

function show(terminal: Terminal, { scenario, flow, passed, problems, run }: Trial): void {
  const symbol = passed
    ? terminal.style('green', terminal.symbol('✓', 'ok'))
    : terminal.style('red', terminal.symbol('✗', '!!'))
  terminal.line(`${symbol} ${testSsoGuides[scenario].title}, ${flow}`)
  terminal.line(`    expected  ${run.expected}`)
  terminal.line(`    happened  ${run.happened ?? 'nothing'}`)
  for (const problem of problems) terminal.line(`    problem   ${problem}`)
}

function readWanted(invocation: Invocation): readonly (readonly [TestSsoScenario, TestSsoFlow])[] {
  const [name] = invocation.words
  const all = invocation.options['all'] === true
  if (all === (name !== undefined))
    throw new Failure(exitCodes.userError, 'Say --all, or one scenario: see gatehouse test-sso --help.')
  const scenarios = name === undefined ? testSsoScenarios : [readScenario(name)]
  const flows = readFlows(textOption(invocation, 'flow'))
  return scenarios.flatMap((scenario) => flows.map((flow) => [scenario, flow] as const))
}

function readScenario(name: string): TestSsoScenario {
  const found = testSsoScenarios.find((scenario) => nameOf(scenario) === nameOf(name))
  if (found) return found
  const closest = nearest(name, testSsoScenarios.map(nameOf))
  throw new Failure(exitCodes.userError, `There is no scenario "${name}". Did you mean "${closest}"?`)
}

function readFlows(name: string | undefined): readonly TestSsoFlow[] {
  if (name === undefined) return testSsoFlows
  const found = testSsoFlows.find((flow) => flow === name)
  if (found) return [found]
  throw new Failure(exitCodes.userError, `--flow is "${name}"; it must be standalone or authkit.`)
}

/** As it is typed. */
function nameOf(scenario: string): string {
  return scenario.replaceAll('_', '-')
}
