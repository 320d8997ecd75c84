import { Table } from '@radix-ui/themes'
import type { ReactNode, Ref } from 'react'

interface Column {
  readonly text: string
  readonly align?: 'right'
  /** Said to those who do not see that its cells are buttons. */
  readonly isHidden?: true
}

/** The column that what can be done is in. */
export const actions: Column = { text: 'Actions', isHidden: true }

interface Props {
  /** Left out where each row says what it is. */
  readonly columns?: readonly (string | Column)[]
  readonly isDense?: boolean
  readonly ref?: Ref<HTMLDivElement>
  /** `Table.Row`s. */
  readonly children: ReactNode
}

/** Rows below their headings, which scroll sideways by themselves where there is no room. */
export function Rows({ columns = [], isDense = false, ref, children }: Props) {
  return (
    <div className="table-frame" ref={ref}>
      <Table.Root variant="surface" {...(isDense && { size: '1' })}>
        {columns.length > 0 && (
          <Table.Header>
            <Table.Row>
              {columns
                .map((column): Column => (typeof column === 'string' ? { text: column } : column))
                .map(({ text, align, isHidden }) => (
                  <Table.ColumnHeaderCell key={text} align={align}>
                    {isHidden ? <span className="visually-hidden">{text}</span> : text}
                  </Table.ColumnHeaderCell>
                ))}
            </Table.Row>
          </Table.Header>
        )}
        <Table.Body>{children}</Table.Body>
      </Table.Root>
    </div>
  )
}
