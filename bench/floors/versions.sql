-- One line for each schema, all joined by UNION ALL into one statement.
SELECT '{schema}' AS schema, version_num FROM "{schema}".alembic_version
