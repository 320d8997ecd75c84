import type { DatadogSite, LogStream, LogStreamType } from '#contracts/log-streams.ts'

export const datadogSites: readonly (readonly [DatadogSite, string])[] = [
  ['US1', 'US1 – datadoghq.com'],
  ['US3', 'US3 – us3.datadoghq.com'],
  ['US5', 'US5 – us5.datadoghq.com'],
  ['EU1', 'EU1 – datadoghq.eu'],
  ['AP1', 'AP1 – ap1.datadoghq.com'],
  ['US1-FED', 'US1-FED – ddog-gov.com'],
]

export const streamTypes: readonly (readonly [LogStreamType, string])[] = [
  ['datadog', 'Datadog'],
  ['splunk', 'Splunk HTTP Event Collector'],
  ['s3', 'Amazon S3, or what speaks its protocol'],
  ['https', 'Any HTTPS endpoint'],
  ['file', 'A file on the server'],
  ['stdout', 'Standard output of the server'],
]

/** Where a stream goes, in a few words. */
export function destinationOf({ type, datadog, https, splunk, s3, file }: LogStream): string {
  switch (type) {
    case 'datadog':
      return `Datadog ${datadog?.site ?? ''}, key …${datadog?.api_key_last_four ?? ''}`
    case 'https':
      return https?.url ?? ''
    case 'splunk':
      return `${splunk?.url ?? ''}, token …${splunk?.token_last_four ?? ''}`
    case 's3':
      return `${s3?.endpoint ?? 'S3'}, bucket ${s3?.bucket ?? ''}`
    case 'file':
      return `file ${file?.name ?? ''}`
    case 'stdout':
      return 'standard output'
    default:
      return type satisfies never
  }
}
