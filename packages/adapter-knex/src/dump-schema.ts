import type { Database } from './database.ts'

/** The schema of a migrated database as text, the same on every run: what `schema.sql` holds and CI compares. */
export async function dumpSchema({ knex }: Database): Promise<string> {
  const lines = async (text: string): Promise<readonly string[]> => {
    const { rows }: { rows: { line: string }[] } = await knex.raw(text)
    return rows.map(({ line }) => line)
  }
  const tables = await lines(
    `select relname as line from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname not like 'migrations%' order by 1`,
  )
  const sections: string[] = []
  for (const table of tables) {
    const columns = await lines(
      `select format('  %I %s%s%s%s', attname, format_type(atttypid, atttypmod), case when attnotnull then ' not null' else '' end,
          case attidentity when 'a' then ' generated always as identity' else '' end,
          coalesce(' default ' || pg_get_expr(adbin, adrelid), '')) as line
        from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
        where attrelid = '${table}'::regclass and attnum > 0 and not attisdropped order by attnum`,
    )
    const constraints = await lines(
      `select format('  constraint %I %s', conname, pg_get_constraintdef(oid)) as line from pg_constraint
        where conrelid = '${table}'::regclass and contype <> 'n' order by conname`,
    )
    const indexes = await lines(
      `select pg_get_indexdef(indexrelid) || ';' as line from pg_index where indrelid = '${table}'::regclass
        and not exists (select 1 from pg_constraint where conindid = indexrelid and contype in ('p', 'u')) order by 1`,
    )
    const security = await lines(
      `select format('alter table %I enable row level security;', relname) || case when relforcerowsecurity then format(E'\\nalter table %I force row level security;', relname) else '' end as line
        from pg_class where oid = '${table}'::regclass and relrowsecurity`,
    )
    const policies = await lines(
      `select format('create policy %I on %s for %s%s%s;', polname, polrelid::regclass,
          case polcmd when '*' then 'all' when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' else 'delete' end,
          coalesce(' using (' || pg_get_expr(polqual, polrelid) || ')', ''), coalesce(' with check (' || pg_get_expr(polwithcheck, polrelid) || ')', '')) as line
        from pg_policy where polrelid = '${table}'::regclass order by polname`,
    )
    const triggers = await lines(
      `select pg_get_triggerdef(oid) || ';' as line from pg_trigger where tgrelid = '${table}'::regclass and not tgisinternal order by tgname`,
    )
    sections.push(
      [`create table ${table} (`, [...columns, ...constraints].join(',\n'), ');', ...indexes, ...security, ...policies, ...triggers].join(
        '\n',
      ),
    )
  }
  const domains = await lines(
    `select format('create domain %s as %s %s;', typname, format_type(typbasetype, typtypmod), pg_get_constraintdef(pg_constraint.oid)) as line
      from pg_type join pg_constraint on contypid = pg_type.oid where typnamespace = 'public'::regnamespace order by typname`,
  )
  const functions = await lines(
    `select pg_get_functiondef(oid) || ';' as line from pg_proc where pronamespace = 'public'::regnamespace order by proname`,
  )
  sections.push(domains.join('\n'), ...functions)
  return `${sections.join('\n\n')}\n`
}
