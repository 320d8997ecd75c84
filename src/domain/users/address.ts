/** The form in which an address is the key of a person. Mail systems that tell upper from lower case are extinct. */
export function addressKey(email: string): string {
  return email.trim().toLowerCase()
}
