import { Flex, Text } from '@radix-ui/themes'
import type { Bar } from './series.ts'

interface Props {
  readonly bars: readonly Bar[]
  readonly title: string
  /** What the two parts of a bar count. */
  readonly good: string
  readonly bad: string
}

const height = 120
const step = 20
const width = 14

/** Bars by day. What they show is said in words too, for those who do not see them. */
export function BarChart({ bars, title, good, bad }: Props) {
  const most = Math.max(1, ...bars.map((bar) => bar.good + bar.bad))
  const scale = (count: number) => (count / most) * height
  const goodTotal = bars.reduce((sum, bar) => sum + bar.good, 0)
  const badTotal = bars.reduce((sum, bar) => sum + bar.bad, 0)
  const isEmpty = goodTotal + badTotal === 0
  const words = `${title}: ${goodTotal} ${good}, ${badTotal} ${bad}`
  return (
    <Flex direction="column" gap="2">
      <svg
        role="img"
        aria-label={words}
        viewBox={`0 0 ${bars.length * step} ${height + 2}`}
        className="chart"
        preserveAspectRatio="none"
      >
        <line x1="0" x2={bars.length * step} y1={height + 1} y2={height + 1} className="chart-line" />
        {bars.map((bar, index) => (
          <g key={bar.day}>
            <title>{`${bar.day}: ${bar.good} ${good}, ${bar.bad} ${bad}`}</title>
            <rect x={index * step} y="0" width={step} height={height} className="chart-hit" />
            <rect
              x={index * step + 3}
              y={height - scale(bar.good)}
              width={width}
              height={scale(bar.good)}
              className="chart-good"
            />
            <rect
              x={index * step + 3}
              y={height - scale(bar.good) - scale(bar.bad)}
              width={width}
              height={scale(bar.bad)}
              className="chart-bad"
            />
          </g>
        ))}
      </svg>
      <Flex justify="between" gap="3" wrap="wrap">
        <Text size="1" className="soft">
          {isEmpty && 'None from '}
          {bars[0]?.day} to {bars.at(-1)?.day}
        </Text>
        <Flex gap="3">
          <Text size="1">
            <span className="dot inline-dot" data-tone="green" aria-hidden="true" /> {goodTotal} {good}
          </Text>
          <Text size="1">
            <span className="dot inline-dot" data-tone="red" aria-hidden="true" /> {badTotal} {bad}
          </Text>
        </Flex>
      </Flex>
    </Flex>
  )
}
