-- Peer: the sessions list by SQLite's own program, everything that the console's file holds, in one question.
-- Of the ways tried on 200,000 sessions this took least: two in a hundred have matches, which are counted at once.
SELECT s.id, coalesce(p.own_reference, '') AS own_reference, s.reference, s.provider, s.kind, s.status, s.capture, s.outcome,
  s.outcome_code AS code, s.outcome_text AS code_text, s.review, s.decision,
  CASE WHEN s.decision <> 'none' THEN coalesce((
    SELECT (SELECT group_concat(value, ' ') FROM json_each(d.reason_codes))
    FROM decision d WHERE d.session_id = s.id AND d.kind IN ('approve', 'reject') ORDER BY d.id DESC LIMIT 1
  ), '') ELSE '' END AS reasons,
  s.decided_by_name AS decided_by, replace(substr(s.decided_at, 1, 19), ' ', 'T') || 'Z' AS decided_at,
  coalesce(p.name, '') AS person,
  coalesce((
    SELECT group_concat(kind, ' ') FROM (SELECT m.kind FROM matter m WHERE m.session_id = s.id ORDER BY m.position)
  ), '') AS open_matters,
  r.face ->> '$.score' AS face_score, l.options ->> '$.face_threshold' AS face_threshold,
  r.authenticity ->> '$.score' AS authenticity_score, l.options ->> '$.authenticity_threshold' AS authenticity_threshold,
  coalesce(a.matches, 0) AS aml_matches, coalesce(a.unsettled, 0) AS aml_open, coalesce(a.same, 0) AS aml_same,
  coalesce(r.person ->> '$.document_type', '') AS document_type, coalesce(r.person ->> '$.issuer', '') AS issuer,
  replace(substr(s.created_at, 1, 19), ' ', 'T') || 'Z' AS created_at, replace(substr(s.opened_at, 1, 19), ' ', 'T') || 'Z' AS opened_at,
  replace(substr(s.finished_at, 1, 19), ' ', 'T') || 'Z' AS finished_at,
  (SELECT count(*) FROM delivery d WHERE d.session_id = s.id) AS deliveries
FROM verification_session s
JOIN link l ON l.id = s.link_id
LEFT JOIN person p ON p.id = s.person_id
LEFT JOIN session_result r ON r.session_id = s.id
LEFT JOIN (
  SELECT session_id, count(*) AS matches, sum(verdict = 'open') AS unsettled, sum(verdict = 'same') AS same
  FROM aml_match GROUP BY session_id
) a ON a.session_id = s.id
ORDER BY s.created_at DESC, s.id DESC;
