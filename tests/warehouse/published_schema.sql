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
CREATE TABLE "consolidation"."computed_weeks" (
  "edition" VARCHAR NOT NULL,
  "iso_week" VARCHAR NOT NULL,
  "digest" VARCHAR NOT NULL,
  PRIMARY KEY ("edition", "iso_week")
);
COMMENT ON TABLE "consolidation"."computed_weeks" IS 'One row is a week whose indicators are computed. Key: edition, iso_week.';
COMMENT ON COLUMN "consolidation"."computed_weeks"."edition" IS 'Edition of the network, such as lgnet2.';
COMMENT ON COLUMN "consolidation"."computed_weeks"."iso_week" IS 'ISO week from Monday to Sunday, written 2023-W42.';
COMMENT ON COLUMN "consolidation"."computed_weeks"."digest" IS 'SHA-256 of the verdicts and acts that they were computed from.';
CREATE TABLE "consolidation"."known_states" (
  "edition" VARCHAR NOT NULL,
  "iso_week" VARCHAR NOT NULL,
  "city" VARCHAR NOT NULL,
  "state" INTEGER NOT NULL,
  "is_due" BOOLEAN NOT NULL,
  "accepted_as" VARCHAR CHECK ("accepted_as" IN ('on_time', 'late')),
  "submission_id" VARCHAR,
  "known_from" TIMESTAMPTZ,
  "known_to" TIMESTAMPTZ
);
COMMENT ON TABLE "consolidation"."known_states" IS 'One row is what was known of a city''s week between two instants at which its figures could change. Key: edition, iso_week, city, state.';
COMMENT ON COLUMN "consolidation"."known_states"."edition" IS 'Edition of the network, such as lgnet2.';
COMMENT ON COLUMN "consolidation"."known_states"."iso_week" IS 'ISO week from Monday to Sunday, written 2023-W42.';
COMMENT ON COLUMN "consolidation"."known_states"."city" IS 'City, by its slug in `cities`.';
COMMENT ON COLUMN "consolidation"."known_states"."state" IS 'Number of the state among those of the city''s week, in time; 0: nothing came yet.';
COMMENT ON COLUMN "consolidation"."known_states"."is_due" IS 'Whether the roster lists the city in that week.';
COMMENT ON COLUMN "consolidation"."known_states"."accepted_as" IS 'on_time or late, by the first accepted return; NULL while none is accepted.';
COMMENT ON COLUMN "consolidation"."known_states"."submission_id" IS 'The return that is valid; NULL while none is.';
COMMENT ON COLUMN "consolidation"."known_states"."known_from" IS 'Instant from which this was known; NULL = from the beginning.';
COMMENT ON COLUMN "consolidation"."known_states"."known_to" IS 'Instant at which something else became known; NULL = still so.';
CREATE TABLE "consolidation"."weekly_parts" (
  "edition" VARCHAR NOT NULL,
  "iso_week" VARCHAR NOT NULL,
  "city" VARCHAR NOT NULL,
  "state" INTEGER NOT NULL,
  "part" INTEGER NOT NULL,
  "value" DECIMAL(38,6),
  "cells_answered" INTEGER NOT NULL,
  "cells_due" INTEGER NOT NULL
);
COMMENT ON TABLE "consolidation"."weekly_parts" IS 'One row is a part of an indicator (one sum of its formula) in a city''s week, in a state that this was known in. Key: edition, iso_week, city, state, part.';
COMMENT ON COLUMN "consolidation"."weekly_parts"."edition" IS 'Edition of the network, such as lgnet2.';
COMMENT ON COLUMN "consolidation"."weekly_parts"."iso_week" IS 'ISO week from Monday to Sunday, written 2023-W42.';
COMMENT ON COLUMN "consolidation"."weekly_parts"."city" IS 'City, by its slug in `cities`.';
COMMENT ON COLUMN "consolidation"."weekly_parts"."state" IS 'Number of the state among those of the city''s week, in time; 0: nothing came yet.';
COMMENT ON COLUMN "consolidation"."weekly_parts"."part" IS 'Number of the part among those of the edition''s indicators.';
COMMENT ON COLUMN "consolidation"."weekly_parts"."value" IS 'The sum; NULL where no cell was answered.';
COMMENT ON COLUMN "consolidation"."weekly_parts"."cells_answered" IS 'Cells behind it that hold a value, or are declared nil.';
COMMENT ON COLUMN "consolidation"."weekly_parts"."cells_due" IS 'Cells behind it that were due.';
CREATE TABLE "consolidation"."indicator_parts" (
  "part" INTEGER NOT NULL,
  "indicator" VARCHAR NOT NULL,
  "breakdown" VARCHAR NOT NULL,
  "category" VARCHAR NOT NULL,
  "side" VARCHAR NOT NULL,
  "fold" VARCHAR NOT NULL,
  "over_weeks" VARCHAR NOT NULL,
  "threshold" DOUBLE NOT NULL,
  PRIMARY KEY ("part")
);
COMMENT ON TABLE "consolidation"."indicator_parts" IS 'One row is a part of an indicator: one sum of its formula. Key: part.';
COMMENT ON COLUMN "consolidation"."indicator_parts"."part" IS 'Number of the part among those of the edition''s indicators.';
COMMENT ON COLUMN "consolidation"."indicator_parts"."indicator" IS 'The indicator, by its code in `indicator_catalogue`.';
COMMENT ON COLUMN "consolidation"."indicator_parts"."breakdown" IS '`total`, or the one code list by which the figure is broken down.';
COMMENT ON COLUMN "consolidation"."indicator_parts"."category" IS 'Category of the breakdown''s code list; '''' for the total. ND, where a list has it: not recorded, and part of the total.';
COMMENT ON COLUMN "consolidation"."indicator_parts"."side" IS 'value, numerator or denominator.';
COMMENT ON COLUMN "consolidation"."indicator_parts"."fold" IS 'How the cells of a week become a figure.';
COMMENT ON COLUMN "consolidation"."indicator_parts"."over_weeks" IS 'How weeks become a longer period: sum, last or mean.';
COMMENT ON COLUMN "consolidation"."indicator_parts"."threshold" IS 'What a service point''s cell is above where points are counted.';
CREATE TABLE "consolidation"."indicator_scales" (
  "indicator" VARCHAR NOT NULL,
  "scale" DOUBLE NOT NULL,
  "is_ratio" BOOLEAN NOT NULL,
  PRIMARY KEY ("indicator")
);
COMMENT ON TABLE "consolidation"."indicator_scales" IS 'One row is an indicator, and what its figure is multiplied by. Key: indicator.';
COMMENT ON COLUMN "consolidation"."indicator_scales"."indicator" IS 'The indicator, by its code in `indicator_catalogue`.';
COMMENT ON COLUMN "consolidation"."indicator_scales"."scale" IS 'The factor, such as 100.';
COMMENT ON COLUMN "consolidation"."indicator_scales"."is_ratio" IS 'Whether it is one sum divided by another.';
CREATE TABLE "consolidation"."periods" (
  "edition" VARCHAR NOT NULL,
  "period_kind" VARCHAR NOT NULL CHECK ("period_kind" IN ('week', 'month', 'quarter', 'edition_to_date')),
  "period" VARCHAR NOT NULL,
  "period_start" DATE NOT NULL,
  "period_end" DATE NOT NULL,
  "first_week" VARCHAR NOT NULL,
  "last_week" VARCHAR NOT NULL,
  "opening_week" VARCHAR NOT NULL,
  PRIMARY KEY ("period_kind", "period")
);
COMMENT ON TABLE "consolidation"."periods" IS 'One row is a period that indicators are published for. Key: period_kind, period.';
COMMENT ON COLUMN "consolidation"."periods"."edition" IS 'Edition of the network, such as lgnet2.';
COMMENT ON COLUMN "consolidation"."periods"."period_kind" IS 'week, month, quarter, or edition_to_date: from the edition''s first week to that week.';
COMMENT ON COLUMN "consolidation"."periods"."period" IS 'Written 2023-W42, 2023-10, 2023-Q4; for edition_to_date its last week.';
COMMENT ON COLUMN "consolidation"."periods"."period_start" IS 'Monday of the period''s first week.';
COMMENT ON COLUMN "consolidation"."periods"."period_end" IS 'Sunday of the period''s last week.';
COMMENT ON COLUMN "consolidation"."periods"."first_week" IS 'Its first week.';
COMMENT ON COLUMN "consolidation"."periods"."last_week" IS 'Its last week.';
COMMENT ON COLUMN "consolidation"."periods"."opening_week" IS 'The week of the edition with which it is published first.';
CREATE TABLE "consolidation"."due_weeks" (
  "edition" VARCHAR NOT NULL,
  "city" VARCHAR NOT NULL,
  "iso_week" VARCHAR NOT NULL,
  "opens_at" TIMESTAMPTZ NOT NULL,
  PRIMARY KEY ("city", "iso_week")
);
COMMENT ON TABLE "consolidation"."due_weeks" IS 'One row is a city-week for which the roster asks a return. Key: city, iso_week.';
COMMENT ON COLUMN "consolidation"."due_weeks"."edition" IS 'Edition of the network, such as lgnet2.';
COMMENT ON COLUMN "consolidation"."due_weeks"."city" IS 'City, by its slug in `cities`.';
COMMENT ON COLUMN "consolidation"."due_weeks"."iso_week" IS 'ISO week from Monday to Sunday, written 2023-W42.';
COMMENT ON COLUMN "consolidation"."due_weeks"."opens_at" IS 'The Monday after the week, from which a return may come.';
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
COMMENT ON COLUMN "main"."indicator_catalogue"."over_time" IS 'How weeks make a longer period: sum, last (the last week answered), or ratio of sums.';
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
  PRIMARY KEY ("id", "valid_from")
);
COMMENT ON TABLE "main"."rules" IS 'One row is a rule that returns are held against, in a time in which it stays the same. Key: id, valid_from.';
COMMENT ON COLUMN "main"."rules"."id" IS 'The rule; one that changes has a row for each time.';
COMMENT ON COLUMN "main"."rules"."severity" IS 'What a finding of it is: an error rejects the return, a warning does not.';
COMMENT ON COLUMN "main"."rules"."about" IS 'What it judges: file, return, cell or measure.';
COMMENT ON COLUMN "main"."rules"."is_waivable" IS 'Whether the coordination may waive it for a city.';
COMMENT ON COLUMN "main"."rules"."is_enforced" IS 'Whether returns are held against it yet.';
COMMENT ON COLUMN "main"."rules"."owner" IS 'Who decides on it.';
COMMENT ON COLUMN "main"."rules"."valid_from" IS 'First day on which returns that arrive are held against it.';
COMMENT ON COLUMN "main"."rules"."valid_to" IS 'Last such day; NULL = no end.';
COMMENT ON COLUMN "main"."rules"."statement_it" IS 'What it demands, in Italian.';
COMMENT ON COLUMN "main"."rules"."statement_en" IS 'What it demands, in English.';
COMMENT ON COLUMN "main"."rules"."statement_de" IS 'What it demands, in German.';
CREATE TABLE "main"."foreign_residents" (
  "city" VARCHAR NOT NULL,
  "on_1_january_of" INTEGER NOT NULL,
  "foreign_residents" INTEGER NOT NULL,
  "source" VARCHAR NOT NULL,
  PRIMARY KEY ("city", "on_1_january_of")
);
COMMENT ON TABLE "main"."foreign_residents" IS 'One row is the foreign residents of a city on 1 January of a year: the denominator of rates. Key: city, on_1_january_of.';
COMMENT ON COLUMN "main"."foreign_residents"."city" IS 'City, by its slug in `cities`.';
COMMENT ON COLUMN "main"."foreign_residents"."on_1_january_of" IS 'The year.';
COMMENT ON COLUMN "main"."foreign_residents"."foreign_residents" IS 'Residents without Italian citizenship on that day.';
COMMENT ON COLUMN "main"."foreign_residents"."source" IS 'Where the figure comes from.';
CREATE TABLE "main"."targets" (
  "city" VARCHAR NOT NULL,
  "indicator" VARCHAR NOT NULL,
  "period" VARCHAR NOT NULL,
  "value" DECIMAL(18,3) NOT NULL,
  "source" VARCHAR NOT NULL,
  PRIMARY KEY ("city", "indicator", "period"),
  FOREIGN KEY ("indicator") REFERENCES "indicator_catalogue"
);
COMMENT ON TABLE "main"."targets" IS 'One row is a target that the coordination gave for an indicator of a city, or of the network. Key: city, indicator, period.';
COMMENT ON COLUMN "main"."targets"."city" IS 'City, by its slug in `cities`; IT for the network.';
COMMENT ON COLUMN "main"."targets"."indicator" IS 'Indicator, by its code in `indicator_catalogue`.';
COMMENT ON COLUMN "main"."targets"."period" IS 'Period that it is to be reached in, written as in `indicators`.';
COMMENT ON COLUMN "main"."targets"."value" IS 'The target, in the indicator''s unit.';
COMMENT ON COLUMN "main"."targets"."source" IS 'Where it was set.';
CREATE TABLE "main"."budgets" (
  "city" VARCHAR NOT NULL,
  "area" VARCHAR NOT NULL,
  "eur" DECIMAL(18,3) NOT NULL,
  "source" VARCHAR NOT NULL,
  PRIMARY KEY ("city", "area"),
  FOREIGN KEY ("area") REFERENCES "areas"
);
COMMENT ON TABLE "main"."budgets" IS 'One row is what the coordination gave a city''s area to spend. Key: city, area.';
COMMENT ON COLUMN "main"."budgets"."city" IS 'City, by its slug in `cities`; IT for the network.';
COMMENT ON COLUMN "main"."budgets"."area" IS 'Area of activity, by its code in `areas`.';
COMMENT ON COLUMN "main"."budgets"."eur" IS 'Euros.';
COMMENT ON COLUMN "main"."budgets"."source" IS 'Where it was set.';
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
  PRIMARY KEY ("city", "rule", "scope", "decided_at")
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
CREATE TABLE "main"."releases" (
  "edition" VARCHAR NOT NULL,
  "quarter" VARCHAR NOT NULL,
  "release" INTEGER NOT NULL,
  "frozen_at" TIMESTAMPTZ NOT NULL,
  "frozen_by" VARCHAR NOT NULL,
  "note" VARCHAR,
  "manifest_sha256" VARCHAR NOT NULL,
  "contract_sha256" VARCHAR NOT NULL,
  "rules_sha256" VARCHAR NOT NULL,
  PRIMARY KEY ("edition", "quarter", "release")
);
COMMENT ON TABLE "main"."releases" IS 'One row is a release of a frozen quarter: its published tables as they were then, kept for good. Key: edition, quarter, release.';
COMMENT ON COLUMN "main"."releases"."edition" IS 'Edition of the network, such as lgnet2.';
COMMENT ON COLUMN "main"."releases"."quarter" IS 'Quarter that was frozen, written 2023-Q3; `weeks` says which weeks.';
COMMENT ON COLUMN "main"."releases"."release" IS '1 for the quarter''s first release, one more for each later one.';
COMMENT ON COLUMN "main"."releases"."frozen_at" IS 'When: the release says what was known at that instant.';
COMMENT ON COLUMN "main"."releases"."frozen_by" IS 'Who decided.';
COMMENT ON COLUMN "main"."releases"."note" IS 'What was said of it; NULL for nothing.';
COMMENT ON COLUMN "main"."releases"."manifest_sha256" IS 'SHA-256 of its manifest, which holds that of every file of it.';
COMMENT ON COLUMN "main"."releases"."contract_sha256" IS 'SHA-256 of the contract that its figures were made with.';
COMMENT ON COLUMN "main"."releases"."rules_sha256" IS 'SHA-256 of the rules that its returns were held against.';
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
COMMENT ON COLUMN "main"."submissions"."is_late" IS 'Whether it came after the deadline that was known on its arrival, before any return of its week was accepted; never changed afterwards. NULL where that could not be told.';
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
  FOREIGN KEY ("submission_id") REFERENCES "submissions"
);
COMMENT ON TABLE "main"."findings" IS 'One row is something that a rule found in a return. Key: submission_id, finding.';
COMMENT ON COLUMN "main"."findings"."submission_id" IS 'The return that this row comes from, in `submissions`.';
COMMENT ON COLUMN "main"."findings"."finding" IS 'Number of the finding within its return, from 1.';
COMMENT ON COLUMN "main"."findings"."rule" IS 'Rule that found it: its row in `rules` is that of the day of arrival.';
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
COMMENT ON COLUMN "main"."observations"."category" IS 'Category of the breakdown''s code list; '''' for the total. ND, where a list has it: not recorded, and part of the total.';
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
COMMENT ON COLUMN "main"."observations_history"."category" IS 'Category of the breakdown''s code list; '''' for the total. ND, where a list has it: not recorded, and part of the total.';
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
COMMENT ON COLUMN "main"."revisions"."category" IS 'Category of the breakdown''s code list; '''' for the total. ND, where a list has it: not recorded, and part of the total.';
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
COMMENT ON COLUMN "main"."indicators"."category" IS 'Category of the breakdown''s code list; '''' for the total. ND, where a list has it: not recorded, and part of the total.';
COMMENT ON COLUMN "main"."indicators"."value" IS 'The figure, not rounded, 0 only for zero. NULL where nothing was due (cells_due = 0), nothing was answered (not available, not reported, no return), or a denominator is 0: `empty_because` in `indicators_labelled` tells which.';
COMMENT ON COLUMN "main"."indicators"."numerator" IS 'A ratio''s numerator, before any factor such as 100; NULL for what is no ratio, or not answered.';
COMMENT ON COLUMN "main"."indicators"."denominator" IS 'A ratio''s denominator; NULL for what is no ratio, or where it was not answered.';
COMMENT ON COLUMN "main"."indicators"."cells_answered" IS 'Cells behind the figure that hold a value, or are declared nil.';
COMMENT ON COLUMN "main"."indicators"."cells_due" IS 'Cells behind the figure that were due by the roster, whatever came, less those not applicable; answered / due: coverage, never above 1.';
COMMENT ON COLUMN "main"."indicators"."is_partial" IS 'Whether a return due in the period is missing, or the period runs past the last week received.';
COMMENT ON COLUMN "main"."indicators"."is_provisional" IS 'Whether it holds a week whose quarter is not frozen yet: it may still move. Frozen: `releases`.';
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
COMMENT ON COLUMN "observations_labelled"."category" IS 'Category of the breakdown''s code list; '''' for the total. ND, where a list has it: not recorded, and part of the total.';
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
COMMENT ON COLUMN "indicators_labelled"."category" IS 'Category of the breakdown''s code list; '''' for the total. ND, where a list has it: not recorded, and part of the total.';
COMMENT ON COLUMN "indicators_labelled"."value" IS 'The figure, not rounded, 0 only for zero. NULL where nothing was due (cells_due = 0), nothing was answered (not available, not reported, no return), or a denominator is 0: `empty_because` in `indicators_labelled` tells which.';
COMMENT ON COLUMN "indicators_labelled"."numerator" IS 'A ratio''s numerator, before any factor such as 100; NULL for what is no ratio, or not answered.';
COMMENT ON COLUMN "indicators_labelled"."denominator" IS 'A ratio''s denominator; NULL for what is no ratio, or where it was not answered.';
COMMENT ON COLUMN "indicators_labelled"."cells_answered" IS 'Cells behind the figure that hold a value, or are declared nil.';
COMMENT ON COLUMN "indicators_labelled"."cells_due" IS 'Cells behind the figure that were due by the roster, whatever came, less those not applicable; answered / due: coverage, never above 1.';
COMMENT ON COLUMN "indicators_labelled"."is_partial" IS 'Whether a return due in the period is missing, or the period runs past the last week received.';
COMMENT ON COLUMN "indicators_labelled"."is_provisional" IS 'Whether it holds a week whose quarter is not frozen yet: it may still move. Frozen: `releases`.';
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
CREATE MACRO "observations_as_of"("ts") AS TABLE
-- The values that were valid at `ts`.
SELECT * EXCLUDE (known_from, known_to)
FROM observations_history
WHERE known_from <= CAST(ts AS TIMESTAMPTZ)
    AND (known_to IS NULL OR CAST(ts AS TIMESTAMPTZ) < known_to);
COMMENT ON MACRO TABLE "observations_as_of" IS '`observations` as it was known at the instant ts, that instant included, with today''s definitions. Its columns are those of the table. Works in the file itself: open it, or attach it and say USE.';
CREATE MACRO "observations_history_as_of"("ts") AS TABLE
-- What `observations_history` held at `ts`: what was known later is not there, nor when it ended, where that was later.
SELECT * REPLACE (CASE WHEN known_to <= CAST(ts AS TIMESTAMPTZ) THEN known_to END AS known_to)
FROM observations_history
WHERE known_from <= CAST(ts AS TIMESTAMPTZ);
COMMENT ON MACRO TABLE "observations_history_as_of" IS '`observations_history` as it was known at the instant ts, that instant included, with today''s definitions. Its columns are those of the table. Works in the file itself: open it, or attach it and say USE.';
CREATE MACRO "indicators_as_of"("ts") AS TABLE
WITH
every_arrival AS (
-- The returns that came for a city's week, and since when each counts; NULL while it is rejected.
SELECT
    submissions.edition,
    submissions.city,
    submissions.iso_week,
    submissions.submission_id,
    coalesce(submissions.version, 0) AS version,
    submissions.received_at,
    CASE WHEN submissions.status <> 'rejected' THEN coalesce(held.counts_from, submissions.received_at) END
        AS accepted_from
FROM submissions
JOIN consolidation.held ON held.name = submissions.submission_id
),
arrivals AS (
-- The returns that had come by an instant, `ts`, and since when each counts; NULL while it is rejected.
SELECT * REPLACE (CASE WHEN accepted_from <= CAST(ts AS TIMESTAMPTZ) THEN accepted_from END AS accepted_from)
FROM every_arrival
WHERE received_at <= CAST(ts AS TIMESTAMPTZ)
),
due_returns AS (
-- The city-weeks for which the roster asks a return, in each deadline that had been known of them by `ts`.
WITH
own AS (
    SELECT DISTINCT iso_week, city
    FROM deadlines
    WHERE city <> 'IT'
)

SELECT
    due.edition,
    due.city,
    due.iso_week,
    due.opens_at,
    deadlines.due_at,
    deadlines.known_from AS due_known_from,
    deadlines.known_to AS due_known_to
FROM consolidation.due_weeks AS due
LEFT JOIN own USING (iso_week, city)
JOIN deadlines
    ON deadlines.iso_week = due.iso_week
    AND deadlines.city = CASE WHEN own.city IS NULL THEN 'IT' ELSE due.city END
WHERE deadlines.known_from <= CAST(ts AS TIMESTAMPTZ)
),
expected_then AS (
-- The states that each city-week was known in, as far as it is due.
-- `due_returns`, a row for each deadline that a city-week ever had: edition, city, iso_week, opens_at (the Monday
-- after the week), due_at, and from when to when that was its deadline: due_known_from, due_known_to. `arrivals`:
-- the returns that came, and since when each is accepted; all of the edition's, as the last one tells what passed.
WITH
landing AS (
    SELECT
        max(received_at) AS last_received_at,
        max(iso_week) FILTER (accepted_from IS NOT NULL) AS horizon
    FROM arrivals
),

due AS (
    SELECT *
    FROM due_returns
    WHERE iso_week <= (SELECT horizon FROM landing)
),

-- At each of them the state may become another one.
instants AS (
    SELECT city, iso_week, greatest(opens_at, unnest([opens_at, due_at, due_known_from])) AS instant
    FROM due

    UNION

    SELECT due.city, due.iso_week, greatest(opens_at, unnest([received_at, accepted_from])) AS instant
    FROM due
    JOIN arrivals USING (city, iso_week)
),

-- A return counts by the deadline that was known at the instant, and by its arrival, however late it was accepted.
states AS (
    SELECT
        due.edition,
        instants.city,
        instants.iso_week,
        instants.instant,
        due.due_at,
        CASE
            WHEN bool_or(accepted_from <= instant)
                THEN if(min(received_at) FILTER (accepted_from <= instant) <= due.due_at, 'on_time', 'late')
            WHEN bool_or(received_at <= instant) THEN 'rejected'
            WHEN due.due_at <= instant AND due.due_at <= last_received_at THEN 'missing'
            ELSE 'awaited'
        END AS status,
        coalesce(
            arg_max(submission_id, (accepted_from, version, submission_id)) FILTER (accepted_from <= instant),
            arg_max(submission_id, (received_at, version, submission_id)) FILTER (received_at <= instant)
        ) AS submission_id
    FROM instants
    JOIN due
        ON due.city = instants.city
        AND due.iso_week = instants.iso_week
        AND due_known_from <= instant
        AND coalesce(instant < due_known_to, true)
    CROSS JOIN landing
    LEFT JOIN arrivals ON arrivals.city = instants.city AND arrivals.iso_week = instants.iso_week
    GROUP BY due.edition, instants.city, instants.iso_week, instants.instant, due.due_at, last_received_at
),

changes AS (
    FROM states
    WINDOW of_city_week AS (PARTITION BY city, iso_week ORDER BY instant)
    QUALIFY (status, submission_id, due_at) IS DISTINCT FROM lag((status, submission_id, due_at)) OVER of_city_week
)

SELECT
    edition,
    city,
    iso_week,
    due_at,
    status,
    submission_id,
    instant AS known_from,
    lead(instant) OVER (PARTITION BY city, iso_week ORDER BY instant) AS known_to
FROM changes
),
returns_then AS (
-- The city-weeks that were due at `ts`; `is_missing`: no return of theirs was accepted then.
SELECT iso_week, city, status NOT IN ('on_time', 'late') AS is_missing
FROM expected_then
WHERE known_to IS NULL
),
frozen_then AS (
-- The quarters that were frozen at `ts`.
SELECT DISTINCT quarter
FROM releases
WHERE frozen_at <= CAST(ts AS TIMESTAMPTZ)
),
wanted_periods AS (
-- The periods that had figures at `ts`: those that begin by the last week with a return accepted then.
WITH
landing AS (
    SELECT max(iso_week) AS horizon FROM expected_then
),

provisional AS (
    SELECT iso_week
    FROM weeks
    WHERE iso_week <= (SELECT horizon FROM landing) AND quarter NOT IN (SELECT quarter FROM frozen_then)
)

SELECT
    periods.* EXCLUDE (opening_week),
    periods.last_week > landing.horizon AS runs_past_horizon,
    EXISTS (
        FROM provisional
        WHERE provisional.iso_week BETWEEN periods.first_week AND periods.last_week
    ) AS is_provisional
FROM consolidation.periods
JOIN landing ON periods.opening_week <= landing.horizon
),
weekly_parts_then AS (
-- The parts of the weeks that were due at `ts`, in the state in which each was known then.
SELECT weekly.edition, weekly.iso_week, weekly.city, weekly.part, weekly.value, weekly.cells_answered,
    weekly.cells_due
FROM consolidation.weekly_parts AS weekly
JOIN consolidation.known_states AS states USING (iso_week, city, state)
WHERE (states.known_from IS NULL OR states.known_from <= CAST(ts AS TIMESTAMPTZ))
    AND (states.known_to IS NULL OR CAST(ts AS TIMESTAMPTZ) < states.known_to)
    AND weekly.iso_week <= (SELECT max(iso_week) FROM expected_then)
),
parts_before AS (
-- Before an edition's first week no part has come to anything.
SELECT edition, iso_week, city, part, value AS total, value AS latest, 0 AS weeks_answered, cells_answered,
    cells_due
FROM weekly_parts_then
WHERE false
),
parts_to_date_then AS (
-- What each part has come to in the edition so far, at the end of each of some weeks in a row.
-- `weekly_parts_then`: those weeks. `parts_before`: what had been reached before the first of them.
WITH
steps AS (
    SELECT edition, iso_week, city, part, value AS total, value AS latest,
        CAST(value IS NOT NULL AS INTEGER) AS weeks_answered, cells_answered, cells_due, true AS is_wanted
    FROM weekly_parts_then

    UNION ALL BY NAME

    SELECT edition, iso_week, city, part, total, latest, weeks_answered, cells_answered, cells_due, false AS is_wanted
    FROM parts_before
),

running AS (
    SELECT
        edition,
        iso_week,
        city,
        part,
        is_wanted,
        sum(total) OVER so_far AS total,
        last_value(latest IGNORE NULLS) OVER so_far AS latest,
        sum(weeks_answered) OVER so_far AS weeks_answered,
        sum(cells_answered) OVER so_far AS cells_answered,
        sum(cells_due) OVER so_far AS cells_due
    FROM steps
    WINDOW so_far AS (PARTITION BY city, part ORDER BY iso_week)
)

SELECT * EXCLUDE (is_wanted)
FROM running
WHERE is_wanted
),
indicator_parts AS (
-- The sums that indicators are made of, as the contract has them today.
FROM consolidation.indicator_parts
),
indicator_scales AS (
-- What the figures of indicators are multiplied by, as the contract has it today.
FROM consolidation.indicator_scales
),
period_parts AS (
-- The parts of indicators by city and period: weeks, months and quarters from their weeks, editions to date
-- from what had been reached by their last week.
-- `weekly_parts_then`, `parts_to_date_then`: as they are known now, or were at any instant.
SELECT
    periods.period_kind,
    periods.period,
    weekly.city,
    weekly.part,
    sum(weekly.value) AS total,
    arg_max(weekly.value, weekly.iso_week) AS latest,
    count(weekly.value) AS weeks_answered,
    sum(weekly.cells_answered) AS cells_answered,
    sum(weekly.cells_due) AS cells_due
FROM wanted_periods AS periods
JOIN weekly_parts_then AS weekly ON weekly.iso_week BETWEEN periods.first_week AND periods.last_week
WHERE periods.period_kind <> 'edition_to_date'
GROUP BY ALL

UNION ALL BY NAME

SELECT
    periods.period_kind,
    periods.period,
    reached.city,
    reached.part,
    reached.total,
    reached.latest,
    reached.weeks_answered,
    reached.cells_answered,
    reached.cells_due
FROM wanted_periods AS periods
JOIN parts_to_date_then AS reached ON reached.iso_week = periods.period
WHERE periods.period_kind = 'edition_to_date'
)
FROM (
-- Every indicator of every city and of the network, in some periods: from what its parts are in weeks.
-- `period_parts`: the parts by city and period. `wanted_periods`, `indicator_parts`, `indicator_scales`: the
-- contract. `returns_then`: the city-weeks that are due, those without an accepted return among them.
WITH
city_figures AS (
    SELECT
        period_kind,
        period,
        city,
        part,
        -- A mean is a quotient: kept to 15 decimals, so that its sum does not hang on the order of cities.
        CASE indicator_parts.over_weeks
            WHEN 'sum' THEN CAST(total AS DECIMAL(38, 15))
            WHEN 'last' THEN CAST(latest AS DECIMAL(38, 15))
            WHEN 'mean' THEN CAST(CAST(total AS DOUBLE) / nullif(weeks_answered, 0) AS DECIMAL(38, 15))
            ELSE error('no such way over weeks: ' || indicator_parts.over_weeks)
        END AS figure,
        cells_answered,
        cells_due
    FROM period_parts
    JOIN indicator_parts USING (part)
),

figures AS (
    FROM city_figures

    UNION ALL BY NAME

    SELECT period_kind, period, 'IT' AS city, part, sum(figure) AS figure,
        sum(cells_answered) AS cells_answered, sum(cells_due) AS cells_due
    FROM city_figures
    GROUP BY period_kind, period, part
),

sides AS (
    SELECT
        period_kind,
        period,
        city,
        indicator,
        breakdown,
        category,
        CAST(max(figure) FILTER (side = 'value') AS DOUBLE) AS plain,
        CAST(max(figure) FILTER (side = 'numerator') AS DOUBLE) AS numerator,
        CAST(max(figure) FILTER (side = 'denominator') AS DOUBLE) AS denominator,
        CAST(sum(cells_answered) AS INTEGER) AS cells_answered,
        CAST(sum(cells_due) AS INTEGER) AS cells_due
    FROM figures
    JOIN indicator_parts USING (part)
    GROUP BY ALL
),

-- Partial: a return due in the period is missing; for the network, any city's.
missing_in AS (
    SELECT DISTINCT
        periods.period_kind,
        periods.period,
        unnest([missing.city, 'IT']) AS city
    FROM wanted_periods AS periods
    JOIN returns_then AS missing
        ON missing.is_missing AND missing.iso_week BETWEEN periods.first_week AND periods.last_week
)

SELECT
    periods.edition,
    sides.indicator,
    sides.period_kind,
    sides.period,
    periods.period_start,
    periods.period_end,
    sides.city,
    sides.breakdown,
    sides.category,
    CASE
        WHEN scales.is_ratio THEN scales.scale * sides.numerator / nullif(sides.denominator, 0)
        ELSE scales.scale * sides.plain
    END AS value,
    sides.numerator,
    sides.denominator,
    sides.cells_answered,
    sides.cells_due,
    periods.runs_past_horizon OR missing_in.city IS NOT NULL AS is_partial,
    periods.is_provisional
FROM sides
JOIN wanted_periods AS periods USING (period_kind, period)
JOIN indicator_scales AS scales USING (indicator)
LEFT JOIN missing_in USING (period_kind, period, city)
);
COMMENT ON MACRO TABLE "indicators_as_of" IS '`indicators` as it was known at the instant ts, that instant included, with today''s definitions. Its columns are those of the table. Works in the file itself: open it, or attach it and say USE.';
CREATE MACRO "submissions_as_of"("ts") AS TABLE
-- The returns that had come by `ts`. What was said of one that was accepted only later is not kept.
SELECT submissions.*
FROM submissions
JOIN consolidation.held ON held.name = submissions.submission_id
WHERE CASE
    WHEN submissions.received_at > CAST(ts AS TIMESTAMPTZ) THEN false
    WHEN held.counts_from > CAST(ts AS TIMESTAMPTZ) THEN error(
        'submissions: ' || held.name || ' was judged again after that instant; what was said of it before '
        || 'is not kept'
    )
    ELSE true
END;
COMMENT ON MACRO TABLE "submissions_as_of" IS '`submissions` as it was known at the instant ts, that instant included, with today''s definitions. Its columns are those of the table. Works in the file itself: open it, or attach it and say USE.';
CREATE MACRO "expected_returns_as_of"("ts") AS TABLE
WITH
every_arrival AS (
-- The returns that came for a city's week, and since when each counts; NULL while it is rejected.
SELECT
    submissions.edition,
    submissions.city,
    submissions.iso_week,
    submissions.submission_id,
    coalesce(submissions.version, 0) AS version,
    submissions.received_at,
    CASE WHEN submissions.status <> 'rejected' THEN coalesce(held.counts_from, submissions.received_at) END
        AS accepted_from
FROM submissions
JOIN consolidation.held ON held.name = submissions.submission_id
),
arrivals AS (
-- The returns that had come by an instant, `ts`, and since when each counts; NULL while it is rejected.
SELECT * REPLACE (CASE WHEN accepted_from <= CAST(ts AS TIMESTAMPTZ) THEN accepted_from END AS accepted_from)
FROM every_arrival
WHERE received_at <= CAST(ts AS TIMESTAMPTZ)
),
due_returns AS (
-- The city-weeks for which the roster asks a return, in each deadline that had been known of them by `ts`.
WITH
own AS (
    SELECT DISTINCT iso_week, city
    FROM deadlines
    WHERE city <> 'IT'
)

SELECT
    due.edition,
    due.city,
    due.iso_week,
    due.opens_at,
    deadlines.due_at,
    deadlines.known_from AS due_known_from,
    deadlines.known_to AS due_known_to
FROM consolidation.due_weeks AS due
LEFT JOIN own USING (iso_week, city)
JOIN deadlines
    ON deadlines.iso_week = due.iso_week
    AND deadlines.city = CASE WHEN own.city IS NULL THEN 'IT' ELSE due.city END
WHERE deadlines.known_from <= CAST(ts AS TIMESTAMPTZ)
)
FROM (
-- The states that each city-week was known in, as far as it is due.
-- `due_returns`, a row for each deadline that a city-week ever had: edition, city, iso_week, opens_at (the Monday
-- after the week), due_at, and from when to when that was its deadline: due_known_from, due_known_to. `arrivals`:
-- the returns that came, and since when each is accepted; all of the edition's, as the last one tells what passed.
WITH
landing AS (
    SELECT
        max(received_at) AS last_received_at,
        max(iso_week) FILTER (accepted_from IS NOT NULL) AS horizon
    FROM arrivals
),

due AS (
    SELECT *
    FROM due_returns
    WHERE iso_week <= (SELECT horizon FROM landing)
),

-- At each of them the state may become another one.
instants AS (
    SELECT city, iso_week, greatest(opens_at, unnest([opens_at, due_at, due_known_from])) AS instant
    FROM due

    UNION

    SELECT due.city, due.iso_week, greatest(opens_at, unnest([received_at, accepted_from])) AS instant
    FROM due
    JOIN arrivals USING (city, iso_week)
),

-- A return counts by the deadline that was known at the instant, and by its arrival, however late it was accepted.
states AS (
    SELECT
        due.edition,
        instants.city,
        instants.iso_week,
        instants.instant,
        due.due_at,
        CASE
            WHEN bool_or(accepted_from <= instant)
                THEN if(min(received_at) FILTER (accepted_from <= instant) <= due.due_at, 'on_time', 'late')
            WHEN bool_or(received_at <= instant) THEN 'rejected'
            WHEN due.due_at <= instant AND due.due_at <= last_received_at THEN 'missing'
            ELSE 'awaited'
        END AS status,
        coalesce(
            arg_max(submission_id, (accepted_from, version, submission_id)) FILTER (accepted_from <= instant),
            arg_max(submission_id, (received_at, version, submission_id)) FILTER (received_at <= instant)
        ) AS submission_id
    FROM instants
    JOIN due
        ON due.city = instants.city
        AND due.iso_week = instants.iso_week
        AND due_known_from <= instant
        AND coalesce(instant < due_known_to, true)
    CROSS JOIN landing
    LEFT JOIN arrivals ON arrivals.city = instants.city AND arrivals.iso_week = instants.iso_week
    GROUP BY due.edition, instants.city, instants.iso_week, instants.instant, due.due_at, last_received_at
),

changes AS (
    FROM states
    WINDOW of_city_week AS (PARTITION BY city, iso_week ORDER BY instant)
    QUALIFY (status, submission_id, due_at) IS DISTINCT FROM lag((status, submission_id, due_at)) OVER of_city_week
)

SELECT
    edition,
    city,
    iso_week,
    due_at,
    status,
    submission_id,
    instant AS known_from,
    lead(instant) OVER (PARTITION BY city, iso_week ORDER BY instant) AS known_to
FROM changes
);
COMMENT ON MACRO TABLE "expected_returns_as_of" IS '`expected_returns` as it was known at the instant ts, that instant included, with today''s definitions. Its columns are those of the table. Works in the file itself: open it, or attach it and say USE.';
CREATE MACRO "nil_returns_as_of"("ts") AS TABLE
-- What `nil_returns` held at `ts`: what was known later is not there, nor when it ended, where that was later.
SELECT * REPLACE (CASE WHEN known_to <= CAST(ts AS TIMESTAMPTZ) THEN known_to END AS known_to)
FROM nil_returns
WHERE known_from <= CAST(ts AS TIMESTAMPTZ);
COMMENT ON MACRO TABLE "nil_returns_as_of" IS '`nil_returns` as it was known at the instant ts, that instant included, with today''s definitions. Its columns are those of the table. Works in the file itself: open it, or attach it and say USE.';
CREATE MACRO "revisions_as_of"("ts") AS TABLE
-- The published values that had changed by `ts`.
FROM revisions
WHERE known_from <= CAST(ts AS TIMESTAMPTZ);
COMMENT ON MACRO TABLE "revisions_as_of" IS '`revisions` as it was known at the instant ts, that instant included, with today''s definitions. Its columns are those of the table. Works in the file itself: open it, or attach it and say USE.';
CREATE MACRO "weeks_as_of"("ts") AS TABLE
-- The weeks, each with the deadline that held for the network at `ts`.
SELECT weeks.* REPLACE (coalesce(known.due_at, weeks.due_at) AS due_at)
FROM weeks
LEFT JOIN (
    SELECT iso_week, due_at
    FROM deadlines
    WHERE city = 'IT'
        AND known_from <= CAST(ts AS TIMESTAMPTZ)
        AND (known_to IS NULL OR CAST(ts AS TIMESTAMPTZ) < known_to)
) AS known USING (iso_week);
COMMENT ON MACRO TABLE "weeks_as_of" IS '`weeks` as it was known at the instant ts, that instant included, with today''s definitions. Its columns are those of the table. Works in the file itself: open it, or attach it and say USE.';
CREATE MACRO "deadlines_as_of"("ts") AS TABLE
-- What `deadlines` held at `ts`: what was known later is not there, nor when it ended, where that was later. A
-- city has rows of its own only from the first time on that its deadline was not the network's.
WITH
apart AS (
    SELECT iso_week, city, min(known_from) AS apart_from
    FROM deadlines
    ANTI JOIN (FROM deadlines WHERE city = 'IT') AS of_all USING (iso_week, known_from)
    WHERE city <> 'IT'
    GROUP BY ALL
)

SELECT deadlines.* REPLACE (
    CASE WHEN deadlines.known_to <= CAST(ts AS TIMESTAMPTZ) THEN deadlines.known_to END AS known_to
)
FROM deadlines
LEFT JOIN apart USING (iso_week, city)
WHERE deadlines.known_from <= CAST(ts AS TIMESTAMPTZ)
    AND (deadlines.city = 'IT' OR apart.apart_from <= CAST(ts AS TIMESTAMPTZ));
COMMENT ON MACRO TABLE "deadlines_as_of" IS '`deadlines` as it was known at the instant ts, that instant included, with today''s definitions. Its columns are those of the table. Works in the file itself: open it, or attach it and say USE.';
CREATE MACRO "waivers_as_of"("ts") AS TABLE
-- The waivers that had been decided by `ts`.
FROM waivers
WHERE decided_at <= CAST(ts AS TIMESTAMPTZ);
COMMENT ON MACRO TABLE "waivers_as_of" IS '`waivers` as it was known at the instant ts, that instant included, with today''s definitions. Its columns are those of the table. Works in the file itself: open it, or attach it and say USE.';
CREATE MACRO "releases_as_of"("ts") AS TABLE
-- The releases that had been made by `ts`.
FROM releases
WHERE frozen_at <= CAST(ts AS TIMESTAMPTZ);
COMMENT ON MACRO TABLE "releases_as_of" IS '`releases` as it was known at the instant ts, that instant included, with today''s definitions. Its columns are those of the table. Works in the file itself: open it, or attach it and say USE.';
