-- The sheets (order 47 of 2022-06-20, annexes 1 and 2) of `bodies(body, part, facts)`: a part of the form for each of them.
-- `facts` is one body's JSON in the published schema. A row of the result is a row of the part: its points, or null where
-- something is missing; whom it lacks a fact of; whose facts decided it. Readings: README.md beside it.
with scale(part, kind, number, rule, best, about) as (values
    -- annex 2, "Managing state institutions"; points by annex 1, rows 1, 3.1, 3.2, 3.3, 4
    ('state-institutions', 'state-institution', '1', 'fewer', 2, 'net-result'),
    ('state-institutions', 'state-institution', '2.1', 'audited', 2, 'areas'),
    ('state-institutions', 'state-institution', '2.2', 'audited', 2, 'cars'),
    ('state-institutions', 'state-institution', '2.3', 'audited', 2, 'telephones-furniture'),
    ('state-institutions', 'state-institution', '3', 'none', 2, 'objects'),
    -- annex 2, "Managing state enterprises"; annex 1, rows 1, 2, 3.4, 3.2, 3.5, 4, 5.1, 5.2, 6, 7.1, 7.2
    ('state-enterprises', 'state-enterprise', '1', 'fewer', 2, 'net-result'),
    ('state-enterprises', 'state-enterprise', '2', 'none', 2, 'transfer'),
    ('state-enterprises', 'state-enterprise', '3.1', 'audited', 2, 'areas'),
    ('state-enterprises', 'state-enterprise', '3.2', 'audited', 2, 'cars'),
    ('state-enterprises', 'state-enterprise', '3.3', 'audited', 2, 'special-vehicles'),
    ('state-enterprises', 'state-enterprise', '4', 'none', 2, 'objects'),
    ('state-enterprises', 'state-enterprise', '5.1', 'none', 1, 'plans'),
    ('state-enterprises', 'state-enterprise', '5.2', 'none', 1, 'reports'),
    ('state-enterprises', 'state-enterprise', '6', 'none', 2, 'plan-quality'),
    ('state-enterprises', 'state-enterprise', '7.1', 'none', 2, 'indicators'),
    ('state-enterprises', 'state-enterprise', '7.2', 'none', 2, 'solvency'),
    -- annex 2, shareholdings in joint-stock companies; annex 1, rows 1, 2, 3.4, 3.2, 5.1, 5.2, 6, 7.1, 7.2
    ('joint-stock-companies', 'joint-stock-company', '1', 'fewer', 2, 'net-result'),
    ('joint-stock-companies', 'joint-stock-company', '2', 'none', 2, 'transfer'),
    ('joint-stock-companies', 'joint-stock-company', '3.1', 'audited', 2, 'areas'),
    ('joint-stock-companies', 'joint-stock-company', '3.2', 'audited', 2, 'cars'),
    ('joint-stock-companies', 'joint-stock-company', '4.1', 'none', 1, 'plans'),
    ('joint-stock-companies', 'joint-stock-company', '4.2', 'none', 1, 'reports'),
    ('joint-stock-companies', 'joint-stock-company', '5', 'none', 2, 'plan-quality'),
    ('joint-stock-companies', 'joint-stock-company', '6.1', 'none', 2, 'indicators'),
    ('joint-stock-companies', 'joint-stock-company', '6.2', 'none', 2, 'solvency'),
    -- annex 2, interests in limited-liability partnerships; annex 1, the same rows
    ('llp-interests', 'llp', '1', 'fewer', 2, 'net-result'),
    ('llp-interests', 'llp', '2', 'none', 2, 'transfer'),
    ('llp-interests', 'llp', '3.1', 'audited', 2, 'areas'),
    ('llp-interests', 'llp', '3.2', 'audited', 2, 'cars'),
    ('llp-interests', 'llp', '4.1', 'none', 1, 'plans'),
    ('llp-interests', 'llp', '4.2', 'none', 1, 'reports'),
    ('llp-interests', 'llp', '5', 'none', 2, 'plan-quality'),
    ('llp-interests', 'llp', '6.1', 'none', 2, 'indicators'),
    ('llp-interests', 'llp', '6.2', 'none', 2, 'solvency')
),
organisation as (
    select distinct body, o ->> 'bin' as bin, o ->> 'kind' as kind
    from bodies, jsonb_array_elements(facts -> 'organisations') o
),
reported as (
    select body, (facts ->> 'period')::int as period, o ->> 'bin' as bin, f, f ->> 'fact' as fact,
        f ->> 'assumed' is not null as assumed
    from bodies, jsonb_array_elements(facts -> 'organisations') o, jsonb_array_elements(o -> 'facts') f
),
-- what a fact is about, what it says (lists in one order, amounts as numbers), and whether that counts against the body
said as materialized (
    select body, bin, assumed,
        case
            when fact = 'net-result' and (f ->> 'year')::int = period then 'net-result'
            when fact = 'net-result' and (f ->> 'year')::int = period - 1 then 'net-result before'
            when fact = 'net-result' then null
            when fact = 'audits' then f ->> 'norm'
            else fact
        end as about,
        case fact
            when 'net-result' then coalesce(to_jsonb((f ->> 'amount')::numeric), 'null')
            when 'transfer' then jsonb_build_array((f ->> 'due')::numeric, f ->> 'due_by', (
                select jsonb_agg(jsonb_build_array(p ->> 'on', (p ->> 'amount')::numeric)
                    order by p ->> 'on', (p ->> 'amount')::numeric)
                from jsonb_array_elements(f -> 'payments') p))
            when 'audits' then (
                select jsonb_agg(a order by a) from jsonb_array_elements(f -> 'audits') a)
            when 'objects' then jsonb_build_array(f -> 'inventory', f -> 'passporting', f -> 'revaluation')
            when 'plan-quality' then jsonb_build_array(f -> 'measurable', f -> 'tied')
            when 'indicators' then (
                select jsonb_agg(said order by said) from jsonb_array_elements(f -> 'indicators') i,
                lateral (select jsonb_build_array(i ->> 'name', (i ->> 'planned')::numeric, (i ->> 'reached')::numeric,
                    i ->> 'better') as said) s)
            when 'solvency' then f -> 'solvent'
            else (select jsonb_agg(s order by s) from jsonb_array_elements(f -> 'submissions') s)
        end as says,
        case fact
            -- annex 1, row 1: the financial result is negative
            when 'net-result' then coalesce((f ->> 'amount')::numeric < 0, false)
            -- row 2: not on time or not in full
            when 'transfer' then (f ->> 'due')::numeric > (
                select coalesce(sum((p ->> 'amount')::numeric), 0) from jsonb_array_elements(f -> 'payments') p
                where (p ->> 'on')::date <= (f ->> 'due_by')::date)
            -- rows 3.1 to 3.5: a violation was established in the reporting period
            when 'audits' then exists (
                select from jsonb_array_elements(f -> 'audits') a
                where (a ->> 'violations')::int > 0 and extract(year from (a ->> 'on')::date) = period)
            -- row 4: objects that have to be passported
            when 'objects' then (f ->> 'passporting')::int > 0
            -- row 6: key indicators that can be measured, and say how the strategic aims are met
            when 'plan-quality' then not ((f ->> 'measurable')::boolean and (f ->> 'tied')::boolean)
            -- row 7.1: a key indicator isn't reached
            when 'indicators' then exists (
                select from jsonb_array_elements(f -> 'indicators') i
                where case i ->> 'better' when 'less' then (i ->> 'reached')::numeric > (i ->> 'planned')::numeric
                    else (i ->> 'reached')::numeric < (i ->> 'planned')::numeric end)
            -- row 7.2: insolvent
            when 'solvency' then not (f ->> 'solvent')::boolean
            -- rows 5.1 and 5.2: not given to the register
            else exists (select from jsonb_array_elements(f -> 'submissions') s where s ->> 'given_on' is null)
        end as bad,
        fact = 'audits' and exists (
            select from jsonb_array_elements(f -> 'audits') a
            where extract(year from (a ->> 'on')::date) = period) as audited,
        -- rows 6 and 7.1 are about the same key indicators of one plan: can it have any, by this fact?
        case
            when fact = 'plan-quality' and ((f ->> 'measurable')::boolean or (f ->> 'tied')::boolean) then 'some'
            when fact = 'indicators' and f -> 'indicators' = '[]' then 'none'
        end as planned
    from reported
),
agreed as (
    select body, bin, about, assumed, bool_or(bad) as bad, bool_or(audited) as audited, max(planned) as planned
    from said
    where about is not null
    group by body, bin, about, assumed
    having count(distinct coalesce(says, '[]')) = 1
),
-- what is reported without contradiction, else what is assumed without contradiction
chosen as (
    select distinct on (body, bin, about) body, bin, about, bad, audited, planned
    from agreed
    order by body, bin, about, assumed
),
-- rows 6 and 7.1 contradict each other: then what is assumed counts, if it doesn't
torn as (
    select body, bin from chosen where planned is not null group by body, bin having count(*) = 2
),
instead as (
    select distinct on (body, bin, about) body, bin, about, bad, audited, planned
    from agreed join torn using (body, bin)
    where about in ('plan-quality', 'indicators')
    order by body, bin, about, assumed desc
),
known as (
    select body, bin, about, bad, audited
    from chosen left join torn using (body, bin)
    where about not in ('plan-quality', 'indicators') or torn.body is null
    union all
    select body, bin, about, bad, audited
    from instead
    where (body, bin) not in (
        select body, bin from instead where planned is not null group by body, bin having count(*) = 2)
),
standing as (
    select b.body, number, rule, best, o.bin, now.bad, now.audited, before.bad as bad_before
    from bodies b join scale using (part)
        left join organisation o on o.body = b.body and o.kind = scale.kind
        left join known now on now.body = o.body and now.bin = o.bin and now.about = scale.about
        left join known before on before.body = o.body and before.bin = o.bin
            and before.about = scale.about || ' before'
),
counted as (
    select body, number, rule, best, count(bin) as organisations,
        count(*) filter (where bad) as against, count(*) filter (where bad_before) as against_before,
        count(*) filter (where audited) as audited,
        count(*) filter (where bin is not null and bad is null) as missing,
        count(*) filter (where bin is not null and bad_before is null) as missing_before
    from standing
    group by body, number, rule, best
),
scored as (
    select *,
        case
            when organisations = 0 or missing > 0 then null
            when against = 0 and rule = 'audited' and audited = 0 then 1
            when against = 0 then best
            when rule = 'fewer' and missing_before > 0 then null
            when rule = 'fewer' and against < against_before then 1
            else 0
        end as points
    from counted
)
select body, number, points,
    coalesce(array_agg(bin order by bin) filter (where bin is not null and points is null
        and (bad is null or rule = 'fewer' and against > 0 and bad_before is null)), '{}') as missing,
    coalesce(array_agg(bin order by bin) filter (where
        case
            when points is null then false
            -- full points: everybody, or everybody audited; 1 for no audits: everybody
            when against = 0 then rule <> 'audited' or audited_here or audited = 0
            -- row 1: the losses of both years were compared
            else bad or rule = 'fewer' and bad_before
        end), '{}') as deciding
from scored join (select body, number, bin, bad, bad_before, audited as audited_here from standing) s
    using (body, number)
group by body, number, points
