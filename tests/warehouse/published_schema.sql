CREATE SCHEMA "consolidation";
CREATE TABLE "consolidation"."made_with" (
  "part" VARCHAR NOT NULL,
  "fingerprint" VARCHAR NOT NULL,
  PRIMARY KEY ("part")
);
COMMENT ON TABLE "consolidation"."made_with" IS 'One row is something that this file was made with. Key: part.';
COMMENT ON COLUMN "consolidation"."made_with"."part" IS '`tables` (their statements and queries), or an edition.';
COMMENT ON COLUMN "consolidation"."made_with"."fingerprint" IS 'SHA-256 of it.';
CREATE TABLE "consolidation"."held" (
  "name" VARCHAR NOT NULL,
  "edition" VARCHAR NOT NULL,
  "iso_week" VARCHAR,
  "digest" VARCHAR NOT NULL,
  "counts_from" TIMESTAMPTZ,
  PRIMARY KEY ("name")
);
COMMENT ON TABLE "consolidation"."held" IS 'One row is a verdict, or an act with rows of its own, that this file''s rows stand for. Key: name.';
COMMENT ON COLUMN "consolidation"."held"."name" IS 'The return''s submission_id; the act''s name in the landing.';
COMMENT ON COLUMN "consolidation"."held"."edition" IS 'Edition of the network, such as lgnet2.';
COMMENT ON COLUMN "consolidation"."held"."iso_week" IS 'Week that it is for; NULL where it is for none, or that could not be told.';
COMMENT ON COLUMN "consolidation"."held"."digest" IS 'SHA-256 of the verdict''s bytes, or of the act.';
COMMENT ON COLUMN "consolidation"."held"."counts_from" IS 'When the return was accepted, where it was judged again after its arrival; else NULL.';
CREATE TABLE "consolidation"."parquet_parts" (
  "table_name" VARCHAR NOT NULL,
  "part" VARCHAR NOT NULL,
  "size" INTEGER NOT NULL
);
COMMENT ON TABLE "consolidation"."parquet_parts" IS 'One row is a Parquet file that lies beside this file. Key: table_name, part.';
COMMENT ON COLUMN "consolidation"."parquet_parts"."table_name" IS 'Table whose rows it holds.';
COMMENT ON COLUMN "consolidation"."parquet_parts"."part" IS 'Which of them: a week, a period, or all; the file''s name.';
COMMENT ON COLUMN "consolidation"."parquet_parts"."size" IS 'Its size in bytes.';
CREATE TABLE "main"."cities" (
  "slug" VARCHAR NOT NULL,
  "cadastral_code" VARCHAR NOT NULL,
  "istat_code" VARCHAR NOT NULL,
  "istat_valid_from" DATE,
  "istat_valid_to" DATE,
  "province" VARCHAR NOT NULL,
  "region_code" VARCHAR NOT NULL,
  "region" VARCHAR NOT NULL,
  "nuts3" VARCHAR NOT NULL,
  "name_it" VARCHAR NOT NULL,
  "name_de" VARCHAR,
  "reporting_body" VARCHAR NOT NULL,
  "body_kind" VARCHAR NOT NULL,
  "population_2022" INTEGER NOT NULL,
  "population_under18_2022" INTEGER NOT NULL,
  PRIMARY KEY ("slug", "istat_code")
);
COMMENT ON TABLE "main"."cities" IS 'One row is a city of the network in one period of its ISTAT code. Key: slug, istat_code.';
COMMENT ON COLUMN "main"."cities"."slug" IS 'The city''s short name; one city has one slug in all its periods.';
COMMENT ON COLUMN "main"."cities"."cadastral_code" IS 'Cadastral code: the official key that stays.';
COMMENT ON COLUMN "main"."cities"."istat_code" IS 'ISTAT code of the comune in this period.';
COMMENT ON COLUMN "main"."cities"."istat_valid_from" IS 'First day of that code; NULL = from the beginning.';
COMMENT ON COLUMN "main"."cities"."istat_valid_to" IS 'Last day of that code; NULL = no end.';
COMMENT ON COLUMN "main"."cities"."province" IS 'Letters of the province (NA is Napoli).';
COMMENT ON COLUMN "main"."cities"."region_code" IS 'ISTAT code of the region.';
COMMENT ON COLUMN "main"."cities"."region" IS 'Name of the region.';
COMMENT ON COLUMN "main"."cities"."nuts3" IS 'NUTS 3 code (NUTS 2024).';
COMMENT ON COLUMN "main"."cities"."name_it" IS 'Name in Italian.';
COMMENT ON COLUMN "main"."cities"."name_de" IS 'Name in German; NULL where it has none of its own.';
COMMENT ON COLUMN "main"."cities"."reporting_body" IS 'Body that sends the returns; it may differ from the city.';
COMMENT ON COLUMN "main"."cities"."body_kind" IS 'Kind of that body.';
COMMENT ON COLUMN "main"."cities"."population_2022" IS 'Residents in 2022.';
COMMENT ON COLUMN "main"."cities"."population_under18_2022" IS 'Residents under 18 in 2022.';
CREATE TABLE "main"."areas" (
  "code" VARCHAR NOT NULL,
  "label_it" VARCHAR NOT NULL,
  "label_en" VARCHAR NOT NULL,
  "label_de" VARCHAR NOT NULL,
  PRIMARY KEY ("code")
);
COMMENT ON TABLE "main"."areas" IS 'One row is an area of activity of the edition. Key: code.';
COMMENT ON COLUMN "main"."areas"."code" IS 'Its code.';
COMMENT ON COLUMN "main"."areas"."label_it" IS 'Its name in Italian.';
COMMENT ON COLUMN "main"."areas"."label_en" IS 'Its name in English.';
COMMENT ON COLUMN "main"."areas"."label_de" IS 'Its name in German.';
CREATE TABLE "main"."service_kinds" (
  "code" VARCHAR NOT NULL,
  "label_it" VARCHAR NOT NULL,
  PRIMARY KEY ("code")
);
COMMENT ON TABLE "main"."service_kinds" IS 'One row is a kind of service point. Key: code.';
COMMENT ON COLUMN "main"."service_kinds"."code" IS 'Its code.';
COMMENT ON COLUMN "main"."service_kinds"."label_it" IS 'Its name in Italian.';
CREATE TABLE "main"."service_points" (
  "city" VARCHAR NOT NULL,
  "code" VARCHAR NOT NULL,
  "kind" VARCHAR NOT NULL,
  "name" VARCHAR NOT NULL,
  "beds" INTEGER,
  "roster_from" VARCHAR NOT NULL,
  "roster_to" VARCHAR,
  PRIMARY KEY ("code"),
  FOREIGN KEY ("kind") REFERENCES "service_kinds"
);
COMMENT ON TABLE "main"."service_points" IS 'One row is a service point in the weeks of its roster. Key: code.';
COMMENT ON COLUMN "main"."service_points"."city" IS 'City, by its slug in `cities`.';
COMMENT ON COLUMN "main"."service_points"."code" IS 'Code of the service point, such as MI-OSS-01.';
COMMENT ON COLUMN "main"."service_points"."kind" IS 'Kind of service point, by its code in `service_kinds`.';
COMMENT ON COLUMN "main"."service_points"."name" IS 'Its name.';
COMMENT ON COLUMN "main"."service_points"."beds" IS 'Capacity in beds; NULL where it has none.';
COMMENT ON COLUMN "main"."service_points"."roster_from" IS 'First week in which it is due, written 2023-W42.';
COMMENT ON COLUMN "main"."service_points"."roster_to" IS 'Last week in which it is due; NULL = no end.';
CREATE TABLE "main"."measures" (
  "code" VARCHAR NOT NULL,
  "area" VARCHAR NOT NULL,
  "service_kind" VARCHAR NOT NULL,
  "kind" VARCHAR NOT NULL CHECK ("kind" IN ('flow', 'stock', 'unique')),
  "unit" VARCHAR NOT NULL,
  "decimals" INTEGER NOT NULL,
  "breakdowns" VARCHAR[] NOT NULL,
  "label_it" VARCHAR NOT NULL,
  "label_en" VARCHAR NOT NULL,
  "label_de" VARCHAR NOT NULL,
  PRIMARY KEY ("code"),
  FOREIGN KEY ("area") REFERENCES "areas"
);
COMMENT ON TABLE "main"."measures" IS 'One row is something that a kind of service point (or the city) counts every week. Key: code.';
COMMENT ON COLUMN "main"."measures"."code" IS 'Its code.';
COMMENT ON COLUMN "main"."measures"."area" IS 'Area of activity, by its code in `areas`.';
COMMENT ON COLUMN "main"."measures"."service_kind" IS 'Kind of service point that the measure belongs to; `city` for city-level measures.';
COMMENT ON COLUMN "main"."measures"."kind" IS 'flow (sums over weeks), stock (last week of a period), unique (each person once).';
COMMENT ON COLUMN "main"."measures"."unit" IS 'Unit of the figure.';
COMMENT ON COLUMN "main"."measures"."decimals" IS 'Decimals that a figure may have.';
COMMENT ON COLUMN "main"."measures"."breakdowns" IS 'Code lists by which it is broken down; empty: only the total.';
COMMENT ON COLUMN "main"."measures"."label_it" IS 'Its name in Italian.';
COMMENT ON COLUMN "main"."measures"."label_en" IS 'Its name in English.';
COMMENT ON COLUMN "main"."measures"."label_de" IS 'Its name in German.';
CREATE TABLE "main"."code_lists" (
  "list" VARCHAR NOT NULL,
  "list_label_it" VARCHAR NOT NULL,
  "code" VARCHAR NOT NULL,
  "is_additive" BOOLEAN NOT NULL,
  "label_it" VARCHAR NOT NULL,
  "label_en" VARCHAR NOT NULL,
  "label_de" VARCHAR NOT NULL,
  "note" VARCHAR,
  PRIMARY KEY ("list", "code")
);
COMMENT ON TABLE "main"."code_lists" IS 'One row is a category of a code list. Key: list, code.';
COMMENT ON COLUMN "main"."code_lists"."list" IS 'The code list.';
COMMENT ON COLUMN "main"."code_lists"."list_label_it" IS 'The code list''s name in Italian.';
COMMENT ON COLUMN "main"."code_lists"."code" IS 'Code of the category within its list.';
COMMENT ON COLUMN "main"."code_lists"."is_additive" IS 'Whether the list''s categories sum to the total.';
COMMENT ON COLUMN "main"."code_lists"."label_it" IS 'Its name in Italian.';
COMMENT ON COLUMN "main"."code_lists"."label_en" IS 'Its name in English.';
COMMENT ON COLUMN "main"."code_lists"."label_de" IS 'Its name in German.';
COMMENT ON COLUMN "main"."code_lists"."note" IS 'What formulas know the category by, such as `stable`; NULL for none.';
CREATE TABLE "main"."indicator_catalogue" (
  "code" VARCHAR NOT NULL,
  "area" VARCHAR NOT NULL,
  "kind" VARCHAR NOT NULL CHECK ("kind" IN ('flow', 'stock', 'unique', 'ratio')),
  "unit" VARCHAR NOT NULL,
  "label_it" VARCHAR NOT NULL,
  "label_en" VARCHAR NOT NULL,
  "label_de" VARCHAR NOT NULL,
  "formula" VARCHAR NOT NULL,
  "over_time" VARCHAR NOT NULL,
  "breakdowns" VARCHAR[] NOT NULL,
  "eu_mapping" VARCHAR,
  "better" VARCHAR CHECK ("better" IN ('up', 'down')),
  PRIMARY KEY ("code"),
  FOREIGN KEY ("area") REFERENCES "areas"
);
COMMENT ON TABLE "main"."indicator_catalogue" IS 'One row is something that the network publishes, computed from measures. Key: code.';
COMMENT ON COLUMN "main"."indicator_catalogue"."code" IS 'Its code.';
COMMENT ON COLUMN "main"."indicator_catalogue"."area" IS 'Area of activity, by its code in `areas`.';
COMMENT ON COLUMN "main"."indicator_catalogue"."kind" IS 'flow, stock, unique, or ratio (of two sums).';
COMMENT ON COLUMN "main"."indicator_catalogue"."unit" IS 'Unit of the figure.';
COMMENT ON COLUMN "main"."indicator_catalogue"."label_it" IS 'Its name in Italian.';
COMMENT ON COLUMN "main"."indicator_catalogue"."label_en" IS 'Its name in English.';
COMMENT ON COLUMN "main"."indicator_catalogue"."label_de" IS 'Its name in German.';
COMMENT ON COLUMN "main"."indicator_catalogue"."formula" IS 'How it is computed from measures.';
COMMENT ON COLUMN "main"."indicator_catalogue"."over_time" IS 'How weeks make a longer period.';
COMMENT ON COLUMN "main"."indicator_catalogue"."breakdowns" IS 'Code lists by which it is broken down; empty: only the total.';
COMMENT ON COLUMN "main"."indicator_catalogue"."eu_mapping" IS 'Proposed EU indicator; NULL for none.';
COMMENT ON COLUMN "main"."indicator_catalogue"."better" IS 'Whether more (up) or less (down) is better; NULL where neither is.';
CREATE TABLE "main"."rules" (
  "id" VARCHAR NOT NULL,
  "severity" VARCHAR NOT NULL CHECK ("severity" IN ('error', 'warning')),
  "about" VARCHAR NOT NULL,
  "is_waivable" BOOLEAN NOT NULL,
  "is_enforced" BOOLEAN NOT NULL,
  "owner" VARCHAR NOT NULL,
  "valid_from" DATE NOT NULL,
  "valid_to" DATE,
  "statement_it" VARCHAR NOT NULL,
  "statement_en" VARCHAR NOT NULL,
  "statement_de" VARCHAR NOT NULL,
  PRIMARY KEY ("id")
);
COMMENT ON TABLE "main"."rules" IS 'One row is a rule that returns are held against. Key: id.';
COMMENT ON COLUMN "main"."rules"."id" IS 'The rule: H rejects a return, S warns.';
COMMENT ON COLUMN "main"."rules"."severity" IS 'What a finding of it is.';
COMMENT ON COLUMN "main"."rules"."about" IS 'What it judges: file, return, cell or measure.';
COMMENT ON COLUMN "main"."rules"."is_waivable" IS 'Whether the coordination may waive it for a city.';
COMMENT ON COLUMN "main"."rules"."is_enforced" IS 'Whether returns are held against it yet.';
COMMENT ON COLUMN "main"."rules"."owner" IS 'Who decides on it.';
COMMENT ON COLUMN "main"."rules"."valid_from" IS 'First day on which it is valid.';
COMMENT ON COLUMN "main"."rules"."valid_to" IS 'Last day on which it is valid; NULL = no end.';
COMMENT ON COLUMN "main"."rules"."statement_it" IS 'What it demands, in Italian.';
COMMENT ON COLUMN "main"."rules"."statement_en" IS 'What it demands, in English.';
COMMENT ON COLUMN "main"."rules"."statement_de" IS 'What it demands, in German.';
CREATE TABLE "main"."kinds_of_nothing" (
  "code" VARCHAR NOT NULL,
  "sign" VARCHAR NOT NULL,
  "meaning_it" VARCHAR NOT NULL,
  "meaning_en" VARCHAR NOT NULL,
  "meaning_de" VARCHAR NOT NULL,
  PRIMARY KEY ("code")
);
COMMENT ON TABLE "main"."kinds_of_nothing" IS 'One row is a kind of nothing that may stand where no number stands (and zero, which is none of them). Key: code.';
COMMENT ON COLUMN "main"."kinds_of_nothing"."code" IS 'Its code.';
COMMENT ON COLUMN "main"."kinds_of_nothing"."sign" IS 'What stands there in tables, reports and forms.';
COMMENT ON COLUMN "main"."kinds_of_nothing"."meaning_it" IS 'What it means, in Italian.';
COMMENT ON COLUMN "main"."kinds_of_nothing"."meaning_en" IS 'What it means, in English.';
COMMENT ON COLUMN "main"."kinds_of_nothing"."meaning_de" IS 'What it means, in German.';
CREATE TABLE "main"."weeks" (
  "iso_week" VARCHAR NOT NULL,
  "week_start" DATE NOT NULL,
  "week_end" DATE NOT NULL,
  "due_at" TIMESTAMPTZ NOT NULL,
  "month" VARCHAR NOT NULL,
  "quarter" VARCHAR NOT NULL,
  PRIMARY KEY ("iso_week")
);
COMMENT ON TABLE "main"."weeks" IS 'One row is a week of the edition. Key: iso_week.';
COMMENT ON COLUMN "main"."weeks"."iso_week" IS 'ISO week from Monday to Sunday, written 2023-W42.';
COMMENT ON COLUMN "main"."weeks"."week_start" IS 'Monday of the week.';
COMMENT ON COLUMN "main"."weeks"."week_end" IS 'Sunday of the week.';
COMMENT ON COLUMN "main"."weeks"."due_at" IS 'Deadline that now holds for the week''s returns; that instant is still on time. What it was before, and cities that have another one: `deadlines`.';
COMMENT ON COLUMN "main"."weeks"."month" IS 'Month of the week''s Thursday, written 2023-10.';
COMMENT ON COLUMN "main"."weeks"."quarter" IS 'Quarter of the week''s Thursday, written 2023-Q4.';
CREATE TABLE "main"."deadlines" (
  "edition" VARCHAR NOT NULL,
  "iso_week" VARCHAR NOT NULL,
  "city" VARCHAR NOT NULL,
  "due_at" TIMESTAMPTZ NOT NULL,
  "reason" VARCHAR,
  "decided_by" VARCHAR,
  "known_from" TIMESTAMPTZ NOT NULL,
  "known_to" TIMESTAMPTZ,
  PRIMARY KEY ("edition", "iso_week", "city", "known_from")
);
COMMENT ON TABLE "main"."deadlines" IS 'One row is a deadline of a week''s returns, as long as it was the one known. Key: edition, iso_week, city, known_from.';
COMMENT ON COLUMN "main"."deadlines"."edition" IS 'Edition of the network, such as lgnet2.';
COMMENT ON COLUMN "main"."deadlines"."iso_week" IS 'ISO week from Monday to Sunday, written 2023-W42.';
COMMENT ON COLUMN "main"."deadlines"."city" IS 'IT: every city without rows of its own for the week; else the city, by its slug.';
COMMENT ON COLUMN "main"."deadlines"."due_at" IS 'The deadline; that instant is still on time.';
COMMENT ON COLUMN "main"."deadlines"."reason" IS 'Why the deadline was moved; NULL where it is the edition''s own.';
COMMENT ON COLUMN "main"."deadlines"."decided_by" IS 'Who moved it; NULL where it is the edition''s own.';
COMMENT ON COLUMN "main"."deadlines"."known_from" IS 'Instant from which this was the deadline: when it was moved; of the edition''s own, the start of its first week.';
COMMENT ON COLUMN "main"."deadlines"."known_to" IS 'Instant at which it was moved to a later one; NULL = it holds.';
CREATE TABLE "main"."waivers" (
  "city" VARCHAR NOT NULL,
  "rule" VARCHAR NOT NULL,
  "scope" VARCHAR NOT NULL,
  "reason" VARCHAR NOT NULL,
  "decided_by" VARCHAR NOT NULL,
  "decided_at" TIMESTAMPTZ NOT NULL,
  "valid_from" DATE NOT NULL,
  "valid_to" DATE,
  PRIMARY KEY ("city", "rule", "scope", "decided_at"),
  FOREIGN KEY ("rule") REFERENCES "rules"
);
COMMENT ON TABLE "main"."waivers" IS 'One row is a rule waived for a city: its errors count as warnings. Key: city, rule, scope, decided_at.';
COMMENT ON COLUMN "main"."waivers"."city" IS 'City, by its slug in `cities`.';
COMMENT ON COLUMN "main"."waivers"."rule" IS 'Rule that is waived, by its id in `rules`.';
COMMENT ON COLUMN "main"."waivers"."scope" IS 'What it is waived for: `all`, or one or more of service_point=, measure=, breakdown=.';
COMMENT ON COLUMN "main"."waivers"."reason" IS 'Why.';
COMMENT ON COLUMN "main"."waivers"."decided_by" IS 'Who decided.';
COMMENT ON COLUMN "main"."waivers"."decided_at" IS 'When: returns that arrive from then on are covered.';
COMMENT ON COLUMN "main"."waivers"."valid_from" IS 'First day on which it is valid.';
COMMENT ON COLUMN "main"."waivers"."valid_to" IS 'Last day on which it is valid; NULL = no end.';
CREATE TABLE "main"."submissions" (
  "submission_id" VARCHAR NOT NULL,
  "edition" VARCHAR NOT NULL,
  "city" VARCHAR,
  "iso_week" VARCHAR,
  "version" INTEGER,
  "received_at" TIMESTAMPTZ NOT NULL,
  "received_by" VARCHAR,
  "is_late" BOOLEAN,
  "sha256" VARCHAR NOT NULL,
  "file_names" VARCHAR[] NOT NULL,
  "layout" VARCHAR,
  "status" VARCHAR NOT NULL CHECK ("status" IN ('accepted', 'accepted_with_warnings', 'rejected')),
  "errors" INTEGER NOT NULL,
  "warnings" INTEGER NOT NULL,
  "supersedes" VARCHAR,
  "reason_code" VARCHAR,
  PRIMARY KEY ("submission_id")
);
COMMENT ON TABLE "main"."submissions" IS 'One row is a return received. Key: submission_id.';
COMMENT ON COLUMN "main"."submissions"."submission_id" IS 'The return: from the sha256 of its bytes and its received_at.';
COMMENT ON COLUMN "main"."submissions"."edition" IS 'Edition of the network, such as lgnet2.';
COMMENT ON COLUMN "main"."submissions"."city" IS 'City that the return is from; NULL where it could not be told.';
COMMENT ON COLUMN "main"."submissions"."iso_week" IS 'Week that the return is for; NULL where it could not be told.';
COMMENT ON COLUMN "main"."submissions"."version" IS 'Which return of its city and week this is, in order of arrival; NULL without city or week.';
COMMENT ON COLUMN "main"."submissions"."received_at" IS 'Instant of arrival.';
COMMENT ON COLUMN "main"."submissions"."received_by" IS 'Who took the return in; NULL where nobody was named.';
COMMENT ON COLUMN "main"."submissions"."is_late" IS 'Whether it is the first return of its week and came after the deadline that was known on its arrival, never changed afterwards; NULL where the week could not be told.';
COMMENT ON COLUMN "main"."submissions"."sha256" IS 'SHA-256 of the bytes received.';
COMMENT ON COLUMN "main"."submissions"."file_names" IS 'Names that the files had on arrival.';
COMMENT ON COLUMN "main"."submissions"."layout" IS 'Layout by which it was read; NULL where none fitted.';
COMMENT ON COLUMN "main"."submissions"."status" IS 'Verdict on arrival, never changed: an accepted return counts, a rejected one does not.';
COMMENT ON COLUMN "main"."submissions"."errors" IS 'Number of findings that are errors.';
COMMENT ON COLUMN "main"."submissions"."warnings" IS 'Number of findings that are warnings.';
COMMENT ON COLUMN "main"."submissions"."supersedes" IS 'Accepted return whose place this one took; NULL for a first one.';
COMMENT ON COLUMN "main"."submissions"."reason_code" IS 'Reason given for sending again; not_stated where none was given, NULL for a first version.';
CREATE TABLE "main"."findings" (
  "submission_id" VARCHAR NOT NULL,
  "finding" INTEGER NOT NULL,
  "rule" VARCHAR NOT NULL,
  "severity" VARCHAR NOT NULL CHECK ("severity" IN ('error', 'warning')),
  "file" VARCHAR,
  "sheet" VARCHAR,
  "cell" VARCHAR,
  "cells" VARCHAR[] NOT NULL,
  "service_point" VARCHAR,
  "measure" VARCHAR,
  "breakdown" VARCHAR,
  "category" VARCHAR,
  "found" VARCHAR,
  "expected" VARCHAR,
  "message" VARCHAR NOT NULL,
  "action" VARCHAR NOT NULL,
  "disposition" VARCHAR NOT NULL CHECK ("disposition" IN ('open', 'confirmed', 'waived')),
  "note" VARCHAR,
  PRIMARY KEY ("submission_id", "finding"),
  FOREIGN KEY ("submission_id") REFERENCES "submissions",
  FOREIGN KEY ("rule") REFERENCES "rules"
);
COMMENT ON TABLE "main"."findings" IS 'One row is something that a rule found in a return. Key: submission_id, finding.';
COMMENT ON COLUMN "main"."findings"."submission_id" IS 'The return that this row comes from, in `submissions`.';
COMMENT ON COLUMN "main"."findings"."finding" IS 'Number of the finding within its return, from 1.';
COMMENT ON COLUMN "main"."findings"."rule" IS 'Rule that found it, by its id in `rules`.';
COMMENT ON COLUMN "main"."findings"."severity" IS '`error` rejects the return, `warning` does not.';
COMMENT ON COLUMN "main"."findings"."file" IS 'File it concerns; NULL where it concerns the whole return.';
COMMENT ON COLUMN "main"."findings"."sheet" IS 'Sheet it concerns; NULL where it concerns no sheet.';
COMMENT ON COLUMN "main"."findings"."cell" IS 'Cell it concerns, A1 or row:column; the total''s cell where it concerns several; NULL for none.';
COMMENT ON COLUMN "main"."findings"."cells" IS 'All cells it concerns; empty for none.';
COMMENT ON COLUMN "main"."findings"."service_point" IS 'Service point it concerns; NULL where it concerns none.';
COMMENT ON COLUMN "main"."findings"."measure" IS 'Measure it concerns; NULL where it concerns none.';
COMMENT ON COLUMN "main"."findings"."breakdown" IS 'Breakdown it concerns; NULL where it concerns none.';
COMMENT ON COLUMN "main"."findings"."category" IS 'Category it concerns; NULL where it concerns none.';
COMMENT ON COLUMN "main"."findings"."found" IS 'What stands there, as written; NULL where it may not be repeated.';
COMMENT ON COLUMN "main"."findings"."expected" IS 'What was expected there; NULL where no one value was.';
COMMENT ON COLUMN "main"."findings"."message" IS 'What is wrong, in the city''s language.';
COMMENT ON COLUMN "main"."findings"."action" IS 'What the city is asked to do, in its language.';
COMMENT ON COLUMN "main"."findings"."disposition" IS 'open, confirmed by the city, or waived by the coordination.';
COMMENT ON COLUMN "main"."findings"."note" IS 'Note of who confirmed or waived it; NULL while open.';
CREATE TABLE "main"."nil_returns" (
  "edition" VARCHAR NOT NULL,
  "iso_week" VARCHAR NOT NULL,
  "city" VARCHAR NOT NULL,
  "service_point" VARCHAR NOT NULL,
  "area" VARCHAR NOT NULL,
  "reason" VARCHAR NOT NULL,
  "submission_id" VARCHAR,
  "known_from" TIMESTAMPTZ NOT NULL,
  "known_to" TIMESTAMPTZ,
  PRIMARY KEY ("edition", "iso_week", "city", "service_point", "area", "known_from"),
  FOREIGN KEY ("submission_id") REFERENCES "submissions",
  FOREIGN KEY ("area") REFERENCES "areas"
);
COMMENT ON TABLE "main"."nil_returns" IS 'One row is an area or service point declared without activity. Key: edition, iso_week, city, service_point, area, known_from.';
COMMENT ON COLUMN "main"."nil_returns"."edition" IS 'Edition of the network, such as lgnet2.';
COMMENT ON COLUMN "main"."nil_returns"."iso_week" IS 'ISO week from Monday to Sunday, written 2023-W42.';
COMMENT ON COLUMN "main"."nil_returns"."city" IS 'City, by its slug in `cities`.';
COMMENT ON COLUMN "main"."nil_returns"."service_point" IS 'Service point declared nil; '''' where the whole area is.';
COMMENT ON COLUMN "main"."nil_returns"."area" IS 'Area of activity, by its code in `areas`.';
COMMENT ON COLUMN "main"."nil_returns"."reason" IS 'Reason that the city gave.';
COMMENT ON COLUMN "main"."nil_returns"."submission_id" IS 'The return that declares it; NULL where it was told without a file (an act).';
COMMENT ON COLUMN "main"."nil_returns"."known_from" IS 'Instant from which this was known: since when the return counts; without one, of the act.';
COMMENT ON COLUMN "main"."nil_returns"."known_to" IS 'Instant at which a later accepted return of the same city and week took its place, or it was withdrawn; NULL = still valid.';
CREATE TABLE "main"."expected_returns" (
  "edition" VARCHAR NOT NULL,
  "city" VARCHAR NOT NULL,
  "iso_week" VARCHAR NOT NULL,
  "due_at" TIMESTAMPTZ NOT NULL,
  "status" VARCHAR NOT NULL CHECK ("status" IN ('on_time', 'late', 'missing', 'rejected', 'awaited')),
  "submission_id" VARCHAR,
  "known_from" TIMESTAMPTZ NOT NULL,
  "known_to" TIMESTAMPTZ,
  PRIMARY KEY ("edition", "city", "iso_week", "known_from"),
  FOREIGN KEY ("submission_id") REFERENCES "submissions"
);
COMMENT ON TABLE "main"."expected_returns" IS 'One row is a city-week that is due, in one state it was known in. Key: edition, city, iso_week, known_from.';
COMMENT ON COLUMN "main"."expected_returns"."edition" IS 'Edition of the network, such as lgnet2.';
COMMENT ON COLUMN "main"."expected_returns"."city" IS 'City, by its slug in `cities`.';
COMMENT ON COLUMN "main"."expected_returns"."iso_week" IS 'ISO week from Monday to Sunday, written 2023-W42.';
COMMENT ON COLUMN "main"."expected_returns"."due_at" IS 'Deadline of the city''s week, as it was known in this state; that instant is still on time.';
COMMENT ON COLUMN "main"."expected_returns"."status" IS 'awaited, missing (deadline passed, nothing came), rejected (only rejected returns came), on_time or late (whether the first accepted return came by due_at: one that was late is on time once an act moves its deadline behind its arrival).';
COMMENT ON COLUMN "main"."expected_returns"."submission_id" IS 'The return that made this state; NULL where none came.';
COMMENT ON COLUMN "main"."expected_returns"."known_from" IS 'Instant from which the city-week was in this state.';
COMMENT ON COLUMN "main"."expected_returns"."known_to" IS 'Instant at which the state changed; NULL = still so.';
CREATE TABLE "main"."observations" (
  "edition" VARCHAR NOT NULL,
  "iso_week" VARCHAR NOT NULL,
  "week_start" DATE NOT NULL,
  "city" VARCHAR NOT NULL,
  "service_point" VARCHAR NOT NULL,
  "service_kind" VARCHAR NOT NULL,
  "area" VARCHAR NOT NULL,
  "measure" VARCHAR NOT NULL,
  "breakdown" VARCHAR NOT NULL,
  "category" VARCHAR NOT NULL,
  "value" DECIMAL(18,3),
  "flag" VARCHAR NOT NULL CHECK ("flag" IN ('V', 'ND', 'NA')),
  "submission_id" VARCHAR NOT NULL,
  "version" INTEGER NOT NULL,
  "source_file" VARCHAR NOT NULL,
  "source_sheet" VARCHAR NOT NULL,
  "source_cell" VARCHAR NOT NULL,
  CHECK ((flag = 'V') = (value IS NOT NULL))
);
COMMENT ON TABLE "main"."observations" IS 'One row is a value now valid. Key: edition, iso_week, city, service_point, measure, breakdown, category.';
COMMENT ON COLUMN "main"."observations"."edition" IS 'Edition of the network, such as lgnet2.';
COMMENT ON COLUMN "main"."observations"."iso_week" IS 'ISO week from Monday to Sunday, written 2023-W42.';
COMMENT ON COLUMN "main"."observations"."week_start" IS 'Monday of the week.';
COMMENT ON COLUMN "main"."observations"."city" IS 'City, by its slug in `cities`.';
COMMENT ON COLUMN "main"."observations"."service_point" IS 'Service point, by its code in `service_points`; '''' for what the city reports as a whole.';
COMMENT ON COLUMN "main"."observations"."service_kind" IS 'Kind of service point that the measure belongs to; `city` for city-level measures.';
COMMENT ON COLUMN "main"."observations"."area" IS 'Area of activity, by its code in `areas`.';
COMMENT ON COLUMN "main"."observations"."measure" IS 'What was counted, by its code in `measures`.';
COMMENT ON COLUMN "main"."observations"."breakdown" IS '`total`, or the one code list by which the figure is broken down.';
COMMENT ON COLUMN "main"."observations"."category" IS 'Category of the breakdown''s code list; '''' for the total.';
COMMENT ON COLUMN "main"."observations"."value" IS 'The figure; NULL where the flag is not V, never 0 instead.';
COMMENT ON COLUMN "main"."observations"."flag" IS 'V a value (zero included), ND not available, NA not applicable. A cell that was left blank, that a nil declaration answers, or whose return is missing has no row: `cells_expected` counts those.';
COMMENT ON COLUMN "main"."observations"."submission_id" IS 'The return that this row comes from, in `submissions`.';
COMMENT ON COLUMN "main"."observations"."version" IS 'Number of the return within its city and week, by arrival.';
COMMENT ON COLUMN "main"."observations"."source_file" IS 'File of the return that holds the value.';
COMMENT ON COLUMN "main"."observations"."source_sheet" IS 'Sheet of that file; '''' where the file has no sheets.';
COMMENT ON COLUMN "main"."observations"."source_cell" IS 'Cell in A1 form, or row:column in a CSV; a list where the value comes from several cells.';
CREATE TABLE "main"."observations_history" (
  "edition" VARCHAR NOT NULL,
  "iso_week" VARCHAR NOT NULL,
  "week_start" DATE NOT NULL,
  "city" VARCHAR NOT NULL,
  "service_point" VARCHAR NOT NULL,
  "service_kind" VARCHAR NOT NULL,
  "area" VARCHAR NOT NULL,
  "measure" VARCHAR NOT NULL,
  "breakdown" VARCHAR NOT NULL,
  "category" VARCHAR NOT NULL,
  "value" DECIMAL(18,3),
  "flag" VARCHAR NOT NULL CHECK ("flag" IN ('V', 'ND', 'NA')),
  "submission_id" VARCHAR NOT NULL,
  "version" INTEGER NOT NULL,
  "source_file" VARCHAR NOT NULL,
  "source_sheet" VARCHAR NOT NULL,
  "source_cell" VARCHAR NOT NULL,
  "known_from" TIMESTAMPTZ NOT NULL,
  "known_to" TIMESTAMPTZ,
  CHECK ((flag = 'V') = (value IS NOT NULL))
);
COMMENT ON TABLE "main"."observations_history" IS 'One row is a value as it was ever known. Key: edition, iso_week, city, service_point, measure, breakdown, category, submission_id.';
COMMENT ON COLUMN "main"."observations_history"."edition" IS 'Edition of the network, such as lgnet2.';
COMMENT ON COLUMN "main"."observations_history"."iso_week" IS 'ISO week from Monday to Sunday, written 2023-W42.';
COMMENT ON COLUMN "main"."observations_history"."week_start" IS 'Monday of the week.';
COMMENT ON COLUMN "main"."observations_history"."city" IS 'City, by its slug in `cities`.';
COMMENT ON COLUMN "main"."observations_history"."service_point" IS 'Service point, by its code in `service_points`; '''' for what the city reports as a whole.';
COMMENT ON COLUMN "main"."observations_history"."service_kind" IS 'Kind of service point that the measure belongs to; `city` for city-level measures.';
COMMENT ON COLUMN "main"."observations_history"."area" IS 'Area of activity, by its code in `areas`.';
COMMENT ON COLUMN "main"."observations_history"."measure" IS 'What was counted, by its code in `measures`.';
COMMENT ON COLUMN "main"."observations_history"."breakdown" IS '`total`, or the one code list by which the figure is broken down.';
COMMENT ON COLUMN "main"."observations_history"."category" IS 'Category of the breakdown''s code list; '''' for the total.';
COMMENT ON COLUMN "main"."observations_history"."value" IS 'The figure; NULL where the flag is not V, never 0 instead.';
COMMENT ON COLUMN "main"."observations_history"."flag" IS 'V a value (zero included), ND not available, NA not applicable. A cell that was left blank, that a nil declaration answers, or whose return is missing has no row: `cells_expected` counts those.';
COMMENT ON COLUMN "main"."observations_history"."submission_id" IS 'The return that this row comes from, in `submissions`.';
COMMENT ON COLUMN "main"."observations_history"."version" IS 'Number of the return within its city and week, by arrival.';
COMMENT ON COLUMN "main"."observations_history"."source_file" IS 'File of the return that holds the value.';
COMMENT ON COLUMN "main"."observations_history"."source_sheet" IS 'Sheet of that file; '''' where the file has no sheets.';
COMMENT ON COLUMN "main"."observations_history"."source_cell" IS 'Cell in A1 form, or row:column in a CSV; a list where the value comes from several cells.';
COMMENT ON COLUMN "main"."observations_history"."known_from" IS 'Instant from which this was known: the return''s received_at.';
COMMENT ON COLUMN "main"."observations_history"."known_to" IS 'Instant at which a later accepted return of the same city and week took its place; NULL = still valid.';
CREATE TABLE "main"."revisions" (
  "edition" VARCHAR NOT NULL,
  "iso_week" VARCHAR NOT NULL,
  "city" VARCHAR NOT NULL,
  "service_point" VARCHAR NOT NULL,
  "measure" VARCHAR NOT NULL,
  "breakdown" VARCHAR NOT NULL,
  "category" VARCHAR NOT NULL,
  "old_value" DECIMAL(18,3),
  "new_value" DECIMAL(18,3),
  "known_from" TIMESTAMPTZ NOT NULL,
  "reason_code" VARCHAR
);
COMMENT ON TABLE "main"."revisions" IS 'One row is a published value that a later return changed. Key: edition, iso_week, city, service_point, measure, breakdown, category, known_from.';
COMMENT ON COLUMN "main"."revisions"."edition" IS 'Edition of the network, such as lgnet2.';
COMMENT ON COLUMN "main"."revisions"."iso_week" IS 'ISO week from Monday to Sunday, written 2023-W42.';
COMMENT ON COLUMN "main"."revisions"."city" IS 'City, by its slug in `cities`.';
COMMENT ON COLUMN "main"."revisions"."service_point" IS 'Service point, by its code in `service_points`; '''' for what the city reports as a whole.';
COMMENT ON COLUMN "main"."revisions"."measure" IS 'What was counted, by its code in `measures`.';
COMMENT ON COLUMN "main"."revisions"."breakdown" IS '`total`, or the one code list by which the figure is broken down.';
COMMENT ON COLUMN "main"."revisions"."category" IS 'Category of the breakdown''s code list; '''' for the total.';
COMMENT ON COLUMN "main"."revisions"."old_value" IS 'The figure until then; NULL where there was no value.';
COMMENT ON COLUMN "main"."revisions"."new_value" IS 'The figure from then on; NULL where there is no value any more.';
COMMENT ON COLUMN "main"."revisions"."known_from" IS 'Instant from which this was known: the return''s received_at.';
COMMENT ON COLUMN "main"."revisions"."reason_code" IS 'Reason given with the return that changed it; NULL where it took no other''s place.';
CREATE TABLE "main"."indicators" (
  "edition" VARCHAR NOT NULL,
  "indicator" VARCHAR NOT NULL,
  "period_kind" VARCHAR NOT NULL CHECK ("period_kind" IN ('week', 'month', 'quarter', 'edition_to_date')),
  "period" VARCHAR NOT NULL,
  "period_start" DATE NOT NULL,
  "period_end" DATE NOT NULL,
  "city" VARCHAR NOT NULL,
  "breakdown" VARCHAR NOT NULL,
  "category" VARCHAR NOT NULL,
  "value" DOUBLE,
  "numerator" DOUBLE,
  "denominator" DOUBLE,
  "cells_answered" INTEGER NOT NULL,
  "cells_due" INTEGER NOT NULL,
  "is_partial" BOOLEAN NOT NULL,
  "is_provisional" BOOLEAN NOT NULL,
  CHECK (cells_answered BETWEEN 0 AND cells_due),
  CHECK (period_start < period_end),
  CHECK ((breakdown = 'total') = (category = ''))
);
COMMENT ON TABLE "main"."indicators" IS 'One row is an indicator of a city, or of the network, in a period. Key: edition, period_kind, period, indicator, city, breakdown, category.';
COMMENT ON COLUMN "main"."indicators"."edition" IS 'Edition of the network, such as lgnet2.';
COMMENT ON COLUMN "main"."indicators"."indicator" IS 'The indicator, by its code in `indicator_catalogue`.';
COMMENT ON COLUMN "main"."indicators"."period_kind" IS 'week, month, quarter, or edition_to_date: from the edition''s first week to that week.';
COMMENT ON COLUMN "main"."indicators"."period" IS 'Written 2023-W42, 2023-10, 2023-Q4; for edition_to_date its last week.';
COMMENT ON COLUMN "main"."indicators"."period_start" IS 'Monday of the period''s first week.';
COMMENT ON COLUMN "main"."indicators"."period_end" IS 'Sunday of the period''s last week.';
COMMENT ON COLUMN "main"."indicators"."city" IS 'City, by its slug in `cities`; IT for the network.';
COMMENT ON COLUMN "main"."indicators"."breakdown" IS '`total`, or the one code list by which the figure is broken down.';
COMMENT ON COLUMN "main"."indicators"."category" IS 'Category of the breakdown''s code list; '''' for the total.';
COMMENT ON COLUMN "main"."indicators"."value" IS 'The figure, not rounded, 0 only for zero. NULL where nothing was due (cells_due = 0), nothing was answered (not available, not reported, no return), or a denominator is 0: `empty_because` in `indicators_labelled` tells which.';
COMMENT ON COLUMN "main"."indicators"."numerator" IS 'A ratio''s numerator, before any factor such as 100; NULL for what is no ratio, or not answered.';
COMMENT ON COLUMN "main"."indicators"."denominator" IS 'A ratio''s denominator; NULL for what is no ratio, or where it was not answered.';
COMMENT ON COLUMN "main"."indicators"."cells_answered" IS 'Cells behind the figure that hold a value, or are declared nil.';
COMMENT ON COLUMN "main"."indicators"."cells_due" IS 'Cells behind the figure that were due by the roster, whatever came, less those not applicable; answered / due: coverage, never above 1.';
COMMENT ON COLUMN "main"."indicators"."is_partial" IS 'Whether a return due in the period is missing, or the period runs past the last week received.';
COMMENT ON COLUMN "main"."indicators"."is_provisional" IS 'Whether it holds a week whose quarter is not frozen yet.';
CREATE VIEW "cities_now" AS
-- Each city once, in the latest period of its ISTAT code.
SELECT *
FROM cities
QUALIFY row_number() OVER (PARTITION BY slug ORDER BY istat_valid_from DESC NULLS LAST) = 1;
COMMENT ON VIEW "cities_now" IS 'One row is a city, in the latest period of its ISTAT code.';
COMMENT ON COLUMN "cities_now"."slug" IS 'The city''s short name; one city has one slug in all its periods.';
COMMENT ON COLUMN "cities_now"."cadastral_code" IS 'Cadastral code: the official key that stays.';
COMMENT ON COLUMN "cities_now"."istat_code" IS 'ISTAT code of the comune in this period.';
COMMENT ON COLUMN "cities_now"."istat_valid_from" IS 'First day of that code; NULL = from the beginning.';
COMMENT ON COLUMN "cities_now"."istat_valid_to" IS 'Last day of that code; NULL = no end.';
COMMENT ON COLUMN "cities_now"."province" IS 'Letters of the province (NA is Napoli).';
COMMENT ON COLUMN "cities_now"."region_code" IS 'ISTAT code of the region.';
COMMENT ON COLUMN "cities_now"."region" IS 'Name of the region.';
COMMENT ON COLUMN "cities_now"."nuts3" IS 'NUTS 3 code (NUTS 2024).';
COMMENT ON COLUMN "cities_now"."name_it" IS 'Name in Italian.';
COMMENT ON COLUMN "cities_now"."name_de" IS 'Name in German; NULL where it has none of its own.';
COMMENT ON COLUMN "cities_now"."reporting_body" IS 'Body that sends the returns; it may differ from the city.';
COMMENT ON COLUMN "cities_now"."body_kind" IS 'Kind of that body.';
COMMENT ON COLUMN "cities_now"."population_2022" IS 'Residents in 2022.';
COMMENT ON COLUMN "cities_now"."population_under18_2022" IS 'Residents under 18 in 2022.';
CREATE VIEW "observations_labelled" AS
-- The values now valid, each code followed by its Italian name.
SELECT
    observations.*,
    cities_now.name_it AS city_name,
    service_points.name AS service_point_name,
    service_kinds.label_it AS service_kind_label,
    areas.label_it AS area_label,
    measures.label_it AS measure_label,
    measures.unit,
    code_lists.list_label_it AS breakdown_label,
    code_lists.label_it AS category_label
FROM observations
LEFT JOIN cities_now ON cities_now.slug = observations.city
LEFT JOIN service_points ON service_points.code = observations.service_point
LEFT JOIN service_kinds ON service_kinds.code = observations.service_kind
LEFT JOIN areas ON areas.code = observations.area
LEFT JOIN measures ON measures.code = observations.measure
LEFT JOIN code_lists ON code_lists.list = observations.breakdown AND code_lists.code = observations.category;
COMMENT ON VIEW "observations_labelled" IS 'One row is a value now valid, with Italian labels.';
COMMENT ON COLUMN "observations_labelled"."edition" IS 'Edition of the network, such as lgnet2.';
COMMENT ON COLUMN "observations_labelled"."iso_week" IS 'ISO week from Monday to Sunday, written 2023-W42.';
COMMENT ON COLUMN "observations_labelled"."week_start" IS 'Monday of the week.';
COMMENT ON COLUMN "observations_labelled"."city" IS 'City, by its slug in `cities`.';
COMMENT ON COLUMN "observations_labelled"."service_point" IS 'Service point, by its code in `service_points`; '''' for what the city reports as a whole.';
COMMENT ON COLUMN "observations_labelled"."service_kind" IS 'Kind of service point that the measure belongs to; `city` for city-level measures.';
COMMENT ON COLUMN "observations_labelled"."area" IS 'Area of activity, by its code in `areas`.';
COMMENT ON COLUMN "observations_labelled"."measure" IS 'What was counted, by its code in `measures`.';
COMMENT ON COLUMN "observations_labelled"."breakdown" IS '`total`, or the one code list by which the figure is broken down.';
COMMENT ON COLUMN "observations_labelled"."category" IS 'Category of the breakdown''s code list; '''' for the total.';
COMMENT ON COLUMN "observations_labelled"."value" IS 'The figure; NULL where the flag is not V, never 0 instead.';
COMMENT ON COLUMN "observations_labelled"."flag" IS 'V a value (zero included), ND not available, NA not applicable. A cell that was left blank, that a nil declaration answers, or whose return is missing has no row: `cells_expected` counts those.';
COMMENT ON COLUMN "observations_labelled"."submission_id" IS 'The return that this row comes from, in `submissions`.';
COMMENT ON COLUMN "observations_labelled"."version" IS 'Number of the return within its city and week, by arrival.';
COMMENT ON COLUMN "observations_labelled"."source_file" IS 'File of the return that holds the value.';
COMMENT ON COLUMN "observations_labelled"."source_sheet" IS 'Sheet of that file; '''' where the file has no sheets.';
COMMENT ON COLUMN "observations_labelled"."source_cell" IS 'Cell in A1 form, or row:column in a CSV; a list where the value comes from several cells.';
COMMENT ON COLUMN "observations_labelled"."city_name" IS 'The city''s name in Italian.';
COMMENT ON COLUMN "observations_labelled"."service_point_name" IS 'The service point''s name; NULL for city-level measures.';
COMMENT ON COLUMN "observations_labelled"."service_kind_label" IS 'The kind''s name in Italian; NULL for city-level measures.';
COMMENT ON COLUMN "observations_labelled"."area_label" IS 'The area''s name in Italian.';
COMMENT ON COLUMN "observations_labelled"."measure_label" IS 'The measure''s name in Italian.';
COMMENT ON COLUMN "observations_labelled"."unit" IS 'Unit of the figure.';
COMMENT ON COLUMN "observations_labelled"."breakdown_label" IS 'The code list''s name in Italian; NULL for totals.';
COMMENT ON COLUMN "observations_labelled"."category_label" IS 'The category''s name in Italian; NULL for totals.';
CREATE VIEW "indicators_labelled" AS
-- The indicators, each code followed by its Italian name.
SELECT
    indicators.*,
    CASE WHEN cells_due > 0 THEN CAST(cells_answered AS DOUBLE) / cells_due END AS coverage,
    CASE
        WHEN value IS NOT NULL THEN NULL
        WHEN cells_due = 0 THEN 'not_due'
        WHEN denominator = 0 OR cells_answered = cells_due THEN 'not_computable'
        ELSE 'not_answered'
    END AS empty_because,
    CASE WHEN indicators.city = 'IT' THEN 'Rete' ELSE cities_now.name_it END AS city_name,
    areas.label_it AS area_label,
    indicator_catalogue.label_it AS indicator_label,
    indicator_catalogue.unit,
    code_lists.list_label_it AS breakdown_label,
    code_lists.label_it AS category_label
FROM indicators
LEFT JOIN indicator_catalogue ON indicator_catalogue.code = indicators.indicator
LEFT JOIN areas ON areas.code = indicator_catalogue.area
LEFT JOIN cities_now ON cities_now.slug = indicators.city
LEFT JOIN code_lists ON code_lists.list = indicators.breakdown AND code_lists.code = indicators.category;
COMMENT ON VIEW "indicators_labelled" IS 'One row is an indicator of a city, or of the network, in a period, with Italian labels.';
COMMENT ON COLUMN "indicators_labelled"."edition" IS 'Edition of the network, such as lgnet2.';
COMMENT ON COLUMN "indicators_labelled"."indicator" IS 'The indicator, by its code in `indicator_catalogue`.';
COMMENT ON COLUMN "indicators_labelled"."period_kind" IS 'week, month, quarter, or edition_to_date: from the edition''s first week to that week.';
COMMENT ON COLUMN "indicators_labelled"."period" IS 'Written 2023-W42, 2023-10, 2023-Q4; for edition_to_date its last week.';
COMMENT ON COLUMN "indicators_labelled"."period_start" IS 'Monday of the period''s first week.';
COMMENT ON COLUMN "indicators_labelled"."period_end" IS 'Sunday of the period''s last week.';
COMMENT ON COLUMN "indicators_labelled"."city" IS 'City, by its slug in `cities`; IT for the network.';
COMMENT ON COLUMN "indicators_labelled"."breakdown" IS '`total`, or the one code list by which the figure is broken down.';
COMMENT ON COLUMN "indicators_labelled"."category" IS 'Category of the breakdown''s code list; '''' for the total.';
COMMENT ON COLUMN "indicators_labelled"."value" IS 'The figure, not rounded, 0 only for zero. NULL where nothing was due (cells_due = 0), nothing was answered (not available, not reported, no return), or a denominator is 0: `empty_because` in `indicators_labelled` tells which.';
COMMENT ON COLUMN "indicators_labelled"."numerator" IS 'A ratio''s numerator, before any factor such as 100; NULL for what is no ratio, or not answered.';
COMMENT ON COLUMN "indicators_labelled"."denominator" IS 'A ratio''s denominator; NULL for what is no ratio, or where it was not answered.';
COMMENT ON COLUMN "indicators_labelled"."cells_answered" IS 'Cells behind the figure that hold a value, or are declared nil.';
COMMENT ON COLUMN "indicators_labelled"."cells_due" IS 'Cells behind the figure that were due by the roster, whatever came, less those not applicable; answered / due: coverage, never above 1.';
COMMENT ON COLUMN "indicators_labelled"."is_partial" IS 'Whether a return due in the period is missing, or the period runs past the last week received.';
COMMENT ON COLUMN "indicators_labelled"."is_provisional" IS 'Whether it holds a week whose quarter is not frozen yet.';
COMMENT ON COLUMN "indicators_labelled"."coverage" IS 'cells_answered / cells_due; NULL where nothing was due.';
COMMENT ON COLUMN "indicators_labelled"."empty_because" IS 'The kind of nothing in the place of a value, by its code in `kinds_of_nothing`: not_due (no such service, or all its cells not applicable), not_answered, not_computable; NULL where there is a value, zero included.';
COMMENT ON COLUMN "indicators_labelled"."city_name" IS 'The city''s name in Italian; `Rete` for the network.';
COMMENT ON COLUMN "indicators_labelled"."area_label" IS 'The area''s name in Italian.';
COMMENT ON COLUMN "indicators_labelled"."indicator_label" IS 'The indicator''s name in Italian.';
COMMENT ON COLUMN "indicators_labelled"."unit" IS 'Unit of the figure.';
COMMENT ON COLUMN "indicators_labelled"."breakdown_label" IS 'The code list''s name in Italian; NULL for totals.';
COMMENT ON COLUMN "indicators_labelled"."category_label" IS 'The category''s name in Italian; NULL for totals.';
CREATE VIEW "cells_expected" AS
-- The cells that each service point (and each city as a whole) owes of a measure in a week, by what became of them.
WITH
owed AS (
    SELECT
        measures.code AS measure,
        measures.area,
        measures.service_kind,
        1 + count(code_lists.code) AS cells
    FROM measures
    LEFT JOIN code_lists ON list_contains(measures.breakdowns, code_lists.list)
    GROUP BY ALL
),

points AS (
    SELECT city, code AS service_point, kind AS service_kind, roster_from, roster_to
    FROM service_points

    UNION ALL

    SELECT slug AS city, '' AS service_point, 'city' AS service_kind, NULL AS roster_from, NULL AS roster_to
    FROM cities_now
),

due AS (
    SELECT due.edition, due.iso_week, due.city, points.service_point, points.service_kind, owed.area, owed.measure,
        due.status AS return_status, owed.cells
    FROM expected_returns AS due
    JOIN points
        ON points.city = due.city
        AND coalesce(points.roster_from <= due.iso_week, true)
        AND coalesce(due.iso_week <= points.roster_to, true)
    JOIN owed USING (service_kind)
    WHERE due.known_to IS NULL
),

nil AS (
    SELECT DISTINCT due.edition, due.iso_week, due.city, due.service_point, due.measure, true AS is_nil
    FROM due
    JOIN nil_returns
        ON nil_returns.edition = due.edition
        AND nil_returns.iso_week = due.iso_week
        AND nil_returns.city = due.city
        AND nil_returns.service_point IN ('', due.service_point)
        AND (nil_returns.service_point <> '' OR nil_returns.area = due.area)
    WHERE nil_returns.known_to IS NULL
),

written AS (
    SELECT edition, iso_week, city, service_point, measure,
        count(*) FILTER (flag = 'V') AS with_value,
        count(*) FILTER (flag = 'ND') AS not_available,
        count(*) FILTER (flag = 'NA') AS not_applicable
    FROM observations
    GROUP BY ALL
),

told AS (
    SELECT
        due.*,
        coalesce(nil.is_nil, false) AS is_nil,
        CASE WHEN is_nil THEN cells ELSE coalesce(with_value, 0) END AS answered,
        CASE WHEN is_nil THEN 0 ELSE coalesce(not_available, 0) END AS without,
        CASE WHEN is_nil THEN 0 ELSE coalesce(not_applicable, 0) END AS inapplicable
    FROM due
    LEFT JOIN nil USING (edition, iso_week, city, service_point, measure)
    LEFT JOIN written USING (edition, iso_week, city, service_point, measure)
)

SELECT
    edition,
    iso_week,
    city,
    service_point,
    service_kind,
    area,
    measure,
    return_status,
    is_nil,
    CAST(cells - inapplicable AS INTEGER) AS cells_due,
    CAST(answered AS INTEGER) AS cells_answered,
    CAST(without AS INTEGER) AS cells_not_available,
    CAST(cells - inapplicable - answered - without AS INTEGER) AS cells_not_reported,
    CAST(inapplicable AS INTEGER) AS cells_not_applicable
FROM told;
COMMENT ON VIEW "cells_expected" IS 'One row is a measure that a service point, or the city as a whole, owes for a week, with its cells (total and categories) by what became of them: due = answered + not available + not reported.';
COMMENT ON COLUMN "cells_expected"."edition" IS 'Edition of the network, such as lgnet2.';
COMMENT ON COLUMN "cells_expected"."iso_week" IS 'ISO week from Monday to Sunday, written 2023-W42.';
COMMENT ON COLUMN "cells_expected"."city" IS 'City, by its slug in `cities`.';
COMMENT ON COLUMN "cells_expected"."service_point" IS 'Service point, by its code in `service_points`; '''' for what the city reports as a whole.';
COMMENT ON COLUMN "cells_expected"."service_kind" IS 'Kind of service point that the measure belongs to; `city` for city-level measures.';
COMMENT ON COLUMN "cells_expected"."area" IS 'Area of activity, by its code in `areas`.';
COMMENT ON COLUMN "cells_expected"."measure" IS 'What was counted, by its code in `measures`.';
COMMENT ON COLUMN "cells_expected"."return_status" IS 'What is known of the city''s return for the week, as in `expected_returns`; but for on_time and late, none is valid.';
COMMENT ON COLUMN "cells_expected"."is_nil" IS 'Whether it was declared without activity: then all its cells are answered.';
COMMENT ON COLUMN "cells_expected"."cells_due" IS 'Cells due by the roster, less those not applicable.';
COMMENT ON COLUMN "cells_expected"."cells_answered" IS 'Cells that hold a value, zero included, or are declared nil.';
COMMENT ON COLUMN "cells_expected"."cells_not_available" IS 'Cells that the return says it has no figure for (ND).';
COMMENT ON COLUMN "cells_expected"."cells_not_reported" IS 'Cells that were left blank; without a valid return, all. They have no row in `observations`.';
COMMENT ON COLUMN "cells_expected"."cells_not_applicable" IS 'Cells that the return says cannot be there (NA): not due.';
