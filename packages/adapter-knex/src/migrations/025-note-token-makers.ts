export const noteTokenMakers = {
  name: '025-note-token-makers',
  up: 'alter table scim_tokens add column created_by jsonb;',
}
