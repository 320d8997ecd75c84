import { Fragment } from 'react'

/** Text of a guide: what stands between two asterisks each is a label of the other side's console. */
export function RichText({ text }: { readonly text: string }) {
  return text.split('**').map((part, index) => {
    const isLabel = index % 2 === 1
    // The parts of one text never change places.
    return isLabel ? <strong key={index}>{part}</strong> : <Fragment key={index}>{part}</Fragment>
  })
}
