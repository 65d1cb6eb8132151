-- The life of a versioned definition.
CREATE TABLE version_states (name TEXT NOT NULL PRIMARY KEY) STRICT;
INSERT INTO version_states (name) VALUES ('draft'), ('published');

-- A rubric, whatever its version. The key names it in every installation; attribution says whose work it is.
CREATE TABLE rubrics (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    attribution TEXT,
    archived_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- A key names one rubric.
CREATE UNIQUE INDEX rubrics_by_key ON rubrics (key);

-- One version of a rubric; a published one never changes.
CREATE TABLE rubric_versions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    rubric_id BLOB NOT NULL REFERENCES rubrics (id),
    number INTEGER NOT NULL,
    state TEXT NOT NULL REFERENCES version_states (name),
    published_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- Versions are numbered.
CREATE UNIQUE INDEX rubric_versions_by_number ON rubric_versions (rubric_id, number);

-- A thing judged. The key is the same in every version; pass_level is the lowest level that meets the bar; direction says which end of the values is the better one.
CREATE TABLE attributes (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    rubric_version_id BLOB NOT NULL REFERENCES rubric_versions (id),
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    direction TEXT NOT NULL CHECK (direction IN ('ascending', 'descending')),
    pass_level INTEGER NOT NULL
) STRICT;

-- Attributes have an order.
CREATE UNIQUE INDEX attributes_in_order ON attributes (rubric_version_id, position);

-- A key names one attribute of a version.
CREATE UNIQUE INDEX attributes_by_key ON attributes (rubric_version_id, key);

-- A level of an attribute: its place from the worst on, the value by which people know it, and what it means. A level without an anchor is not anchored.
CREATE TABLE anchors (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    attribute_id BLOB NOT NULL REFERENCES attributes (id),
    level INTEGER NOT NULL,
    value INTEGER NOT NULL,
    label TEXT NOT NULL,
    meaning TEXT,
    anchor TEXT
) STRICT;

-- One anchor per level.
CREATE UNIQUE INDEX anchors_by_level ON anchors (attribute_id, level);

-- A question or theme, whatever its wording. The key names it in every installation; attribution says whose work it is.
CREATE TABLE questions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    key TEXT NOT NULL,
    attribution TEXT,
    archived_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- A key names one question.
CREATE UNIQUE INDEX questions_by_key ON questions (key);

-- One wording of a question. folded is text and follow-ups in lower case, for the search; the current wording has no superseded_at.
CREATE TABLE question_versions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    question_id BLOB NOT NULL REFERENCES questions (id),
    number INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('question', 'theme')),
    text TEXT NOT NULL,
    folded TEXT NOT NULL,
    follow_ups TEXT NOT NULL CHECK (json_valid(follow_ups)),
    difficulty TEXT CHECK (difficulty IN ('easy', 'medium', 'hard', 'expert')),
    attribute_key TEXT,
    superseded_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT;

-- Wordings are numbered.
CREATE UNIQUE INDEX question_versions_by_number ON question_versions (question_id, number);

-- One wording is the current one.
CREATE UNIQUE INDEX question_versions_current ON question_versions (question_id)
    WHERE superseded_at IS NULL;

-- What somebody is in a pool.
CREATE TABLE qualifications (name TEXT NOT NULL PRIMARY KEY) STRICT;
INSERT INTO qualifications (name) VALUES ('invited'), ('shadowing'), ('reverse_shadowing'), ('qualified');

-- People from whom seats on panels are filled, and how they learn to sit there. The limits hold for members who set none.
CREATE TABLE pools (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    shadows_needed INTEGER NOT NULL,
    reverse_shadows_needed INTEGER NOT NULL,
    promotes_automatically INTEGER NOT NULL CHECK (promotes_automatically IN (0, 1)),
    interviews_per_day INTEGER,
    interviews_per_week INTEGER,
    archived_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- One pool per name.
CREATE UNIQUE INDEX pools_by_name ON pools (name);

-- Somebody in a pool. qualification_since is since when they are what they are; what they did before does not count towards the next step.
CREATE TABLE pool_members (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    pool_id BLOB NOT NULL REFERENCES pools (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    qualification TEXT NOT NULL REFERENCES qualifications (name),
    qualification_since INTEGER NOT NULL,
    paused_until_on TEXT,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- A person is in a pool once.
CREATE UNIQUE INDEX pool_members_once ON pool_members (pool_id, user_id);

-- The pools of a person.
CREATE INDEX pool_members_by_user ON pool_members (user_id);

-- A loop template, whatever its version.
CREATE TABLE loop_templates (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    attribution TEXT,
    archived_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- A key names one loop template.
CREATE UNIQUE INDEX loop_templates_by_key ON loop_templates (key);

-- One version of a loop template; a published one never changes. must_cover is the keys of attributes that some kit must rate.
CREATE TABLE loop_template_versions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    loop_template_id BLOB NOT NULL REFERENCES loop_templates (id),
    number INTEGER NOT NULL,
    state TEXT NOT NULL REFERENCES version_states (name),
    must_cover TEXT NOT NULL CHECK (json_valid(must_cover)),
    published_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- Versions are numbered.
CREATE UNIQUE INDEX loop_template_versions_by_number ON loop_template_versions (loop_template_id, number);

-- One interview of a loop template: what is judged, by which rubric version, in how many minutes. Only in drafts it may have no rubric version; wanted is what a file named by key that was not here.
CREATE TABLE kits (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    loop_template_version_id BLOB NOT NULL REFERENCES loop_template_versions (id),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('live', 'async_review', 'work_sample', 'external_assessment', 'reference')),
    minutes INTEGER NOT NULL,
    rubric_version_id BLOB REFERENCES rubric_versions (id),
    wanted TEXT CHECK (json_valid(wanted))
) STRICT;

-- Kits have an order.
CREATE UNIQUE INDEX kits_in_order ON kits (loop_template_version_id, position);

-- An attribute that a kit is to rate.
CREATE TABLE kit_attributes (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    kit_id BLOB NOT NULL REFERENCES kits (id),
    position INTEGER NOT NULL,
    attribute_id BLOB NOT NULL REFERENCES attributes (id),
    priority TEXT NOT NULL CHECK (priority IN ('must', 'nice'))
) STRICT;

-- A kit names an attribute once.
CREATE UNIQUE INDEX kit_attributes_once ON kit_attributes (kit_id, attribute_id);

-- A seat on the panel of a kit, and from which pool it is filled, if from one.
CREATE TABLE panel_slots (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    kit_id BLOB NOT NULL REFERENCES kits (id),
    position INTEGER NOT NULL,
    slot TEXT NOT NULL CHECK (slot IN ('lead', 'second', 'shadow', 'observer', 'bar_raiser')),
    pool_id BLOB REFERENCES pools (id)
) STRICT;

-- Slots have an order.
CREATE UNIQUE INDEX panel_slots_in_order ON panel_slots (kit_id, position);

-- The seats that a pool fills.
CREATE INDEX panel_slots_by_pool ON panel_slots (pool_id) WHERE pool_id IS NOT NULL;

-- Somebody who is named for a seat.
CREATE TABLE panel_slot_people (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    panel_slot_id BLOB NOT NULL REFERENCES panel_slots (id),
    position INTEGER NOT NULL,
    user_id BLOB NOT NULL REFERENCES users (id)
) STRICT;

-- A person is named once.
CREATE UNIQUE INDEX panel_slot_people_once ON panel_slot_people (panel_slot_id, user_id);

-- A question that a kit asks, in the wording that it had.
CREATE TABLE kit_questions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    kit_id BLOB NOT NULL REFERENCES kits (id),
    position INTEGER NOT NULL,
    question_version_id BLOB NOT NULL REFERENCES question_versions (id)
) STRICT;

-- The questions of a kit have an order.
CREATE UNIQUE INDEX kit_questions_in_order ON kit_questions (kit_id, position);

-- Where a question is asked.
CREATE INDEX kit_questions_by_version ON kit_questions (question_version_id);
