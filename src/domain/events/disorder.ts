/**
 * A transaction may live this long (db/database.ts sets the time-outs), so an event's place in the log can be this far
 * from its timestamp.
 */
export const disorder = '10 minutes'
