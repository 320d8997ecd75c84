/** Custom attribute → where to read it, null when nobody said: what definitions and the directory come to together. */
export type EffectiveAttributeMap = Readonly<Record<string, string | null>>

/** The effective map of the directory `d`, in SQL. A directory's own path goes before that of the environment. */
export const effectiveAttributeMap = `((select coalesce(jsonb_object_agg(a.name, a.path), '{}') from directory_attributes a
  where a.environment_id = d.environment_id) || d.attribute_map)`

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

interface Predefined {
  /** Where SCIM has it; null when it has no place there and each directory must say. */
  readonly path: string | null
  readonly description: string
}

/** Names that applications may count on once an environment has turned them on. */
export const predefinedAttributes: ReadonlyMap<string, Predefined> = new Map([
  ['addresses', { path: 'addresses', description: 'Postal addresses.' }],
  ['cost_center_name', { path: `${enterprise}:costCenter`, description: 'Cost center.' }],
  ['department_name', { path: `${enterprise}:department`, description: 'Department.' }],
  ['division_name', { path: `${enterprise}:division`, description: 'Division.' }],
  ['emails', { path: 'emails', description: 'All e-mail addresses.' }],
  ['employee_number', { path: `${enterprise}:employeeNumber`, description: 'Number the organization knows them by.' }],
  ['employee_type', { path: 'userType', description: 'Kind of employment, such as Contractor.' }],
  [
    'employment_start_date',
    { path: null, description: 'First day. SCIM has no place for it; map it in each directory.' },
  ],
  ['job_title', { path: 'title', description: 'Job title.' }],
  [
    'manager_email',
    {
      path: `${enterprise}:manager.value`,
      description: 'Address of the manager; null when the identity provider sends an id instead of an address.',
    },
  ],
  ['organization', { path: `${enterprise}:organization`, description: 'Organization, as the directory names it.' }],
  ['username', { path: 'userName', description: 'Name the person signs in with.' }],
])
