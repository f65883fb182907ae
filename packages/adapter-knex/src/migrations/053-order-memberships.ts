/**
 * Members are read in the order in which they joined, in portions: without an index each of them sorts the whole group. The group stands in an expression that changes
 * nothing, so that nothing else can use the index: by its plain column PostgreSQL found a single member through it, at the cost of the whole group.
 */
export const orderMemberships = {
  name: '053-order-memberships',
  up: `create index memberships_order on memberships (org_id, nullif(group_id, '00000000-0000-0000-0000-000000000000'), position);`,
}
