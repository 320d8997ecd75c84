/** A second signal this soon is the same one, seen twice: the terminal and a parent process both send Ctrl-C. */
const sameSignalMs = 1000

export interface StopSignal {
  readonly requested: AbortSignal
  /** Resolves when somebody wants us to stop. */
  readonly wait: Promise<void>
  /** Asks as a signal would. */
  readonly stop: () => void
}

/** Turns SIGINT, SIGTERM and SIGHUP, and the end of the process that started us, into one request to stop. */
export function listenForStop(): StopSignal {
  const controller = new AbortController()
  let since = 0
  const stop = () => {
    if (controller.signal.aborted) {
      // Asked again: whoever asks has no patience for requests in flight. Handlers of `exit` still run.
      if (Date.now() - since > sameSignalMs) process.exit(1)
      return
    }
    since = Date.now()
    controller.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  // Only when bin/gatehouse.mjs started us on a newer Node: without it nobody would pass signals on.
  process.once('disconnect', stop)
  process.channel?.unref()
  const wait = new Promise<void>((resolve) => {
    controller.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  return { requested: controller.signal, wait, stop }
}
