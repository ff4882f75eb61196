-- The reports of a fleet by kernel, CPU and hypervisor, the worst first, with a row for each fault of a group.
-- The same for DuckDB and for Spark. fleet-sql has made the tables:
--   summaries  a row a line: machine, time, verdict, source, induced, kernel, cpu, core_type, microcode, platform,
--              hypervisor, event, runs, pmis, truecount
--   findings   a row for each finding of a line: the same, and fault, direction, per, least, median, most, affected,
--              chances, among
-- Simulated PMUs and faults that were made on purpose say nothing of a machine.
WITH
reports AS (
  SELECT * FROM summaries WHERE source <> 'simulated' AND induced IS NULL
),
totals AS (
  SELECT
    kernel, cpu, coalesce(core_type, '') AS core_type, platform, coalesce(hypervisor, '') AS hypervisor, source,
    count(*) AS reports, count(DISTINCT machine) AS machines,
    sum(CASE WHEN verdict = 'faulty' THEN 1 ELSE 0 END) AS faulty,
    sum(CASE WHEN verdict = 'inconclusive' THEN 1 ELSE 0 END) AS inconclusive,
    sum(CASE WHEN verdict = 'unsupported' THEN 1 ELSE 0 END) AS unsupported,
    sum(CASE WHEN verdict = 'accurate' THEN 1 ELSE 0 END) AS accurate,
    max(time) AS last_report
  FROM reports
  GROUP BY 1, 2, 3, 4, 5, 6
),
faults AS (
  SELECT
    kernel, cpu, coalesce(core_type, '') AS core_type, platform, coalesce(hypervisor, '') AS hypervisor, source,
    fault, direction, per, among,
    count(*) AS fault_reports, min(median) AS least_median, max(median) AS greatest_median,
    sum(affected) AS affected, sum(chances) AS chances, min(machine) AS such_as
  FROM findings
  WHERE source <> 'simulated' AND induced IS NULL
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
)
SELECT
  totals.kernel, totals.cpu, totals.core_type, totals.platform, totals.hypervisor, totals.source,
  reports, machines, faulty, inconclusive, unsupported, accurate, last_report,
  fault, direction, per, fault_reports, least_median, greatest_median, affected, chances, among, such_as
FROM totals
LEFT JOIN faults
  ON faults.kernel = totals.kernel AND faults.cpu = totals.cpu AND faults.core_type = totals.core_type
  AND faults.platform = totals.platform AND faults.hypervisor = totals.hypervisor AND faults.source = totals.source
ORDER BY
  faulty DESC, inconclusive DESC, unsupported DESC, reports DESC, totals.kernel, totals.cpu, totals.core_type,
  totals.platform, totals.hypervisor, totals.source, coalesce(fault, ''), coalesce(direction, ''), coalesce(per, ''),
  coalesce(among, '')
